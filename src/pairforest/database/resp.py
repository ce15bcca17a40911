"""Restrained charges that give a molecule's electrostatic potential (RESP).

Point charges are fitted to the potential and drawn by a harmonic restraint towards others, as in
the second model of Bayly, Cieplak, Cornell and Kollman 1993 (doi 10.1021/j100142a004). It settles
what the potential says little of, the charges of buried and of alkyl atoms, and pulls a little at
all others. Atoms that bonds make alike get the same charge.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist

Array = NDArray[np.float64]

NO_OFFSET = 0.02
"""Charges nearer than this (bohr) to their atom are on it."""

STRENGTH = 5e-5
"""Of the restraint, beside a mean over points that count as the potential squared, hartree²/e⁴."""

_POWER = 2.0  # of the potential, by which points count


class Offset(NamedTuple):
    """Charges (e, shape (n,)), how far one lies from its atom (bohr), their places (bohr, (n, 3)).

    The offset is at most as far as the middle of the other atoms.
    """

    charges: Array
    offset: float
    positions: Array


def fit(
    potential: Array,
    points: Array,
    positions: Array,
    classes: NDArray[np.int64],
    towards: Array | None = None,
    power: float = _POWER,
    strength: float = STRENGTH,
) -> Array:
    """Fit the charges of a neutral molecule to its potential.

    Minimises ``⟨(V − Σ q/r)²⟩ + k Σ (q − q₀)²`` among neutral charges, which is one set of linear
    equations. The mean is over points, weighted by |V|ᵖ, p the power.

    Parameters
    ----------
    potential : array of shape (k,)
        hartree/e.
    points : array of shape (k, 3)
        Where, bohr.
    positions : array of shape (n, 3)
        Of the charges, bohr.
    classes : array of int, shape (n,)
        Atoms of the same number get the same charge.
    towards : array of shape (n,), optional
        q₀, e: what charges are that the potential says nothing of, but for what makes the molecule
        neutral. Without it there is no restraint.
    power : float
        Points count as this power of the strength of the potential there: what bonds to a molecule
        sits where it is strong. All alike if 0.
    strength : float
        k, hartree²/e⁴.

    Returns
    -------
    array of shape (n,)
        e.
    """
    _, place, count = np.unique(classes, return_inverse=True, return_counts=True)
    of_unit = (1 / cdist(points, positions)) @ np.eye(len(count))[place]
    weighted = of_unit.T * (np.abs(potential) ** power / (np.abs(potential) ** power).sum())
    normal, right = weighted @ of_unit, weighted @ potential
    if towards is not None:
        normal += np.diag(strength * count)
        right += strength * np.bincount(place, weights=towards)
    bordered = np.block([[normal, count[:, None]], [count, np.zeros((1, 1))]])
    fitted: Array = np.linalg.solve(bordered, np.append(right, 0.0))[:-1][place]
    return fitted


def fit_with_offset(
    potential: Array, points: Array, positions: Array, classes: NDArray[np.int64], centre: int
) -> Offset:
    """Fit charges, one of which may lie off its atom, towards the middle of the others.

    Three charges on the atoms of water cannot give its dipole and its quadrupole (Bernal and Fowler
    1933). Of `fit` at every offset that is taken that misses the potential least; one below
    `NO_OFFSET` is none. Nothing is restrained: of so few charges the potential says all.

    Parameters
    ----------
    potential, points, positions, classes : arrays
        As `fit` takes them.
    centre : int
        The atom whose charge may move.
    """
    to_middle = np.delete(positions, centre, axis=0).mean(axis=0) - positions[centre]
    farthest = max(float(np.linalg.norm(to_middle)), NO_OFFSET)

    def at(offset: float) -> Offset:
        places = positions.copy()
        places[centre] += offset * to_middle / farthest
        return Offset(fit(potential, points, places, classes), offset, places)

    def missed(offset: float) -> float:
        charges, _, places = at(offset)
        left = potential - (1 / cdist(points, places)) @ charges
        return float(np.average(left**2, weights=np.abs(potential) ** _POWER))

    best = float(minimize_scalar(missed, bounds=(0.0, farthest), method="bounded").x)
    return at(best if best > NO_OFFSET else 0.0)
