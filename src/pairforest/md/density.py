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

_STARTS = 100  # starts tried when equilibration is looked for


class Density(NamedTuple):
    """A mean with its error.

    Attributes
    ----------
    mean : float
        Over the part after equilibration, in the unit of the series.
    stderr : float
        s √(g/N), s the standard deviation of the N samples used, g their statistical
        inefficiency.
    n_eff : float
        N/g.
    start : int
        First sample used.
    halves_agree : bool
        The halves' means differ by less than two of their standard errors.
    """

    mean: float
    stderr: float
    n_eff: float
    start: int
    halves_agree: bool


def analyse(series: Array, discard: int = 0) -> Density:
    """Give the mean after equilibration and its standard error.

    Equilibration by Chodera 2016 (the start that leaves most uncorrelated samples), statistical
    inefficiency by Chodera et al. 2007, both from pymbar.

    Parameters
    ----------
    series : array of shape (n,)
        Equally spaced samples.
    discard : int
        Samples dropped from the start in any case; equilibration is looked for in the rest.

    Raises
    ------
    ValueError
        If fewer than 20 samples are left.
    """
    timeseries = _timeseries()
    rest = series[discard:]
    if len(rest) < _FEWEST:
        raise ValueError(f"{len(rest)} samples after the discarded part are too few")
    every = max(1, len(rest) // _STARTS)
    found = int(timeseries.detect_equilibration(rest, nskip=every)[0])
    start = discard + min(found, len(rest) - _FEWEST)
    used = series[start:]
    g = float(timeseries.statistical_inefficiency(used)) if np.ptp(used) > 0 else 1.0
    n_eff = len(used) / g
    s = float(used.std(ddof=1))
    half = len(used) // 2
    gap = abs(used[:half].mean() - used[half:].mean())
    stderr = s / np.sqrt(n_eff)
    # A half has half the samples: its error is √2 larger, that of the halves' difference twice.
    return Density(float(used.mean()), stderr, n_eff, start, bool(gap <= 2 * 2 * stderr + 1e-12))


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
