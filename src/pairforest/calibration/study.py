"""The calibration's Optuna study: a journal that is kept, its objective, its best constants."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from pairforest.calibration.gauss_newton import next_point
from pairforest.calibration.response import Response
from pairforest.calibration.settings import CalibrateSettings

Array = NDArray[np.float64]

LIQUIDS, RESPONSES, RESIDUALS, SLOPES = "liquids", "responses", "residuals", "slopes"
"""User attributes: of the study; of a trial."""

_FAR = 3.0  # a logarithm's bound, for Optuna, which wants one


def residuals(
    found: Mapping[str, Response],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
) -> tuple[Array, Array]:
    """Give errors in units of their tolerance, and their derivatives.

    Parameters
    ----------
    found : mapping
        Responses by liquid.
    experiment : mapping
        Density (g/cm³) and heat of vaporisation (kJ/mol, or None) by liquid.
    settings : CalibrateSettings
        The tolerances.

    Returns
    -------
    tuple of arrays
        Residuals, shape (n,): the density of each liquid and its heat, where there is one; slopes,
        shape (n, p).
    """
    values, slopes = [], []
    for name, response in found.items():
        density, heat = experiment[name]
        scale = 100 / (settings.tolerance.density * density)
        values.append(scale * (response.density - density))
        slopes.append(scale * response.density_slopes)
        if heat is not None:
            scale = 100 / (settings.tolerance.heat_of_vaporisation * heat)
            values.append(scale * (response.heat - heat))
            slopes.append(scale * response.heat_slopes)
    return np.array(values), np.array(slopes)


def prior_penalty(values: Mapping[str, float], settings: CalibrateSettings) -> float:
    """Give Σ (ln f / width)² of the parameters: factors of 1 are the prior's mean."""
    return float(sum((values[name] / of.width) ** 2 for name, of in settings.parameters.items()))


def run(
    name: str,
    journal: Path,
    settings: CalibrateSettings,
    start: Mapping[str, float],
    measure: Callable[[dict[str, float]], Mapping[str, Response]],
    experiment: Mapping[str, tuple[float, float | None]],
    tell: Callable[[FrozenTrial], None],
) -> dict[str, float]:
    """Bring a study to its number of trials and give the best parameters' logarithms.

    A killed study goes on: the trial that was running is begun again, at its own point.

    Parameters
    ----------
    name : str
        Of the study.
    journal : Path
        Where it is kept.
    settings : CalibrateSettings
        Parameters, tolerances, number of trials.
    start : mapping
        Logarithms of the first trial.
    measure : callable
        From logarithms to responses by liquid: the expensive part.
    experiment : mapping
        As `residuals` takes it.
    tell : callable
        Called with every trial that finishes.
    """
    names = list(settings.parameters)
    journal.parent.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        study_name=name,
        storage=JournalStorage(JournalFileBackend(str(journal))),
        load_if_exists=True,
    )
    study.set_user_attr(LIQUIDS, settings.liquids)
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
    while len(done := _complete(study)) < settings.n_trials:
        study.enqueue_trial(_next(done, settings) if done else dict(start))
        asked = study.ask()
        values = {name: asked.suggest_float(name, -_FAR, _FAR) for name in names}
        found = measure(values)
        errors, slopes = residuals(found, experiment, settings)
        asked.set_user_attr(RESIDUALS, errors.tolist())
        asked.set_user_attr(SLOPES, slopes.tolist())
        asked.set_user_attr(RESPONSES, {liquid: _plain(one) for liquid, one in found.items()})
        tell(study.tell(asked, float((errors**2).sum()) + prior_penalty(values, settings)))
    return dict(study.best_params)


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _next(done: list[FrozenTrial], settings: CalibrateSettings) -> dict[str, float]:
    names, of = list(settings.parameters), settings.parameters.values()
    point = next_point(
        np.array([[trial.params[name] for name in names] for trial in done]),
        np.array([trial.user_attrs[RESIDUALS] for trial in done]),
        np.array([trial.user_attrs[SLOPES] for trial in done]),
        np.zeros(len(names)),
        np.array([one.width for one in of]),
        np.array([one.step for one in of]),
    )
    return dict(zip(names, point.tolist(), strict=True))


def _plain(response: Response) -> dict[str, Any]:
    """Give a response's numbers as JSON takes them, without the slopes."""
    return {
        "density": response.density,
        "density_stderr": response.density_stderr,
        "heat": response.heat,
        "heat_stderr": response.heat_stderr,
    }
