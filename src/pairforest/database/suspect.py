"""What is wrong with published points: flags by rule, never by hand-made list."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

PUBLISHED_COULOMB = 8.99
"""Their Coulomb constant, for the pair's total charge on each atom; 14.40 eV Å/e² is right."""

_SAME_ENERGY = 1e-6  # eV: as good as printed twice
_SAME_DISTANCE = 1e-6  # Å
_JUMP = 300.0  # eV between neighbours
_JUMP_BEYOND = 2.0  # Å


def coulomb_of_another_charge(points: pd.DataFrame, charge: float) -> Flags:
    """Flag all points if their Coulomb column is not ``8.99 q²/r``, q the pair's total charge."""
    expected = PUBLISHED_COULOMB * charge**2 / points["distance"]
    wrong = not np.allclose(points["coulomb"], expected, rtol=0.02, atol=1e-9)
    return np.full(len(points), wrong)


def reference_not_at_largest_distance(points: pd.DataFrame) -> Flags:
    """Flag all points if the published relative energy is not zero at the largest distance."""
    wrong = abs(points["published_relative_energy"].iloc[-1]) > _SAME_ENERGY
    return np.full(len(points), wrong)


def jump(points: pd.DataFrame) -> Flags:
    """Flag both sides of a step of over 300 eV between neighbours beyond 2 Å."""
    energy, distance = points["energy"].to_numpy(), points["distance"].to_numpy()
    step = (np.abs(np.diff(energy)) > _JUMP) & (distance[:-1] > _JUMP_BEYOND)
    return np.asarray(np.append(step, False) | np.append(False, step))


def repeats_other_distance(points: pd.DataFrame) -> Flags:
    """Flag points whose energy stands at another distance, with other energies in between.

    Neighbours may agree: far out the curve is flat.
    """
    energy = points["energy"].to_numpy()
    same = _gaps(points["energy"], points["energy"]) < _SAME_ENERGY
    plateau = np.cumsum(np.append(True, np.abs(np.diff(energy)) >= _SAME_ENERGY))
    elsewhere = np.not_equal.outer(plateau, plateau)
    return np.asarray((same & elsewhere).any(axis=1))


def repeats_other_charge(points: pd.DataFrame, others: list[pd.DataFrame]) -> Flags:
    """Flag points that stand, distance and energy, in the element's other configurations too."""
    flags = np.zeros(len(points), dtype=bool)
    for other in others:
        same_distance = _gaps(points["distance"], other["distance"]) < _SAME_DISTANCE
        same_energy = _gaps(points["energy"], other["energy"]) < _SAME_ENERGY
        flags |= (same_distance & same_energy).any(axis=1)
    return flags


def _gaps(these: "pd.Series[float]", those: "pd.Series[float]") -> NDArray[np.float64]:
    """Give |xᵢ − yⱼ| of all pairs, shape (n, m)."""
    return np.asarray(np.abs(np.subtract.outer(these.to_numpy(), those.to_numpy())))


def status(points: pd.DataFrame, charge: float, others: list[pd.DataFrame]) -> list[str]:
    """Give the status of each point of one configuration.

    Parameters
    ----------
    points : DataFrame
        The configuration's points, sorted by distance, as `workbook.read_points` gives them.
    charge : float
        Total charge of the pair, e.
    others : list of DataFrame
        The points of the element's other configurations.

    Returns
    -------
    list of str
        ``converged`` or ``suspect: `` and the names of the rules that fired.
    """
    fired = {
        "coulomb_of_another_charge": coulomb_of_another_charge(points, charge),
        "reference_not_at_largest_distance": reference_not_at_largest_distance(points),
        "jump": jump(points),
        "repeats_other_distance": repeats_other_distance(points),
        "repeats_other_charge": repeats_other_charge(points, others),
    }
    reasons = [[name for name, flags in fired.items() if flags[i]] for i in range(len(points))]
    return ["suspect: " + ", ".join(why) if why else "converged" for why in reasons]
