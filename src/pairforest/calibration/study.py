"""The calibration's Optuna study: a journal that is kept, its objective, its best constants."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from pairforest.calibration.gauss_newton import lines, next_point
from pairforest.calibration.response import Response
from pairforest.calibration.settings import CalibrateSettings
from pairforest.errors import PairForestError

Array = NDArray[np.float64]

LIQUIDS, RESPONSES, RESIDUALS, SLOPES = "liquids", "responses", "residuals", "slopes"
LOST = "lost"
"""User attributes: of the study; of a trial."""

_FAR = 3.0  # a logarithm's bound, for Optuna, which wants one
_SHRUNK_MOST = 0.05


class Best(NamedTuple):
    """Where trials foretell the least objective.

    Attributes
    ----------
    point : dict
        Logarithms of the p parameters.
    residuals, slopes : arrays of shape (n,) and (n, p)
        As `residuals` gives them.
    covariance : array of shape (p, p)
        How well the residuals tie the logarithms down.
    """

    point: dict[str, float]
    residuals: Array
    slopes: Array
    covariance: Array


class LostLiquidError(PairForestError):
    """A liquid that gave no density at a point."""


def residuals(
    found: Mapping[str, Response],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
) -> tuple[Array, Array]:
    """Give errors in units of tolerance, and their derivatives.

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


def standard_errors(
    found: Mapping[str, Mapping[str, float]],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
) -> Array:
    """Give the standard errors of `residuals`, from a trial's kept responses, shape (n,)."""
    errors = []
    for name, response in found.items():
        density, heat = experiment[name]
        errors.append(100 * response["density_stderr"] / (settings.tolerance.density * density))
        if heat is not None:
            scale = 100 / (settings.tolerance.heat_of_vaporisation * heat)
            errors.append(scale * response["heat_stderr"])
    return np.array(errors)


def prior_mean(settings: CalibrateSettings) -> dict[str, float]:
    """Give the prior's mean of each parameter's logarithm."""
    return {name: float(np.log(of.mean)) for name, of in settings.parameters.items()}


def objective(trial: FrozenTrial, settings: CalibrateSettings) -> float:
    """Give the objective at a finished trial: Σ residuals², its value, and the prior's penalty."""
    return float(trial.value or 0.0) + prior_penalty(trial.params, settings)


def prior_penalty(values: Mapping[str, float], settings: CalibrateSettings) -> float:
    """Give Σ ((ln f − mean) / width)² of the parameters."""
    mean = prior_mean(settings)
    return float(
        sum(
            ((values[name] - mean[name]) / of.width) ** 2
            for name, of in settings.parameters.items()
        )
    )


def run(
    name: str,
    journal: Path,
    settings: CalibrateSettings,
    n_trials: int,
    start: Mapping[str, float],
    measure: Callable[[dict[str, float], int], Mapping[str, Response]],
    experiment: Mapping[str, tuple[float, float | None]],
    tell: Callable[[FrozenTrial], None],
) -> Best:
    """Bring a study to its number of trials; give what they foretell as best.

    A killed study goes on: the trial that was running is begun again, at its own point. A trial
    that loses a liquid is kept as failed, and the next goes half as far from the best. A trial's
    value is Σ residuals², what liquids say: it stays what it is under another prior.

    Parameters
    ----------
    name : str
        Of the study.
    journal : Path
        Where it is kept.
    settings : CalibrateSettings
        Parameters and tolerances.
    n_trials : int
        Finished ones wanted, earlier ones included.
    start : mapping
        Logarithms of the first trial.
    measure : callable
        From logarithms and the number of trials finished before to responses by liquid: the
        expensive part; may raise `LostLiquidError`.
    experiment : mapping
        As `residuals` takes it.
    tell : callable
        Called with every trial that finishes.

    Raises
    ------
    LostLiquidError
        If the first trial loses a liquid, or six in a row.
    PairForestError
        If another process is at work on the journal.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    with _alone_at(journal):
        names = list(settings.parameters)
        study = optuna.create_study(
            study_name=name,
            storage=JournalStorage(JournalFileBackend(str(journal))),
            load_if_exists=True,
        )
        study.set_user_attr(LIQUIDS, settings.liquids)
        begun: dict[str, float] | None = None
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            begun = dict(trial.params) if set(trial.params) == set(names) else None
            study.tell(trial.number, state=TrialState.FAIL)
        while study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            study.tell(study.ask(), state=TrialState.FAIL)
        while len(done := _complete(study)) < n_trials:
            shrunk = 0.5 ** _lost_since_last_complete(study)
            point = best(done, experiment, settings, shrunk).point if done else dict(start)
            study.enqueue_trial(begun or point)
            begun = None
            asked = study.ask()
            values = {name: asked.suggest_float(name, -_FAR, _FAR) for name in names}
            try:
                found = measure(values, len(done))
            except LostLiquidError as error:
                asked.set_user_attr(LOST, str(error))
                study.tell(asked, state=TrialState.FAIL)
                if not done or shrunk < _SHRUNK_MOST:
                    raise
                continue
            errors, slopes = residuals(found, experiment, settings)
            asked.set_user_attr(RESIDUALS, errors.tolist())
            asked.set_user_attr(SLOPES, slopes.tolist())
            asked.set_user_attr(RESPONSES, {liquid: _plain(one) for liquid, one in found.items()})
            tell(study.tell(asked, float((errors**2).sum())))
        return best(done, experiment, settings)


@contextmanager
def _alone_at(journal: Path) -> Iterator[None]:
    """Hold the journal's lock, or say that another process does."""
    with journal.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PairForestError(f"another calibration is at work on {journal}") from None
        yield


