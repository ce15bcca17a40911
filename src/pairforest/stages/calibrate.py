"""Stage `calibrate`: the constants of recipe `aim` from calibration liquids. Hours; frozen."""

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from optuna.trial import FrozenTrial

from pairforest import stages, tables, tracking
from pairforest.calibration import study
from pairforest.calibration.parameters import factors_at, logarithms
from pairforest.calibration.response import Response
from pairforest.calibration.settings import CalibrateSettings
from pairforest.compute import map_tasks
from pairforest.config import load_liquid, load_params, load_profile
from pairforest.errors import PairForestError
from pairforest.files import write_json
from pairforest.labels.constants import AimConstants
from pairforest.md import engine, gas
from pairforest.md.liquid import Task, simulate_all
from pairforest.md.replica import TRANSIENT
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.md.system import System, fingerprint
from pairforest.stages.potentials import ATOMS, direct, polarising
from pairforest.stages.responses import DIFFERENCE, Probe, probe

FOLDER = Path("data/calibration")
JOURNAL = FOLDER / "study.journal"

_NO_MATTER = {"timeout_s", "stall_s", "may_promote", "profile"}


def calibration_liquids(settings: CalibrateSettings) -> dict[str, LiquidSettings]:
    """Load the liquids of a calibration.

    Raises
    ------
    PairForestError
        If one is not for calibration, has no density at its temperature, or a heat of another's.
    """
    liquids = {name: load_liquid(name) for name in settings.liquids}
    for name, liquid in liquids.items():
        if liquid.role != "calibration":
            raise PairForestError(f"calibrate.liquids: {name} is a {liquid.role} liquid")
        if liquid.density_at(liquid.temperature) is None:
            raise PairForestError(f"calibrate.liquids: {name} has no density at its temperature")
        heat = liquid.heat_of_vaporisation
        if heat and abs(heat.temperature - liquid.temperature) > 0.01:
            raise PairForestError(f"calibrate.liquids: {name}: its heat is of another temperature")
    return liquids


