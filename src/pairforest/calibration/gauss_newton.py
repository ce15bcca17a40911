"""Gauss–Newton steps over noisy residuals.

Every finished trial has measured residuals rₖ and slopes Jₖ at its point θₖ. Near the best of them
the residuals are taken as the weighted mean of what each trial foretells, rₖ + J̄ (θ − θₖ), the
weights falling with the distance from the best, J̄ the weighted mean of the slopes: noise averages
out as trials gather. The next point minimises Σ r² with the prior within a box round the best.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

Array = NDArray[np.float64]


def next_point(
    points: Array,
    residuals: Array,
    slopes: Array,
    centre: Array,
    width: Array,
    step: Array,
    reach: float = 1.0,
) -> Array:
    """Give where to go next.

    Parameters
    ----------
    points : array of shape (k, p)
        Where was measured.
    residuals : array of shape (k, n)
        What was found there, in units of their own tolerance.
    slopes : array of shape (k, n, p)
        Derivatives of the residuals.
    centre, width : array of shape (p,)
        Prior: normal, mean and standard deviation.
    step : array of shape (p,)
        How far a parameter may go for its slopes to hold: the scale of the trials' weights.
    reach : float
        The farthest from the best point so far, in steps.

    Returns
    -------
    array of shape (p,)
        The next point.
    """
    objective = (residuals**2).sum(axis=1) + (((points - centre) / width) ** 2).sum(axis=1)
    best = points[np.argmin(objective)]
    weights = np.exp(-0.5 * (((points - best) / step) ** 2).sum(axis=1))
    weights /= weights.sum()
    slope = np.einsum("k,knp->np", weights, slopes)
    at_best = residuals + (best - points) @ slope.T
    expected = weights @ at_best
    matrix = np.vstack([slope, np.diag(1 / width)])
    target = -np.concatenate([expected, (best - centre) / width])
    return np.asarray(best + lsq_linear(matrix, target, bounds=(-reach * step, reach * step)).x)