def finished(name: str, journal: Path) -> list[FrozenTrial]:
    """Give the trials of a study that have finished, in order.

    Raises
    ------
    PairForestError
        If there is no journal, or it does not hold the study.
    """
    if not journal.exists():
        raise PairForestError(f"{journal} is missing: 'git restore {journal}' brings it back")
    storage = JournalStorage(JournalFileBackend(str(journal)))
    if name not in optuna.get_all_study_names(storage):
        raise PairForestError(f"{journal} does not hold the study {name}")
    return _complete(optuna.load_study(study_name=name, storage=storage))


def best(
    done: list[FrozenTrial],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
    reach: float = 1.0,
) -> Best:
    """Give where finished trials foretell the least objective.

    Parameters
    ----------
    done : list of FrozenTrial
        At least one.
    experiment : mapping
        As `residuals` takes it.
    settings : CalibrateSettings
        Parameters and tolerances.
    reach : float
        The farthest from the best trial, in steps.
    """
    step = next_point(*_measured(done, experiment, settings), *_prior(settings), reach)
    return Best(dict(zip(settings.parameters, step.point.tolist(), strict=True)), *step[1:])


def held_out(
    done: list[FrozenTrial],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
) -> Array:
    """Give each liquid's residuals where the others alone would put the constants, shape (n,).

    Parameters
    ----------
    done, experiment, settings
        As `best` takes them.
    """
    points, values, errors, slopes = _measured(done, experiment, settings)
    owner = np.array(_owners(experiment))
    value, slope = lines(points, values, errors, slopes)
    found = np.empty(len(owner))
    for name in experiment:
        others = owner != name
        kept = values[:, others], errors[:, others], slopes[:, others]
        point = next_point(points, *kept, *_prior(settings)).point
        found[~others] = (value + slope @ (point - points.mean(axis=0)))[~others]
    return found


def noise_of_objective(
    done: list[FrozenTrial],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
) -> float:
    """Give the standard error of the least objective foretold, from the errors of the runs.

    At an optimum the objective answers to a residual r by 2 r alone. The trials' errors average
    out; those of slopes are left out.

    Parameters
    ----------
    done, experiment, settings
        As `best` takes them.
    """
    errors = _measured(done, experiment, settings)[2]
    of_mean = np.sqrt((errors**2).mean(axis=0) / len(errors))
    return float(2 * np.linalg.norm(best(done, experiment, settings).residuals * of_mean))


def _measured(
    done: list[FrozenTrial],
    experiment: Mapping[str, tuple[float, float | None]],
    settings: CalibrateSettings,
) -> tuple[Array, Array, Array, Array]:
    """Give points, residuals, their errors and slopes of k trials, as `next_point` takes them."""
    return (
        np.array([[trial.params[name] for name in settings.parameters] for trial in done]),
        np.array([trial.user_attrs[RESIDUALS] for trial in done]),
        np.array(
            [standard_errors(one.user_attrs[RESPONSES], experiment, settings) for one in done]
        ),
        np.array([trial.user_attrs[SLOPES] for trial in done]),
    )


def _prior(settings: CalibrateSettings) -> tuple[Array, Array, Array]:
    """Give the prior's centre and width and the longest step, as `next_point` takes them."""
    of = settings.parameters.values()
    return (
        np.array(list(prior_mean(settings).values())),
        np.array([one.width for one in of]),
        np.array([one.step for one in of]),
    )


def _owners(experiment: Mapping[str, tuple[float, float | None]]) -> list[str]:
    """Give whose each residual is, in the order of `residuals`."""
    return [name for name, (_, heat) in experiment.items() for _ in range(1 if heat is None else 2)]


def _lost_since_last_complete(study: optuna.Study) -> int:
    n = 0
    for trial in study.get_trials(deepcopy=False):
        n = 0 if trial.state is TrialState.COMPLETE else n + (LOST in trial.user_attrs)
    return n


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def _plain(response: Response) -> dict[str, Any]:
    """Give a response's numbers as JSON takes them, without the slopes."""
    return {
        "density": response.density,
        "density_stderr": response.density_stderr,
        "heat": response.heat,
        "heat_stderr": response.heat_stderr,
    }
