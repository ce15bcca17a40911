"""What a density to half a per cent costs: this engine against fixed protocols, in one run.

Usage: python benchmarks/density.py

Core-seconds are CPU time of LAMMPS and Packmol. Ours is a whole run of profile `quick`, from the
SMILES to its target; the others are steps times the measured time of a step. All on one core.
"""

import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from pairforest.config import load_liquid, load_profile
from pairforest.md import data_file, engine, replica, script
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate
from pairforest.md.packing import pack
from pairforest.md.settings import MdSettings
from pairforest.md.system import System
from result import write

LIQUIDS = {"water": "spce", "octane": "opls"}
PAPER = load_profile("paper")
FIXED = load_profile("quick").model_copy(
    update={"timestep_fs": 2.0, "hydrogen_mass": None, "n_atoms": 0}
)
TIMED_STEPS = {"paper": 40, "fixed": 100}


def children() -> float:
    """CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(name: str) -> dict[str, float]:
    """Core-seconds of `quick` to half a per cent, its cost a step and the driver's share."""
    settings = load_profile("quick")
    liquid = load_liquid(name)
    task = Task(name, FORCE_FIELDS[LIQUIDS[name]](liquid, settings.seed), liquid, settings, 1)
    before, own = children(), time.process_time()
    found = simulate(task)
    if found.density is None or found.stderr is None:
        raise SystemExit(f"{name}: {found.status}: {found.reason}")
    core_seconds = children() - before
    percent = 100 * found.stderr / found.density
    return {
        "core_seconds": core_seconds,
        "core_seconds_to_half_a_percent": core_seconds * max(1.0, (percent / 0.5) ** 2),
        "ps": float(found.series["time"].max()),
        "stderr_percent": percent,
        "driver_cpu_percent": 100 * (time.process_time() - own) / core_seconds,
    }


def seconds_per_step(system: System, density: float, settings: MdSettings, steps: int) -> float:
    """CPU seconds of one step of NPT with 1,000 molecules: eight copies of a box of 125."""
    box = pack(system.molecule, 125, 0.8 * density, 1)
    setup = script.force_field(system, settings)
    at = setup.index("read_data system.data")
    lines = [
        *setup[: at + 1],
        "replicate 2 2 2",
        *setup[at + 1 :],
        f"timestep {settings.timestep_fs}",
        f"neigh_modify every {settings.neighbor_every} delay 0 check yes",
        "minimize 1e-4 1e-4 50 500",
        "velocity all create 298.15 1 mom yes rot yes",
        *script.constraints(system, settings),
        "fix ensemble all npt temp 298.15 298.15 100 iso 1 1 1000",
        "run 20",
        f"run {steps}",
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "system.data").write_text(data_file.render(system, box), encoding="utf-8")
        (folder / "in.lmp").write_text("\n".join(lines) + "\n", encoding="utf-8")
        subprocess.run(engine.command(1), cwd=folder, env=engine.environment(), check=True)
        log = (folder / "log.lammps").read_text(encoding="utf-8")
    loop = [line for line in log.splitlines() if line.startswith("Loop time of")][-1]
    share = [line for line in log.splitlines() if "CPU use" in line][-1]
    return float(loop.split()[3]) / steps * float(share.split("%")[0]) / 100


def driver_overhead(name: str) -> dict[str, float]:
    """Wall time of a run under the driver and of bare `lmp` on the very same script, per cent."""
    settings = load_profile("quick").model_copy(
        update={"target_stderr_percent": 1e-6, "max_ps": 24.0}
    )
    liquid = load_liquid(name)
    wall: dict[str, list[float]] = {"driver": [], "bare": []}
    for seed in (11, 12, 13):
        chosen = settings.model_copy(update={"seed": seed})
        task = Task(name, FORCE_FIELDS[LIQUIDS[name]](liquid, seed), liquid, chosen, 1)
        with tempfile.TemporaryDirectory() as temporary:
            replica.SCRATCH = Path(temporary) / "driver"
            start = time.monotonic()
            folder = Path(simulate(task).folders[0])
            whole = time.monotonic() - start
            bare = Path(temporary) / "bare"
            bare.mkdir()
            for part in ("system.data", "in.lmp"):
                (bare / part).write_bytes((folder / part).read_bytes())
            start = time.monotonic()
            subprocess.run(engine.command(1), cwd=bare, env=engine.environment(), check=True)
            wall["bare"].append(time.monotonic() - start)
            wall["driver"].append(whole)
    extra = [100 * (d / b - 1) for d, b in zip(wall["driver"], wall["bare"], strict=True)]
    return {"median": sorted(extra)[1], "smallest": min(extra), "largest": max(extra)}


def main() -> None:
    table: dict[str, Any] = {}
    for name, potential in LIQUIDS.items():
        liquid = load_liquid(name)
        system = FORCE_FIELDS[potential](liquid, 1)
        density = liquid.densities[0].value
        with tempfile.TemporaryDirectory() as temporary:
            replica.SCRATCH = Path(temporary)
            row: dict[str, Any] = {"ours": ours(name)}
        paper = seconds_per_step(system, density, PAPER, TIMED_STEPS["paper"])
        fixed = seconds_per_step(system, density, FIXED, TIMED_STEPS["fixed"])
        row["paper"] = {"seconds_per_step": paper, "core_seconds": 21e6 * paper}
        row["fixed"] = {"seconds_per_step": fixed, "core_seconds": 1.1e6 * fixed}
        table[name] = row
        mine = row["ours"]["core_seconds_to_half_a_percent"]
        print(
            f"{name}: ours {mine:.0f} core-s, paper's 21 ns {21e6 * paper:.3g}, "
            f"2.2 ns at 2 fs {1.1e6 * fixed:.3g}",
            flush=True,
        )
    overhead = driver_overhead("water")
    ratios = [
        row["fixed"]["core_seconds"] / row["ours"]["core_seconds_to_half_a_percent"]
        for row in table.values()
    ]
    write(
        "density",
        compared="core-seconds to a density known to 0.5 per cent, profile `quick` against a fixed "
        "2.2 ns at 2 fs with 1,000 molecules (the ratio is the smaller of the two liquids) and "
        "against the paper's 21 ns at 1 fs with Ewald sums, both from measured seconds a step",
        ratio=min(ratios),
        sizes={"atoms_ours": load_profile("quick").n_atoms, "molecules_fixed": 1000},
        measured={**table, "driver_overhead_percent": overhead},
    )


if __name__ == "__main__":
    main()
