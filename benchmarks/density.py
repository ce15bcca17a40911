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

import numpy as np
from numpy.typing import NDArray

from pairforest.config import load_liquid, load_profile
from pairforest.md import data_file, engine, replica, script
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, prepare, simulate
from pairforest.md.molecule import conformers
from pairforest.md.packing import pack
from pairforest.md.settings import MdSettings
from pairforest.md.system import System
from result import write

LIQUIDS = {"water": "spce", "octane": "opls"}
PAPER = load_profile("paper")
FIXED = load_profile("quick").model_copy(
    update={"timestep_fs": 2.0, "hydrogen_mass": None, "n_atoms": 0}
)
TIMED_STEPS = {"paper": 5, "fixed": 100}


def children() -> float:
    """CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shapes(system: System, n_molecules: int) -> NDArray[np.float64]:
    """Conformers for a box, Å, shape (n_molecules, n_atoms, 3)."""
    return conformers(system.molecule, n_molecules, 298.15, 1)


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


def thousand_molecules(system: System, density: float, settings: MdSettings, steps: int) -> float:
    """CPU seconds of one step of NPT with 1,000 molecules: eight copies of a box of 125.

    An Ewald sum takes the place of PPPM for the timed steps alone.
    """
    box = pack(system.molecule, shapes(system, 125), 0.8 * density, 1)
    mesh = settings.kspace.model_copy(update={"style": "pppm"})
    setup = script.force_field(system, settings.model_copy(update={"kspace": mesh}))
    at = setup.index("read_data system.data") + 1
    setup[at:at] = ["replicate 2 2 2"]
    return seconds_per_step(system, settings, data_file.render(system, box), setup, steps)


def seconds_per_step(
    system: System,
    settings: MdSettings,
    data: str,
    setup: list[str],
    steps: int,
    flags: tuple[str, ...] = (),
) -> float:
    """CPU seconds of one step of NPT, from LAMMPS' own clock."""
    lines = [
        *setup,
        f"timestep {settings.timestep_fs}",
        f"neigh_modify every {settings.neighbor_every} delay 0 check yes",
        "minimize 1e-4 1e-4 50 500",
        "velocity all create 298.15 1 mom yes rot yes",
        *script.constraints(system, settings),
        "fix ensemble all npt temp 298.15 298.15 100 iso 1 1 1000",
        "run 20",
        f"kspace_style {settings.kspace.style} {settings.kspace.accuracy:g}",
        f"run {steps}",
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "system.data").write_text(data, encoding="utf-8")
        (folder / "in.lmp").write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [*engine.command(1), *flags]
        subprocess.run(command, cwd=folder, env=engine.environment(), check=True)
        log = (folder / "log.lammps").read_text(encoding="utf-8")
    loop = [line for line in log.splitlines() if line.startswith("Loop time of")][-1]
    share = [line for line in log.splitlines() if "CPU use" in line][-1]
    return float(loop.split()[3]) / steps * float(share.split("%")[0]) / 100


TUNED = {
    "PPPM order 4": ("kspace_modify order 4", ()),
    "PPPM order 6": ("kspace_modify order 6", ()),
    "PPPM order 7": ("kspace_modify order 7", ()),
    "PPPM differentiated analytically": ("kspace_modify diff ad", ()),
    "skin 1.5 Å": ("neighbor 1.5 bin", ()),
    "skin 3 Å": ("neighbor 3.0 bin", ()),
    "OpenMP styles, one thread": ("", ("-sf", "omp", "-pk", "omp", "1")),
}


