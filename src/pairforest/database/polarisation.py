"""How much a liquid of a molecule's own kind polarises it, by Onsager's reaction field."""

from typing import NamedTuple

import numpy as np
from ase.units import kB
from numpy.typing import ArrayLike

from pairforest.potential import COULOMB

_CROWDING = 0.22
"""(n² − 1)/(n² + 2) of a liquid, 4πα/3 over the volume of a molecule. It needs the density, which
is not known beforehand, so all have one: it is 0.20 (methanol) to 0.24 (cyclohexane) in the
calibration liquids."""
_TEMPERATURE = 298.15  # K


class Polarisation(NamedTuple):
    """How a molecule answers to its own liquid.

    Attributes
    ----------
    onsager : float
        Its dipole there over that in the gas phase: from 1.09 (no dipole) to 1.27.
    self_energy : float
        What it costs to double its dipole, μ²/2α, eV.
    """

    onsager: float
    self_energy: float


def polarisation(charges: ArrayLike, positions: ArrayLike, polarisability: float) -> Polarisation:
    """Give how much a molecule's own liquid polarises it, and what that costs.

    A polarisable dipole in a sphere cut out of its own liquid (Onsager 1936): the reaction field of
    the medium, whose dielectric constant follows from the dipole, polarises the molecule in turn.
    A dipole f times as large costs (f − 1)² of the self energy (Berendsen et al. 1987).

    Parameters
    ----------
    charges : array of shape (n,)
        e, of the gas phase.
    positions : array of shape (n, 3)
        Å.
    polarisability : float
        Of the molecule, Å³.

    References
    ----------
    Onsager 1936, J. Am. Chem. Soc. 58, 1486; Berendsen, Grigera and Straatsma 1987, J. Phys. Chem.
    91, 6269.
    """
    charges = np.asarray(charges, dtype=float)
    dipole = (charges - charges.mean()) @ np.asarray(positions, dtype=float)
    self_energy = COULOMB * float(dipole @ dipole) / (2 * polarisability)
    strength = 2 * _CROWDING * self_energy / (3 * kB * _TEMPERATURE)
    square = (1 + 2 * _CROWDING) / (1 - _CROWDING)  # of the refractive index
    # (ε − n²)(2ε + n²) = ε (n² + 2)² · strength
    linear = square + strength * (square + 2) ** 2
    dielectric = (linear + np.sqrt(linear**2 + 8 * square**2)) / 4
    field = 2 * (dielectric - 1) / (2 * dielectric + 1)
    return Polarisation(float(1 / (1 - field * _CROWDING)), self_energy)
