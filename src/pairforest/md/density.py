"""A density and its error bar from a correlated time series."""

import logging
import warnings
from types import ModuleType
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FEWEST = 20  # samples below which nothing can be said of correlation


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


def analyse(series: Array, start: int | None = None) -> Density:
    """Give the mean after equilibration and its standard error.

    Equilibration by Chodera 2016 (the start that leaves most uncorrelated samples), statistical
    inefficiency by Chodera et al. 2007, both from pymbar.

    Parameters
    ----------
    series : array of shape (n,)
        Equally spaced samples.
    start : int, optional
        First sample to use; detected if not given.

    Raises
    ------
    ValueError
        If fewer than 20 samples are left.
    """
    timeseries = _timeseries()
    if len(series) < _FEWEST:
        raise ValueError(f"{len(series)} samples are too few")
    if start is None:
        start = min(int(timeseries.detect_equilibration(series)[0]), len(series) - _FEWEST)
    used = series[start:]
    if len(used) < _FEWEST:
        raise ValueError(f"{len(used)} samples after the discarded part are too few")
    g = float(timeseries.statistical_inefficiency(used)) if np.ptp(used) > 0 else 1.0
    n_eff = len(used) / g
    s = float(used.std(ddof=1))
    half = len(used) // 2
    gap = abs(used[:half].mean() - used[half:].mean())
    stderr = s / np.sqrt(n_eff)
    # A half has half the samples: its error is √2 larger, that of the halves' difference twice.
    return Density(float(used.mean()), stderr, n_eff, start, bool(gap <= 2 * 2 * stderr + 1e-12))


def _timeseries() -> ModuleType:
    """Import pymbar's time-series tools without its banner about JAX."""
    logging.getLogger("pymbar").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymbar import timeseries
    return cast(ModuleType, timeseries)