def tuning() -> dict[str, float]:
    """Speed of W99 ethylene carbonate in `quick` with one thing changed, over that of `quick`.

    LAMMPS chooses PPPM's mesh for the accuracy asked, so accuracy is the same throughout.
    """
    settings = load_profile("quick")
    liquid = load_liquid("ethylene_carbonate")
    system = FORCE_FIELDS["w99"](liquid, 1)
    box = pack(system.molecule, shapes(system, settings.n_atoms // 10), 1.0, 1)
    data, setup = data_file.render(system, box), script.force_field(system, settings)

    def cost(line: str, flags: tuple[str, ...]) -> float:
        return min(
            seconds_per_step(system, settings, data, [*setup, line], 400, flags) for _ in range(3)
        )

    as_it_is = cost("neighbor 2.0 bin", ())
    return {name: as_it_is / cost(*changed) for name, changed in TUNED.items()}


def fixed_run(name: str, seed: int) -> tuple[replica.Plan, str]:
    """One block of 12 ps of profile `quick`, no more and no less: the plan and the packed box."""
    settings = load_profile("quick").model_copy(
        update={"target_stderr_percent": 1e-6, "block_ps": 12.0, "max_ps": 12.0, "seed": seed}
    )
    liquid = load_liquid(name)
    system = FORCE_FIELDS[LIQUIDS[name]](liquid, seed)
    return prepare(Task(name, system, liquid, settings, 1), system)


def bare(source: Path, folder: Path, ranks: int) -> "subprocess.Popen[bytes]":
    """Start `lmp` on the script of a run that is done, with nothing round it."""
    folder.mkdir()
    for part in ("system.data", "in.lmp"):
        (folder / part).write_bytes((source / part).read_bytes())
    return subprocess.Popen(engine.command(ranks), cwd=folder, env=engine.environment())


def driver_and_ranks(name: str) -> dict[str, dict[str, float]]:
    """Wall times on the very same script: under the driver, bare, and two runs on two cores.

    The two runs are done side by side with one rank each, and one after the other with two ranks.
    """
    overhead, gain = [], []
    for seed in (11, 12, 13):
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary)
            replica.SCRATCH = root / "driver"
            plan, data = fixed_run(name, seed)
            start = time.monotonic()
            source = replica.run(plan, data)
            driven = time.monotonic() - start
            start = time.monotonic()
            bare(source, root / "bare", 1).wait()
            alone = time.monotonic() - start
            start = time.monotonic()
            for process in [bare(source, root / f"side{i}", 1) for i in range(2)]:
                process.wait()
            side_by_side = time.monotonic() - start
            start = time.monotonic()
            bare(source, root / "ranks", 2).wait()
            in_turn = 2 * (time.monotonic() - start)
        overhead.append(100 * (driven / alone - 1))
        gain.append(in_turn / side_by_side)
    return {"driver_overhead_percent": spread(overhead), "liquids_over_ranks": spread(gain)}


def spread(values: list[float]) -> dict[str, float]:
    """Middle and ends of a few values."""
    return {"median": sorted(values)[len(values) // 2], "least": min(values), "most": max(values)}


def main() -> None:
    table: dict[str, Any] = {}
    for name, potential in LIQUIDS.items():
        liquid = load_liquid(name)
        system = FORCE_FIELDS[potential](liquid, 1)
        density = liquid.densities[0].value
        with tempfile.TemporaryDirectory() as temporary:
            replica.SCRATCH = Path(temporary)
            row: dict[str, Any] = {"ours": ours(name)}
        paper = thousand_molecules(system, density, PAPER, TIMED_STEPS["paper"])
        fixed = thousand_molecules(system, density, FIXED, TIMED_STEPS["fixed"])
        row["paper"] = {"seconds_per_step": paper, "core_seconds": 21e6 * paper}
        row["fixed"] = {"seconds_per_step": fixed, "core_seconds": 1.1e6 * fixed}
        table[name] = row
        mine = row["ours"]["core_seconds_to_half_a_percent"]
        print(
            f"{name}: ours {mine:.0f} core-s, paper's 21 ns {21e6 * paper:.3g}, "
            f"2.2 ns at 2 fs {1.1e6 * fixed:.3g}",
            flush=True,
        )
    timed = driver_and_ranks("water")
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
        measured={**table, **timed, "speed_over_quick": tuning()},
    )


if __name__ == "__main__":
    main()
