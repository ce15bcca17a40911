"""Energy curves: what is fitted, cut from the `dimers` table."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest.errors import PairForestError
from pairforest.potential import COULOMB

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """Energy (eV) against distance (Å) of one element and total charge, each of shape (n,).

    `suspect` marks points the database flags; the paper's recipe fits them all the same.
    """

    element: str
    charge: float
    distance: Array
    energy: Array
    suspect: NDArray[np.bool_]


def cut(dimers: pd.DataFrame, coulomb: Literal["as_published", "half_charge"]) -> list[Curve]:
    """Cut the table into the curves to fit, one for each element and total charge.

    Parameters
    ----------
    dimers : DataFrame
        Of schema `tables.DIMERS`.
    coulomb : {"as_published", "half_charge"}
        ``as_published``: the published relative energy, verbatim. ``half_charge``: the total
        energy less the Coulomb energy of half the charge on each atom, less its value at the
        largest distance.

    Raises
    ------
    PairForestError
        If the published energy is asked for where there is none.
    """
    curves = []
    for _, points in dimers.groupby(["element", "charge"], sort=True):
        points = points.sort_values("distance")
        element, charge = str(points["element"].iloc[0]), float(points["charge"].iloc[0])
        distance = points["distance"].to_numpy()
        suspect = (points["status"] != "converged").to_numpy()
        if coulomb == "as_published":
            energy = points["published_relative_energy"].to_numpy()
            if np.isnan(energy).any():
                raise PairForestError(
                    f"database.coulomb: as_published, but {points['source'].iloc[0]} has no "
                    "published relative energy; use half_charge"
                )
        else:
            energy = points["energy"].to_numpy() - COULOMB * (charge / 2) ** 2 / distance
            energy = energy - energy[-1]
        curves.append(Curve(element, charge, distance, energy, suspect))
    return curves