class Calibration(NamedTuple):
    """What the trials of one mixing rule have in common."""

    rule: str
    settings: CalibrateSettings
    md: MdSettings
    liquids: dict[str, LiquidSettings]
    atoms: pd.DataFrame
    workers: int

    @property
    def alone(self) -> MdSettings:
        """Give the protocol of one molecule in vacuum: `gas` with the seed of the liquids."""
        gas = self.settings.gas
        changes = {"timestep_fs": gas.timestep_fs, "hydrogen_mass": None}
        every = round(gas.frame_ps * 1e3 / gas.timestep_fs)
        return self.md.model_copy(update=changes | {"dump_every": every})

    @property
    def experiment(self) -> dict[str, tuple[float, float | None]]:
        """Give each liquid's density (g/cm³) and heat of vaporisation (kJ/mol), if it has one."""
        return {
            name: (
                float(liquid.density_at(liquid.temperature) or np.nan),
                liquid.heat_of_vaporisation.value if liquid.heat_of_vaporisation else None,
            )
            for name, liquid in self.liquids.items()
        }

    @property
    def key(self) -> str:
        """Give a hash of all that a trial's answer hangs on, but for its point.

        Start, prior and steps say where trials are, and what they foretell: not what they measure.
        """
        unscaled = dict.fromkeys(self.settings.parameters, 0.0)
        content = {
            "settings": self.settings.model_dump(mode="json", include={"tolerance", "gas"}),
            "parameters": list(self.settings.parameters),
            "md": self.md.model_dump(mode="json", exclude=_NO_MATTER),
            "experiment": self.experiment,
            "state": {name: (one.temperature, one.pressure) for name, one in self.liquids.items()},
            "systems": {name: fingerprint(self.system(name, unscaled)) for name in self.liquids},
            "engine": engine.lmp_version(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]

    def constants(self, values: Mapping[str, float], provenance: dict[str, object]) -> AimConstants:
        """Give the constants at a point."""
        factors = factors_at(self.settings.start.model_dump(), values)
        return AimConstants.model_validate(
            {"mixing_rule": self.rule, "provenance": provenance, **factors}
        )

    def errors(self, residuals: NDArray[np.float64]) -> dict[str, dict[str, float]]:
        """Give by liquid the errors of density and heat, per cent, of residuals of shape (n,)."""
        tolerance, left = self.settings.tolerance, iter(residuals.tolist())
        found: dict[str, dict[str, float]] = {"density": {}, "heat_of_vaporisation": {}}
        for name, (_, heat) in self.experiment.items():
            found["density"][name] = round(next(left) * tolerance.density, 2)
            if heat is not None:
                error = next(left) * tolerance.heat_of_vaporisation
                found["heat_of_vaporisation"][name] = round(error, 1)
        return found

    def foretold(self, best: study.Best, done: list[FrozenTrial]) -> dict[str, Any]:
        """Give the objective foretold with the runs' noise in it, and what it says of liquids."""
        penalty = study.prior_penalty(best.point, self.settings)
        of = done, self.experiment, self.settings
        return {
            "objective": float((best.residuals**2).sum()) + penalty,
            "objective_stderr": round(study.noise_of_objective(*of), 2),
            **self.errors(best.residuals),
            "held_out": self.errors(study.held_out(*of)),
        }

    def measure(self, values: dict[str, float], n_before: int) -> dict[str, Response]:
        """Run every liquid at a point and give its responses.

        Every trial packs boxes of its own: an error that all trials share would not average out.

        Parameters
        ----------
        values : dict
            The point, as logarithms.
        n_before : int
            Trials finished before this one.

        Raises
        ------
        PairForestError
            If a liquid is not in the `atoms` table, or LAMMPS failed.
        LostLiquidError
            If a liquid is lost.
        """
        md = self.md.model_copy(update={"seed": self.md.seed + n_before})
        tasks, around = [], []
        points = self.points(values)
        for name, liquid in self.liquids.items():
            systems = [self.system(name, point) for point in points]
            tasks.append(Task(name, systems[0], liquid, md, 1))
            around.append((systems, np.array([self.polarising(name, point) for point in points])))
        outcomes = simulate_all(tasks, self.workers)
        for outcome in outcomes:
            print(f"  {outcome.name}: {outcome.density} {outcome.status}", flush=True)
        if lost := [one for one in outcomes if one.density is None]:
            what = f"calibrate: {', '.join(f'{one.name} {one.status}' for one in lost)} at {values}"
            if transient := [one for one in lost if one.status in TRANSIENT]:
                raise PairForestError(f"{what}: {transient[0].reason}")
            raise study.LostLiquidError(what)
        probes = [
            Probe(task, outcome, *those, self.alone, self.settings.gas.length_ps)
            for task, outcome, those in zip(tasks, outcomes, around, strict=True)
        ]
        try:
            found = map_tasks(probe, probes, self.workers)
        except gas.UnstableError as error:
            raise study.LostLiquidError(f"calibrate: {error} at {values}") from None
        return dict(zip(self.liquids, found, strict=True))

    def system(self, name: str, values: Mapping[str, float]) -> System:
        """Give a liquid's force field at a point; parameters not named are where they start.

        Raises
        ------
        PairForestError
            If it is not in the `atoms` table.
        """
        constants = self.constants(values, {})
        system = direct(self.liquids[name], self.atoms, constants, self.md.seed)
        if system is None:
            raise PairForestError(
                f"calibrate: {name} is not in {ATOMS}; "
                f"'pairforest-qe molecules name={name}' computes them"
            )
        return system

    def polarising(self, name: str, values: Mapping[str, float]) -> float:
        """Give what its charges at a point cost a liquid's molecule, eV."""
        constants = self.constants(values, {})
        return polarising(self.liquids[name], self.atoms, constants, self.md.seed)

    def points(self, values: Mapping[str, float]) -> list[Mapping[str, float]]:
        """Give a point, then pairs with a parameter higher and lower."""
        around = [
            {**values, parameter: values[parameter] + shift}
            for parameter in self.settings.parameters
            for shift in (DIFFERENCE, -DIFFERENCE)
        ]
        return [values, *around]


def main() -> None:
    """Calibrate each mixing rule, the second from the first's optimum; write constants, log."""
    params = load_params()
    settings = params.calibrate
    liquids = calibration_liquids(settings)
    atoms = tables.read(ATOMS, tables.ATOMS)
    md = load_profile(settings.md)
    if not md.dump_every:
        raise PairForestError(f"calibrate.md: {settings.md} writes no frames (dump_every)")
    if md.temperature is not None:
        raise PairForestError(f"calibrate.md: {settings.md} has a temperature of its own")
    if md.replicas > 1:
        raise PairForestError(f"calibrate.md: {settings.md} has replicas; one run a liquid is used")
    start: Mapping[str, float] = logarithms(settings.start.model_dump(), list(settings.parameters))
    for rule, n_trials in settings.n_trials.items():
        job = Calibration(rule, settings, md, liquids, atoms, params.compute.workers)
        name = f"{rule}-{job.key}"
        tell = functools.partial(_log, name, settings)
        best = study.run(
            name, JOURNAL, settings, n_trials, start, job.measure, job.experiment, tell
        )
        provenance: dict[str, object] = {
            "study": name,
            "journal": str(JOURNAL),
            "point": f"the best that {n_trials} trials foretell",
            "liquids": settings.liquids,
            "md": settings.md,
            "start": factors_at(settings.start.model_dump(), start),
            "foretold": job.foretold(best, study.finished(name, JOURNAL)),
            "relative_stderr": dict(
                zip(best.point, np.sqrt(np.diag(best.covariance)).round(4).tolist(), strict=True)
            ),
        }
        start = best.point
        found = job.constants(start, provenance)
        write_json(FOLDER / f"{rule}.json", found.model_dump())
        factors = found.model_dump(include={"charge", "wall", "c6", "contact"})
        print(f"{rule}: " + ", ".join(f"{which} {of}" for which, of in factors.items()))


def _log(name: str, settings: CalibrateSettings, trial: FrozenTrial) -> None:
    """Log a trial of a study to MLflow."""
    import mlflow

    objective = study.objective(trial, settings)
    tags = {"recipe": "aim", "kind": "calibration", "study": name, "trial": str(trial.number)}
    with tracking.run(f"calibration-{name}-{trial.number}", tags=tags):
        mlflow.log_params({name: float(np.exp(value)) for name, value in trial.params.items()})
        responses: Mapping[str, Mapping[str, float]] = trial.user_attrs[study.RESPONSES]
        mlflow.log_metrics({"objective": objective, **_flat(responses)})
    print(f"trial {trial.number}: objective {objective:.2f}", flush=True)


def _flat(responses: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {f"{name}.{key}": value for name, of in responses.items() for key, value in of.items()}


if __name__ == "__main__":
    stages.run(main)
