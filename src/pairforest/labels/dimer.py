"""Recipe `dimer`: fit every curve, then cluster the constants of each element (Lal et al. 2023)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pairforest.kinds import covalent_radii
from pairforest.labels import levenberg_marquardt
from pairforest.labels.curves import Curve
from pairforest.labels.fit import N_CONSTANTS, Fits, fit
from pairforest.labels.settings import Bounds, DimerSettings


class DimerLabels(NamedTuple):
    """Labels before and after clustering, both of schema `tables.LABELS`."""

    unclustered: pd.DataFrame
    clustered: pd.DataFrame


def fit_curves(curves: list[Curve], bounds: list[Bounds], settings: DimerSettings) -> Fits:
    """Fit every curve by the method of the settings; too short curves get NaN."""
    usable = [i for i, curve in enumerate(curves) if len(curve.distance) >= N_CONSTANTS]
    part = [curves[i] for i in usable], [bounds[i] for i in usable]
    if settings.fit.method == "variable_projection":
        fits = fit(*part, n_grid=settings.fit.n_grid)
    else:
        fits = levenberg_marquardt.fit(*part)
    result = Fits(*(np.full(len(curves), np.nan) for _ in Fits._fields))
    for whole, values in zip(result, fits, strict=True):
        whole[usable] = values
    return result


def cluster(curves: list[Curve], first: Fits, settings: DimerSettings) -> Fits:
    """Refit within bands round the constants of each element's best fit, which stays as it is.

    Parameters
    ----------
    curves : list of Curve
        The curves.
    first : Fits
        Their fits within the recipe's bounds.
    settings : DimerSettings
        Bands: A ± `cluster.A`, B from its lower bound to the best + `cluster.B`, C ± `cluster.C`,
        cut to the recipe's bounds.

    Returns
    -------
    Fits
        The constants after clustering.
    """
    limits, bands = settings.bounds.as_bounds(), settings.cluster
    r2 = np.nan_to_num(first.r2, nan=-np.inf)
    best_of: dict[str, int] = {}
    for i, curve in enumerate(curves):
        if curve.element not in best_of or r2[i] > r2[best_of[curve.element]]:
            best_of[curve.element] = i
    others = [i for i, curve in enumerate(curves) if best_of[curve.element] != i]
    bounds = []
    for i in others:
        best = best_of[curves[i].element]
        A, B, C = first.A[best], first.B[best], first.C[best]
        bounds.append(
            Bounds(
                A=(max(limits.A[0], A - bands.A), min(limits.A[1], A + bands.A)),
                B=(limits.B[0], min(limits.B[1], B + bands.B)),
                C=(max(limits.C[0], C - bands.C), min(limits.C[1], C + bands.C)),
            )
        )
    second = fit_curves([curves[i] for i in others], bounds, settings)
    result = Fits(*(values.copy() for values in first))
    for whole, values in zip(result, second, strict=True):
        whole[others] = values
    return result


def _table(curves: list[Curve], fits: Fits, r2_min: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "recipe": "dimer",
            "molecule": "",
            "element": [curve.element for curve in curves],
            "radius": covalent_radii([curve.element for curve in curves]),
            "charge": [curve.charge for curve in curves],
            "A": fits.A,
            "B": fits.B,
            "C": fits.C,
            "r2": fits.r2,
            "n_points": [len(curve.distance) for curve in curves],
            "kept": fits.r2 >= r2_min,
        }
    )


def label(curves: list[Curve], settings: DimerSettings) -> DimerLabels:
    """Make the labels of recipe `dimer`.

    Parameters
    ----------
    curves : list of Curve
        As `curves.cut` gives them.
    settings : DimerSettings
        Method, bounds, bands and the least R² of a kept label.

    Returns
    -------
    DimerLabels
        One row per curve, before and after clustering.
    """
    first = fit_curves(curves, [settings.bounds.as_bounds()] * len(curves), settings)
    second = cluster(curves, first, settings)
    return DimerLabels(
        _table(curves, first, settings.r2_min), _table(curves, second, settings.r2_min)
    )
