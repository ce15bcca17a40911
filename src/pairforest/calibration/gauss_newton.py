"""Gauss–Newton steps over noisy residuals.

Every finished trial k has measured residuals rₖ, with errors of their own, and slopes Jₖ at its
point θₖ, each parameter's as noisy as they differ from trial to trial. Over the few per cent that
the constants move residuals are nearly linear, so each is taken as one line through all trials,
a + J θ, by least squares on values and slopes together: noise averages out as trials gather, in the
slopes too, which the values of distant trials pin down. All trials of a residual count alike: a
run's own error is itself noisy, and those that happened to be quiet would draw the line. The next
point minimises Σ r² with the prior, within a box round the trial that the lines call the best.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

Array = NDArray[np.float64]

_LEAST_NOISE = 1e-6
"""Of a slope: one that is nothing in every trial, of an atom that a liquid lacks, stays nothing."""


class Step(NamedTuple):
    """Where to go next.

    Attributes
    ----------
    point : array of shape (p,)
        The parameters.
    residuals, slopes : arrays of shape (n,) and (n, p)
        Foretold there, by the lines through all trials.
    covariance : array of shape (p, p)
        Of the parameters, if `point` is an optimum.
    """

    point: Array
    residuals: Array
    slopes: Array
    covariance: Array


def lines(points: Array, residuals: Array, errors: Array, slopes: Array) -> tuple[Array, Array]:
    """Fit a line to every residual.

    Parameters
    ----------
    points : array of shape (k, p)
        Where was measured.
    residuals, errors : arrays of shape (k, n)
        What was found there and its standard error.
    slopes : array of shape (k, n, p)
        Derivatives of the residuals.

    Returns
    -------
    tuple of arrays
        Residuals at the mean of the points, shape (n,), and slopes, shape (n, p).
    """
    n_trials = len(points)
    if n_trials == 1:
        return residuals[0], slopes[0]
    away = points - points.mean(axis=0)
    noise = np.maximum(np.sqrt(slopes.var(axis=0, ddof=1).mean(axis=0)), _LEAST_NOISE)
    values, gradients = [], []
    errors = np.sqrt((errors**2).mean(axis=0))
    for value, error, slope in zip(residuals.T, errors, slopes.swapaxes(0, 1), strict=True):
        weights = 1 / np.where(slope.any(axis=0), noise, _LEAST_NOISE)
        of_values = np.column_stack([np.ones(n_trials), away]) / error
        of_slopes = np.tile(np.diag(weights), (n_trials, 1))
        of_slopes = np.column_stack([np.zeros(len(of_slopes)), of_slopes])
        matrix = np.vstack([of_values, of_slopes])
        target = np.concatenate([value / error, (slope * weights).ravel()])
        found = np.linalg.lstsq(matrix, target)[0]
        values.append(found[0])
        gradients.append(found[1:])
    return np.array(values), np.array(gradients)


def next_point(
    points: Array,
    residuals: Array,
    errors: Array,
    slopes: Array,
    centre: Array,
    width: Array,
    step: Array,
    reach: float = 1.0,
) -> Step:
    """Give where to go next.

    Parameters
    ----------
    points : array of shape (k, p)
        Where was measured.
    residuals, errors : arrays of shape (k, n)
        What was found there, in units of their own tolerance, and its standard error.
    slopes : array of shape (k, n, p)
        Derivatives of the residuals.
    centre, width : array of shape (p,)
        Prior: normal, mean and standard deviation.
    step : array of shape (p,)
        How far a parameter may go in a trial.
    reach : float
        The farthest from the best point so far, in steps.

    Returns
    -------
    Step
        Its covariance is that of linear least squares, (JᵀJ + diag width⁻²)⁻¹ times the objective
        foretold by degree of freedom. There are n of them: n residuals and p of the prior, less p
        parameters.
    """
    value, slope = lines(points, residuals, errors, slopes)
    middle = points.mean(axis=0)
    foretold = value + (points - middle) @ slope.T
    objective = (foretold**2).sum(axis=1) + (((points - centre) / width) ** 2).sum(axis=1)
    best = points[np.argmin(objective)]
    matrix = np.vstack([slope, np.diag(1 / width)])
    target = -np.concatenate([value + (best - middle) @ slope.T, (best - centre) / width])
    point = best + lsq_linear(matrix, target, bounds=(-reach * step, reach * step)).x
    found = value + slope @ (point - middle)
    left = (found**2).sum() + (((point - centre) / width) ** 2).sum()
    covariance = np.linalg.inv(matrix.T @ matrix) * left / len(found)
    return Step(point, found, slope, covariance)
