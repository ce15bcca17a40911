"""What calibration leaves open in liquids it has not seen, beside those it has.

Usage: python benchmarks/transfer.py

The constants' covariance, from the shipped study, through each liquid's derivatives. Calibration
liquids have theirs from the study; the others from two runs each with profile `calibration`, for
g₁ᵀΣg₂ has no bias from the noise of either. What the recipe's form gets wrong is not in it, nor
what the forest adds.
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pairforest import tables
from pairforest.calibration import study
from pairforest.calibration.parameters import logarithms
from pairforest.calibration.response import slopes
from pairforest.compute import map_tasks
from pairforest.config import load_liquid, load_params, load_profile
from pairforest.labels import constants
from pairforest.md.liquid import Outcome, Task, simulate_all, temperature_of
from pairforest.md.system import System
from pairforest.stages.calibrate import JOURNAL, Calibration, calibration_liquids, frames
from pairforest.stages.potentials import ATOMS
from result import write

N_RUNS = 2

Array = NDArray[np.float64]
Job = tuple[Task, Outcome, list[System]]


def density_slopes(job: Job) -> Array:
    """Give a liquid's ∂ln ρ/∂ln f, shape (p,)."""
    task, outcome, systems = job
    rho, _, gradients = frames(task, outcome, systems)
    temperature = temperature_of(task.liquid, task.settings)
    found = slopes(rho, np.zeros_like(gradients), gradients, temperature)
    return np.asarray(found / rho.mean())


def run(job: Calibration, point: dict[str, float]) -> dict[str, list[Array]]:
    """Run every liquid of a calibration with other seeds; give the slopes of each run."""
    jobs: list[Job] = []
    for seed in range(job.md.seed, job.md.seed + N_RUNS):
        md = job.md.model_copy(update={"seed": seed})
        systems = {
            name: [job.system(name, near) for near in job.points(point)] for name in job.liquids
        }
        tasks = [Task(name, systems[name][0], of, md, 1) for name, of in job.liquids.items()]
        for outcome in simulate_all(tasks, job.workers):
            if outcome.density is None:
                raise SystemExit(f"{outcome.name}: {outcome.status}: {outcome.reason}")
            task = next(one for one in tasks if one.name == outcome.name)
            jobs.append((task, outcome, systems[task.name]))
    found: dict[str, list[Array]] = {name: [] for name in job.liquids}
    for (task, *_), slope in zip(jobs, map_tasks(density_slopes, jobs, job.workers), strict=True):
        found[task.name].append(slope)
    return found


def fitted_slopes(job: Calibration, best: study.Best) -> dict[str, list[Array]]:
    """Give ∂ln ρ/∂ln f of the calibration liquids, from the lines through the study's trials."""
    rows = iter(best.slopes * job.settings.tolerance.density / 100)
    found = {}
    for name, (_, heat) in job.experiment.items():
        found[name] = [next(rows)]
        if heat is not None:
            next(rows)
    return found


def main() -> None:
    """Carry the constants' covariance over to every liquid's density."""
    params = load_params()
    settings, label = params.calibrate, params.labels.aim
    chosen = constants.load(label.constants, label.mixing_rule)
    point = logarithms(json.loads(label.constants.read_text()), list(settings.parameters))
    own = Calibration(
        label.mixing_rule,
        settings,
        load_profile(settings.md),
        calibration_liquids(settings),
        tables.read(ATOMS, tables.ATOMS),
        params.compute.workers,
    )
    best = study.best(study.finished(chosen.provenance["study"], JOURNAL), own.experiment, settings)
    names = [name for name in params.survey.liquids if name not in own.liquids]
    others = own._replace(liquids={name: load_liquid(name) for name in names})
    measured: dict[str, Any] = {"parameters": list(settings.parameters)}
    left: dict[str, list[float]] = {"others": [], "own": []}
    for which, found in (("others", run(others, point)), ("own", fitted_slopes(own, best))):
        for name, of in found.items():
            percent = 100 * max(float(of[0] @ best.covariance @ of[-1]), 0.0) ** 0.5
            left[which].append(percent)
            slope = np.mean(of, axis=0).round(3).tolist()
            measured[name] = {"percent": percent, "slopes": slope}
    means = {which: float(np.sqrt(np.mean(np.square(of)))) for which, of in left.items()}
    write(
        "transfer",
        compared="density's error that calibration leaves open: other liquids over its own",
        ratio=means["others"] / means["own"],
        sizes={"liquids": len(names), "runs of each": N_RUNS, "atoms": own.md.n_atoms},
        measured=means | measured,
    )


if __name__ == "__main__":
    main()
