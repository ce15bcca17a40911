"""How much a liquid of a molecule's own kind polarises it, by Onsager's reaction field."""

import numpy as np
from ase.units import kB
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from pairforest.potential import COULOMB

_CROWDING = 0.22
"""(n² − 1)/(n² + 2) of organic liquids, 4πα/3 over the volume of a molecule: n is 1.36. It is 0.20
to 0.24 in the calibration liquids."""
_TEMPERATURE = 298.15  # K
_LARGEST = 1e4  # of a dielectric constant that is looked for


def onsager(charges: ArrayLike, positions: ArrayLike, polarisability: float) -> float:
    """Give the dipole of a molecule in its liquid over that in the gas phase.

    A polarisable dipole in a sphere cut out of its own liquid (Onsager 1936): the reaction field of
    the medium, whose dielectric constant follows from the dipole, polarises the molecule in turn.

    Parameters
    ----------
    charges : array of shape (n,)
        e, of the gas phase.
    positions : array of shape (n, 3)
        Å.
    polarisability : float
        Of the molecule, Å³.

    Returns
    -------
    float
        From 1.08 (no dipole) to 1.28.

    References
    ----------
    Onsager 1936, J. Am. Chem. Soc. 58, 1486.
    """
    charges = np.asarray(charges, dtype=float)
    dipole = (charges - charges.mean()) @ np.asarray(positions, dtype=float)
    energy = COULOMB * float(dipole @ dipole) / polarisability
    strength = _CROWDING * energy / (3 * kB * _TEMPERATURE)
    square = (1 + 2 * _CROWDING) / (1 - _CROWDING)  # of the refractive index

    def excess(dielectric: float) -> float:
        left = (dielectric - square) * (2 * dielectric + square)
        return float(left / (dielectric * (square + 2) ** 2) - strength)

    dielectric = brentq(excess, square, _LARGEST)
    field = 2 * (dielectric - 1) / (2 * dielectric + 1)
    return float(1 / (1 - field * _CROWDING))
