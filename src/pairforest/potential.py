"""The Buckingham potential, ``U(r) = A exp(−r/B) − C/r⁶``: energy, exp-6 form, mixing, barrier.

Inside the project A is in eV, B in Å and C in eV Å⁶; C > 0 attracts. `to_lammps_real` converts
once, at the border.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import constants
from scipy.optimize import elementwise

Array = NDArray[np.float64]

COULOMB = constants.e / (4 * np.pi * constants.epsilon_0) * 1e10
"""Coulomb constant in eV Å/e² (14.3996, CODATA)."""

KCAL_PER_MOL = constants.e * constants.N_A / constants.calorie / 1e3
"""One eV in kcal/mol (23.0605)."""

WALL = 1 / KCAL_PER_MOL
"""The energy (eV) at which walls are told apart: 1 kcal/mol."""


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


def from_exp6(r_m: ArrayLike, epsilon: ArrayLike, alpha: ArrayLike) -> Buckingham:
    """Give the constants with a minimum of depth `epsilon` (eV) at `r_m` (Å) and steepness `alpha`.

    Raises
    ------
    ValueError
        If `alpha` is not above 6, below which the form has no minimum.
    """
    r_m, epsilon, alpha = (np.asarray(x, dtype=float) for x in (r_m, epsilon, alpha))
    if np.any(alpha <= 6):
        raise ValueError(f"exp-6 needs alpha > 6, got {alpha}")
    return Buckingham(
        A=6 * epsilon * np.exp(alpha) / (alpha - 6),
        B=r_m / alpha,
        C=epsilon * alpha * r_m**6 / (alpha - 6),
    )


def from_wall(wall: ArrayLike, dispersion: ArrayLike, alpha: float) -> Buckingham:
    """Give the exp-6 constants of steepness `alpha` whose repulsion alone is `WALL` at a distance.

    Parameters
    ----------
    wall : array
        That distance, Å; well inside the minimum, as walls are: of two solutions the one of
        r_m < alpha/6 walls.
    dispersion : array
        C, eV Å⁶; above zero. Broadcast with the walls.
    alpha : float
        r_m/B, r_m the minimum's distance; above 6.

    Raises
    ------
    ValueError
        If there are none: a dispersion too small for a wall so far out.
    """
    wall, dispersion = np.broadcast_arrays(np.asarray(wall, float), np.asarray(dispersion, float))
    if not (alpha > 6 and np.all(wall > 0) and np.all(dispersion > 0)):
        raise ValueError(
            "a wall needs a distance and a C above 0 and an alpha above 6, got "
            f"{wall.min():.3g} Å, {dispersion.min():.3g} eV Å⁶, {alpha:g}"
        )
    scale = np.log(6 * dispersion / (alpha * wall**6 * WALL))

    def excess(x: Array, scale: Array) -> Array:
        """Give the logarithm of the repulsion at the wall, in `WALL`, for a minimum at x walls."""
        return np.asarray(scale - 6 * np.log(x) + alpha * (1 - 1 / x))

    highest = np.full(wall.shape, alpha / 6)
    if np.any(faint := excess(highest, scale) <= 0):
        raise ValueError(
            f"C = {dispersion[faint][0]:.3g} eV Å⁶ is too small for a wall at "
            f"{wall[faint][0]:.2f} Å with alpha {alpha}"
        )
    r_m = wall * elementwise.find_root(excess, (highest / alpha, highest), args=(scale,)).x
    return from_exp6(r_m, dispersion * (alpha - 6) / (alpha * r_m**6), alpha)


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


MIXING_RULES: dict[str, Callable[[Buckingham], Buckingham]] = {
    "lal2023": _mix_lal2023,
    "geometric": _mix_geometric,
    "w99": _mix_w99,
}


def mix(like: Buckingham, rule: str) -> Buckingham:
    """Give the constants of every pair from those of like pairs.

    LAMMPS does not mix ``buck``, so every pair is written out.

    Parameters
    ----------
    like : Buckingham
        Constants of the like pairs, each of shape (n,).
    rule : {"lal2023", "geometric", "w99"}
        ``lal2023``: equations 2-4 of Lal et al. 2023, A and B geometric and
        C = −(C_m⁶C_n⁶)^(1/12), always repulsive. ``geometric``: all three geometric, sign of C
        kept. ``w99``: A and C geometric, 1/B arithmetic (Williams 1999).

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


def barrier(pair: Buckingham, charge_product: float, r_max: float = 3.0) -> float:
    """Give the height in eV of the wall that keeps a pair from falling together.

    Parameters
    ----------
    pair : Buckingham
        Constants of one pair (scalars).
    charge_product : float
        Product of the two charges, e².
    r_max : float
        Where the search ends, Å.

    Returns
    -------
    float
        The highest Buckingham plus Coulomb energy below `r_max`; infinite if the energy still
        rises towards zero distance.
    """
    r = np.geomspace(0.02, r_max, 2000)
    total = energy(r, pair) + COULOMB * charge_product / r
    highest = int(np.argmax(total))
    return float("inf") if highest == 0 else float(total[highest])


def to_lammps_real(p: Buckingham) -> Buckingham:
    """Convert to LAMMPS ``real`` units: A in kcal/mol, B (its ρ) in Å, C in kcal/mol Å⁶."""
    return Buckingham(p.A * KCAL_PER_MOL, p.B, p.C * KCAL_PER_MOL)
