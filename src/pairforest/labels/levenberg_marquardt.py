"""The paper's way to fit: Levenberg-Marquardt from a grid of starts, for comparison."""

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from pairforest.labels.curves import Curve
from pairforest.labels.fit import Fits
from pairforest.labels.settings import Bounds

Array = NDArray[np.float64]

_STARTS = (0.1, 0.5, 0.9)  # fractions of each interval: 3 × 3 × 3 starts


def fit(curves: list[Curve], bounds: list[Bounds]) -> Fits:
    """Fit every curve within its bounds by MINPACK's Levenberg-Marquardt, the best of 27 starts.

    MINPACK knows no bounds: each constant is put as low + (high − low)(1 + sin u)/2, with u free
    (James and Roos 1975, MINUIT).

    Parameters
    ----------
    curves : list of Curve
        Each of at least three points.
    bounds : list of Bounds
        For each curve, intervals of A, B and C.

    Returns
    -------
    Fits
        The best constants found and their R².
    """
    results = [_fit_one(curve, bound) for curve, bound in zip(curves, bounds, strict=True)]
    return Fits(*np.array(results).reshape(-1, len(Fits._fields)).T)


def _fit_one(curve: Curve, bounds: Bounds) -> tuple[float, float, float, float]:
    low, high = np.asarray(bounds, dtype=float).T

    def constants(u: Array) -> Array:
        return np.asarray(low + (high - low) * (1 + np.sin(u)) / 2)

    def residuals(u: Array) -> Array:
        A, B, C = constants(u)
        return np.asarray(A * np.exp(-curve.distance / B) - C / curve.distance**6 - curve.energy)

    best_u, best_cost = np.zeros(3), np.inf
    for start in itertools.product(_STARTS, repeat=3):
        result = least_squares(residuals, np.arcsin(2 * np.array(start) - 1), method="lm")
        if result.cost < best_cost:
            best_u, best_cost = result.x, result.cost
    A, B, C = constants(best_u)
    variance = float(((curve.energy - curve.energy.mean()) ** 2).sum())
    return A, B, C, 1 - 2 * best_cost / variance if variance > 0 else np.nan
