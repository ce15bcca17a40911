"""Core-seconds to a density known to ± 0.5 %: this engine against two fixed protocols.

The fixed protocols are not run to their end: their steps per second are measured on the same
system in the same run, and multiplied out. Last, the driver against bare ``lmp`` on one script.

Usage: python benchmarks/density.py
"""

import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import yaml

from pairforest.config import load_liquid
from pairforest.md import engine, replica
from pairforest.md.controls import CONTROLS
from pairforest.md.liquid import Outcome, Task, simulate
from pairforest.md.settings import MdSettings
from result import write

LIQUIDS = {"water": "spce_water", "octane": "opls_octane"}
MEASURED_STEPS = 400


def profile(name: str, **changes: object) -> MdSettings:
    content = yaml.safe_load(Path(f"conf/md/{name}.yaml").read_text(encoding="utf-8"))
    return MdSettings.model_validate({**content, **changes})


def task(control: str, settings: MdSettings) -> Task:
    liquid = load_liquid(CONTROLS[control].liquid)
    return Task(control, CONTROLS[control].build(liquid, settings.seed), liquid, settings, 1)


def core_seconds() -> float:
    """User and system time of all that this process has run and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + own.ru_utime + own.ru_stime


def measured(settings: MdSettings, control: str) -> tuple[float, Outcome]:
    start = core_seconds()
    outcome = simulate(task(control, settings))
    return core_seconds() - start, outcome


def seconds_per_step(control: str, name: str, molecules: int | None, timestep: float) -> float:
    """Core-seconds a step of a protocol, from a short run of dynamics on one core."""
    atoms = len(task(control, profile("smoke")).system.molecule.elements)
    short = MEASURED_STEPS * timestep / 1e3
    changes: dict[str, object] = {
        "timestep_fs": timestep,
        "hydrogen_mass": None,
        "minimise_steps": 200,
        "nvt_ps": short / 4,
        "block_ps": short,
        "max_ps": short,
        "sample_every": 100,
        "stall_s": 600,
        "timeout_s": 3600,
        "replicas": 1,
        "discard_ps": None,
    }
    if molecules:
        changes["n_atoms"] = molecules * atoms
    outcome = simulate(task(control, profile(name, **changes)))
    log = (Path(outcome.folders[0]) / "log.lammps").read_text(encoding="utf-8")
    loops = [line.split() for line in log.splitlines() if line.startswith("Loop time of")]
    return float(loops[-1][3]) / int(loops[-1][8])


def driver_overhead() -> float:
    """Give the core time of a run through the driver over that of bare ``lmp``, less one."""
    settings = profile("quick", block_ps=12.0, max_ps=24.0)
    through, outcome = measured(settings, LIQUIDS["water"])
    folder = Path(outcome.folders[0])
    with tempfile.TemporaryDirectory() as name:
        for file in ("in.lmp", "system.data"):
            shutil.copy(folder / file, name)
        start = core_seconds()
        subprocess.run(engine.command(1), cwd=name, env=engine.environment(), check=True)
        bare = core_seconds() - start
    return through / bare - 1


def main() -> None:
    found: dict[str, object] = {}
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        replica.SCRATCH = Path(name)
        os.environ["OMP_NUM_THREADS"] = "1"
        for liquid, control in LIQUIDS.items():
            start = time.monotonic()
            seconds, outcome = measured(profile("quick"), control)
            paper = seconds_per_step(control, "paper", None, 1.0) * 21e6
            fixed = seconds_per_step(control, "quick", 1000, 2.0) * 1.1e6
            found |= {
                f"{liquid}_density": outcome.density,
                f"{liquid}_stderr_percent": 100 * float(outcome.stderr / outcome.density),
                f"{liquid}_status": outcome.status,
                f"{liquid}_core_seconds": seconds,
                f"{liquid}_paper_protocol_core_seconds": paper,
                f"{liquid}_fixed_2.2_ns_core_seconds": fixed,
                f"{liquid}_paper_ratio": paper / seconds,
                f"{liquid}_fixed_ratio": fixed / seconds,
            }
            ratios.append(fixed / seconds)
            print(f"{liquid}: {time.monotonic() - start:.0f} s", flush=True)
        found["driver_overhead_percent"] = 100 * driver_overhead()
    write(
        "density",
        compared="core-seconds to a density within 0.5 %: profile quick, against 2.2 ns at 2 fs "
        "with 1,000 molecules and the paper's 21 ns at 1 fs, both from measured steps per second; "
        "ratio: the smaller of the two liquids', to the 2.2 ns protocol",
        ratio=min(ratios),
        sizes={"liquids": list(LIQUIDS), "measured_steps": MEASURED_STEPS},
        measured=found,
    )


if __name__ == "__main__":
    main()
