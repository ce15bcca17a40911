"""A density and its error bar from a correlated time series."""

import logging
import warnings
from types import ModuleType
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from pairforest.md.settings import MdSettings

Array = NDArray[np.float64]

_FEWEST = 20  # samples below which nothing can be said of correlation

_FEWEST_BLOCKS = 40  # whose correlation can still be seen


class Density(NamedTuple):
    """A mean with its error.

    Attributes
    ----------
    mean : float
        Over the part after equilibration, in the unit of the series.
    stderr : float
        Of the mean, correlation counted.
    n_eff : float
        (s/stderr)², s the standard deviation of the samples used.
    start : int
        First sample used.
    halves_agree : bool
        The halves' means differ by at most two standard errors of their difference.
    """

    mean: float
    stderr: float
    n_eff: float
    start: int
    halves_agree: bool


def analyse(series: Array, discard: int = 0) -> Density:
    """Give the mean after equilibration and its standard error.

    What is dropped is settled beforehand. A search for the start that leaves most uncorrelated
    samples (Chodera 2016) picks quiet tails of a correlated series: half of it is lost, and the
    error understated (docs/density.md). The error is `correlated_stderr`'s.

    Parameters
    ----------
    series : array of shape (n,)
        Equally spaced samples.
    discard : int
        Samples dropped from the start.

    Raises
    ------
    ValueError
        If fewer than 20 samples are left.
    """
    used = series[discard:]
    if len(used) < _FEWEST:
        raise ValueError(f"{len(used)} samples after the discarded part are too few")
    s = float(used.std(ddof=1))
    stderr = correlated_stderr(used)
    n_eff = (s / stderr) ** 2 if stderr > 0 else float(len(used))
    halves = np.array_split(used, 2)
    gap = abs(halves[0].mean() - halves[1].mean())
    apart = np.hypot(correlated_stderr(halves[0]), correlated_stderr(halves[1]))
    agree = bool(gap <= 2 * apart + 1e-12)
    return Density(float(used.mean()), stderr, n_eff, discard, agree)


def correlated_stderr(series: Array) -> float:
    """Give the standard error of the mean of correlated samples.

    s √(g/N) with g the statistical inefficiency (Chodera et al. 2007, from pymbar), of the samples
    and of their means over blocks of 2, 4, 8, … (Flyvbjerg and Petersen 1989); the largest counts,
    which errs on the side of caution. A barostat makes the volume ring: its correlation crosses
    zero long before it has died out, and g, summed up to there, misses a slow tail. Blocks longer
    than the ringing see it.

    Parameters
    ----------
    series : array of shape (n,)
        Equally spaced samples of something stationary.
    """
    timeseries = _timeseries()
    largest, means = 0.0, series
    while True:
        if np.ptp(means) > 0:
            g = float(timeseries.statistical_inefficiency(means))
            largest = max(largest, float(means.std(ddof=1)) * np.sqrt(g / len(means)))
        if len(means) < 2 * _FEWEST_BLOCKS:
            return largest
        means = means[: len(means) // 2 * 2].reshape(-1, 2).mean(axis=1)


def shortcomings(found: Density, settings: MdSettings, replicas: int) -> list[str]:
    """Say what keeps a replica's density from being converged; nothing if it is.

    With R replicas each may err √R times more and needs an R-th of the uncorrelated samples.
    """
    target = settings.target_stderr_percent / 100 * found.mean * np.sqrt(replicas)
    fewest = settings.min_n_eff / replicas
    result = []
    if found.stderr > target:
        result.append(f"stderr {found.stderr:.4f} above {target:.4f} g/cm³")
    if found.n_eff < fewest:
        result.append(f"N_eff {found.n_eff:.0f} below {fewest:g}")
    if not found.halves_agree:
        result.append("the halves differ by more than two standard errors")
    return result


def _timeseries() -> ModuleType:
    """Import pymbar's time-series tools without its banner about JAX."""
    logging.getLogger("pymbar").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymbar import timeseries
    return cast(ModuleType, timeseries)
