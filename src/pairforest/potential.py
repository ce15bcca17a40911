"""The Buckingham potential, ``U(r) = A exp(−r/B) − C/r⁶``: energy, walls, mixing, barrier.

Inside the project A is in eV, B in Å and C in eV Å⁶; C > 0 attracts. `to_lammps_real` converts
once, at the border.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import constants, special

Array = NDArray[np.float64]

COULOMB = constants.e / (4 * np.pi * constants.epsilon_0) * 1e10
"""Coulomb constant in eV Å/e² (14.3996, CODATA)."""

KCAL_PER_MOL = constants.e * constants.N_A / constants.calorie / 1e3
"""One eV in kcal/mol (23.0605)."""

WALL = 1 / KCAL_PER_MOL
"""The energy (eV) at which walls are told apart: 1 kcal/mol."""

_MAX_ITERATIONS = 60  # each at least halves the error of a wall


class Buckingham(NamedTuple):
    """Constants of one or many Buckingham potentials.

    Attributes
    ----------
    A : array
        Repulsion, eV.
    B : array
        Range of the repulsion, Å.
    C : array
        Dispersion, eV Å⁶; positive attracts.
    """

    A: Array
    B: Array
    C: Array


def energy(r: ArrayLike, constants: Buckingham) -> Array:
    """Give ``A exp(−r/B) − C/r⁶`` in eV at distances `r` in Å, broadcast with the constants."""
    r = np.asarray(r, dtype=float)
    return np.asarray(constants.A * np.exp(-r / constants.B) - constants.C / r**6)


class LennardJones(NamedTuple):
    """Constants of one or many 12-6 potentials, for control runs of published force fields.

    Attributes
    ----------
    epsilon : array
        Depth, eV.
    sigma : array
        Zero of the energy, Å.
    """

    epsilon: Array
    sigma: Array


Pairs = Buckingham | LennardJones
"""Non-bonded constants of either form."""


def lennard_jones_energy(r: ArrayLike, constants: LennardJones) -> Array:
    """Give ``4ε((σ/r)¹² − (σ/r)⁶)`` in eV at distances `r` in Å."""
    s6 = (constants.sigma / np.asarray(r, dtype=float)) ** 6
    return np.asarray(4 * constants.epsilon * (s6**2 - s6))


def mix_lennard_jones(like: LennardJones) -> LennardJones:
    """Give every pair's constants by OPLS' rule, both geometric; from shape (n,) to (n, n)."""
    return LennardJones(_geometric(like.epsilon), _geometric(like.sigma))


def from_wall(wall: ArrayLike, reach: ArrayLike, dispersion: ArrayLike) -> Buckingham:
    """Give the constants of a pair that repels by `WALL`, and attracts by damped dispersion.

    The form has no damping, so what damping takes off at the wall is put into the repulsion: there
    the energy is that of the repulsion and of C/r⁶ damped as by Tang and Toennies 1984 (range B).

    Parameters
    ----------
    wall : array
        Where the repulsion alone is `WALL`, Å.
    reach : array
        B, its range, Å; above zero.
    dispersion : array
        C, eV Å⁶. Broadcast together.
    """
    wall, reach, dispersion = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (wall, reach, dispersion))
    )
    lost = _lost(wall, reach, dispersion)
    return Buckingham((WALL + lost) * np.exp(wall / reach), reach, dispersion)


def walls_of(pairs: Buckingham) -> Array:
    """Give the walls (Å) that `from_wall` makes constants from, NaN where none makes them.

    There is none if A is below `WALL`, or C so large that the pair has no wall to speak of.
    """
    wall = before = pairs.B * np.log(pairs.A / WALL)
    with np.errstate(invalid="ignore"):
        for _ in range(_MAX_ITERATIONS):
            before, wall = wall, pairs.B * np.log(pairs.A / (WALL + _lost(wall, *pairs[1:])))
    return np.where(np.isclose(wall, before, rtol=1e-9, atol=0) & (wall > 0), wall, np.nan)


def _lost(distance: Array, reach: Array, dispersion: Array) -> Array:
    """Give what Tang and Toennies' damping of range `reach` takes off C/r⁶ at a distance, eV."""
    return np.asarray(special.gammaincc(7, distance / reach) * dispersion / distance**6)


def smith(first: Buckingham, second: Buckingham) -> Buckingham:
    """Give the repulsion of pairs from those of like pairs, by Smith's rule; C is zero.

    Each atom is pressed in until both push alike, so that ranges add, and distances of equal force:
    B = (B₁ + B₂)/2, (A/B)^2B = (A₁/B₁)^B₁ (A₂/B₂)^B₂.

    Parameters
    ----------
    first, second : Buckingham
        Broadcast together.

    References
    ----------
    Smith 1972, Phys. Rev. A 5, 1708; Gilbert 1968, J. Chem. Phys. 49, 2640.
    """
    B = (first.B + second.B) / 2
    force = first.B * np.log(first.A / first.B) + second.B * np.log(second.A / second.B)
    A = B * np.exp(force / (2 * B))
    return Buckingham(np.asarray(A), np.asarray(B), np.zeros_like(B))


