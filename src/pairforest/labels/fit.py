"""Bounded least-squares fits of the Buckingham potential by variable projection.

For fixed B the potential is linear in A and C, so their best bounded values and the residual
follow in closed form (Golub and Pereyra 1973); what is left is a search in one dimension, on a
grid of B first and then for where the residual has no slope, all curves at once. A minimum as such
is known to half the digits only, and the other half would hang on the processor.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import elementwise

from pairforest.labels.curves import Curve
from pairforest.labels.settings import Bounds

Array = NDArray[np.float64]
Index = NDArray[np.integer]

N_CONSTANTS = 3
"""A curve with fewer points than constants is not fitted."""


class Fits(NamedTuple):
    """Constants A (eV), B (Å), C (eV Å⁶) and R², each of shape (n_curves,)."""

    A: Array
    B: Array
    C: Array
    r2: Array


class _Padded(NamedTuple):
    """Curves as rectangular arrays of shape (n_curves, n_longest); padding has weight zero."""

    distance: Array
    energy: Array
    weight: Array


def _pad(curves: list[Curve]) -> _Padded:
    longest = max(len(curve.distance) for curve in curves)
    distance = np.ones((len(curves), longest))
    energy = np.zeros_like(distance)
    weight = np.zeros_like(distance)
    for i, curve in enumerate(curves):
        n = len(curve.distance)
        distance[i, :n], energy[i, :n], weight[i, :n] = curve.distance, curve.energy, 1.0
    return _Padded(distance, energy, weight)


def _best_linear(
    wall: Array, tail: Array, energy: Array, A: tuple[Array, Array], C: tuple[Array, Array]
) -> tuple[Array, Array, Array]:
    """Give A and C, both of shape (...), and the residuals of bounded linear fits.

    Minimises |A·wall + C·tail − energy|² over the last axis, A and C in their intervals: the
    free solution where it lies inside, else the best point of the four edges.
    """
    ww, tt, wt = (wall * wall).sum(-1), (tail * tail).sum(-1), (wall * tail).sum(-1)
    we, te, ee = (wall * energy).sum(-1), (tail * energy).sum(-1), (energy * energy).sum(-1)
    # A wall that has underflowed to zero everywhere has no slope: any A is as good.
    ww, tt = np.maximum(ww, 1e-300), np.maximum(tt, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        determinant = ww * tt - wt**2
        free = ((tt * we - wt * te) / determinant, (ww * te - wt * we) / determinant)
    inside = (A[0] <= free[0]) & (free[0] <= A[1]) & (C[0] <= free[1]) & (free[1] <= C[1])
    candidates = [(np.where(inside, free[0], A[0]), np.where(inside, free[1], C[0]))]
    candidates += [(a + 0 * te, np.clip((te - a * wt) / tt, *C)) for a in A]
    candidates += [(np.clip((we - c * wt) / ww, *A), c + 0 * we) for c in C]
    a, c = (np.stack(part) for part in zip(*candidates, strict=True))
    residual = ee - 2 * (a * we + c * te) + a**2 * ww + 2 * a * c * wt + c**2 * tt
    best = residual.argmin(0)[None]
    a, c = (np.take_along_axis(x, best, 0)[0] for x in (a, c))
    # Residuals themselves, since the expanded sum loses half the digits of a good fit.
    return a, c, a[..., None] * wall + c[..., None] * tail - energy


def fit(curves: list[Curve], bounds: list[Bounds], n_grid: int = 400) -> Fits:
    """Fit every curve within its bounds.

    Parameters
    ----------
    curves : list of Curve
        Each of at least three points.
    bounds : list of Bounds
        For each curve, intervals of A, B and C.
    n_grid : int
        Values of B tried between its bounds before the search is polished.

    Returns
    -------
    Fits
        The least-squares constants and R² = 1 − residual/variance of each curve.

    Raises
    ------
    ValueError
        If a curve has fewer points than constants.
    """
    if not curves:
        return Fits(*(np.empty(0) for _ in Fits._fields))
    if short := [c for c in curves if len(c.distance) < N_CONSTANTS]:
        raise ValueError(f"{short[0].element} {short[0].charge:+g} has fewer than 3 points")
    data = _pad(curves)
    limits = np.asarray(bounds)  # (n_curves, 3, 2)
    low, high = limits[:, 1, 0], limits[:, 1, 1]
    tail = -data.weight / data.distance**6

    def solve(B: Array, i: Index) -> tuple[Array, Array, Array]:
        """Give the bounded linear fits of curves `i` at range `B`, both of shape (...)."""
        wall = data.weight[i] * np.exp(-data.distance[i] / B[..., None])
        interval = [(limits[i, k, 0], limits[i, k, 1]) for k in (0, 2)]
        return _best_linear(wall, tail[i], data.energy[i], interval[0], interval[1])

    def residual(B: Array, i: Index) -> Array:
        return np.asarray((solve(B, i)[2] ** 2).sum(-1))

    def slope(B: Array, i: Index) -> Array:
        """Give a positive multiple of the residual's derivative, A and C the best for each B."""
        i = i.astype(int)  # the root finder passes its arguments on as floats
        A, _, rest = solve(B, i)
        of_wall = data.distance[i] * np.exp(-data.distance[i] / B[..., None])
        return np.asarray(A * (rest * of_wall).sum(-1))

    index = np.arange(len(curves))
    grid = np.linspace(low, high, n_grid, axis=-1)
    coarse = np.stack([residual(grid[i], np.full(n_grid, i)) for i in index])
    best = coarse.argmin(1)
    middle = grid[index, best]
    around = (grid[index, np.maximum(best - 1, 0)], grid[index, np.minimum(best + 1, n_grid - 1)])
    polished = elementwise.find_root(slope, around, args=(index,)).x  # NaN without a root
    B = np.where(residual(polished, index) <= coarse[index, best], polished, middle)
    A, C, rest = solve(B, index)
    left = (rest**2).sum(1)
    mean = data.energy.sum(1) / data.weight.sum(1)
    variance = (data.weight * (data.energy - mean[:, None]) ** 2).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Fits(A, B, C, np.where(variance > 0, 1 - left / variance, np.nan))