def _geometric(x: Array) -> Array:
    """Give the matrix of geometric means √(xᵢxⱼ), zero where the two differ in sign."""
    product = np.outer(x, x)
    return np.where(product > 0, np.sqrt(np.abs(product)), 0.0)


def _mixed_c(C: Array) -> Array:
    """Give geometric means of C that keep the sign the two have in common."""
    return np.where(np.add.outer(C, C) < 0, -1.0, 1.0) * _geometric(C)


def _mix_lal2023(p: Buckingham) -> Buckingham:
    return Buckingham(_geometric(p.A), _geometric(p.B), -_geometric(np.abs(p.C)))


def _mix_geometric(p: Buckingham) -> Buckingham:
    return Buckingham(_geometric(p.A), _geometric(p.B), _mixed_c(p.C))


def _mix_w99(p: Buckingham) -> Buckingham:
    return Buckingham(_geometric(p.A), 2 / np.add.outer(1 / p.B, 1 / p.B), _mixed_c(p.C))


def _mix_smith(p: Buckingham) -> Buckingham:
    walls = walls_of(p)
    known = np.isfinite(walls)
    bare = p._replace(A=np.where(known, from_wall(walls, p.B, 0.0).A, p.A))
    columns, rows = (Buckingham(*(x.reshape(shape) for x in bare)) for shape in ((-1, 1), (1, -1)))
    pairs = smith(columns, rows)._replace(C=_mixed_c(p.C))
    A = from_wall(walls_of(pairs._replace(C=0 * pairs.C)), pairs.B, pairs.C).A
    return pairs._replace(A=np.where(np.logical_and.outer(known, known), A, pairs.A))


MIXING_RULES: dict[str, Callable[[Buckingham], Buckingham]] = {
    "lal2023": _mix_lal2023,
    "geometric": _mix_geometric,
    "w99": _mix_w99,
    "smith": _mix_smith,
}


def mix(like: Buckingham, rule: str) -> Buckingham:
    """Give the constants of every pair from those of like pairs.

    LAMMPS does not mix ``buck``, so every pair is written out.

    Parameters
    ----------
    like : Buckingham
        Constants of the like pairs, each of shape (n,).
    rule : {"lal2023", "geometric", "w99", "smith"}
        ``lal2023``: equations 2-4 of Lal et al. 2023, A and B geometric and
        C = −(C_m⁶C_n⁶)^(1/12), always repulsive. ``geometric``: all three geometric, sign of C
        kept. ``w99``: A and C geometric, 1/B arithmetic (Williams 1999). ``smith``: walls by
        `smith`, C geometric, and what damping takes off each pair at its own wall; where one of the
        two has no wall, as the repulsions stand.

    Returns
    -------
    Buckingham
        Each of shape (n, n), symmetric.

    Raises
    ------
    ValueError
        If the rule is unknown.
    """
    if rule not in MIXING_RULES:
        raise ValueError(f"mixing rule {rule!r} is not one of {', '.join(MIXING_RULES)}")
    return MIXING_RULES[rule](Buckingham(*(np.asarray(x, dtype=float) for x in like)))


def barrier(
    pairs: Buckingham, charge_products: ArrayLike, behind: ArrayLike = 0.0, r_max: float = 3.0
) -> float:
    """Give what two atoms must climb from where they lie to fall together, eV.

    What charges make of the whole curve, which the rest of their molecules makes up for, does not
    count: only from the lowest energy outside the wall to its top.

    Parameters
    ----------
    pairs : Buckingham
        Constants of the pair, or of all pairs that come together with it, each of shape (k,).
    charge_products : array of shape (k,)
        Products of the two charges, e².
    behind : array of shape (k,)
        How much farther apart than the first pair each is, Å.
    r_max : float
        Where the search ends, Å.

    Returns
    -------
    float
        The highest Buckingham plus Coulomb energy below `r_max` less the lowest farther out;
        infinite if the energy still rises towards zero distance.
    """
    r = np.add.outer(np.geomspace(0.02, r_max, 2000), np.atleast_1d(behind))
    total = (energy(r, pairs) + COULOMB * np.atleast_1d(charge_products) / r).sum(axis=1)
    highest = int(np.argmax(total))
    return float("inf") if highest == 0 else float(total[highest] - total[highest:].min())


def to_lammps_real(p: Buckingham) -> Buckingham:
    """Convert to LAMMPS ``real`` units: A in kcal/mol, B (its ρ) in Å, C in kcal/mol Å⁶."""
    return Buckingham(p.A * KCAL_PER_MOL, p.B, p.C * KCAL_PER_MOL)
