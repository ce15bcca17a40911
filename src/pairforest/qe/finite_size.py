"""What a periodic cell does to a charged pair beyond Makov and Payne's correction."""

import numpy as np
from ase.units import Bohr, Hartree
from numpy.typing import NDArray
from scipy.special import erfc

_MADELUNG = 2.837297479  # of a point charge in a cubic lattice and its background
_ETA = 5.0  # splits Ewald's sums so that both converge within the images and waves below
_N_IMAGES, _N_WAVES = 2, 9


def lattice_energy(positions: NDArray[np.float64], charges: NDArray[np.float64]) -> float:
    """Give the Coulomb energy of point charges in a unit cube, repeated, with background.

    Ewald's sums, in units of e² over the edge.

    Parameters
    ----------
    positions : ndarray, shape (n, 3)
        In units of the edge.
    charges : ndarray, shape (n,)
        e; a uniform background makes the cell neutral.
    """
    shifts = positions[:, None] - positions[None]
    images = _integers(_N_IMAGES)
    lengths = np.linalg.norm(shifts[:, :, None] + images, axis=-1)
    np.fill_diagonal(lengths[:, :, len(images) // 2], np.inf)  # no atom meets itself
    near = np.einsum("i,j,ijn->", charges, charges, erfc(_ETA * lengths) / lengths) / 2
    n = _integers(_N_WAVES)
    waves = 2 * np.pi * n[np.any(n != 0, axis=1)]
    square = (waves**2).sum(axis=1)
    structure = np.exp(1j * waves @ positions.T) @ charges
    far = 2 * np.pi * (np.exp(-square / (4 * _ETA**2)) / square * np.abs(structure) ** 2).sum()
    alone = -_ETA / np.sqrt(np.pi) * (charges**2).sum()
    background = -np.pi / (2 * _ETA**2) * charges.sum() ** 2
    return float(near + far + alone + background)


def beyond_makov_payne(charge: float, distance: float, edge: float) -> float:
    """Give what to add to the energy of a charged pair after Makov and Payne's correction, in eV.

    That correction ends with the quadrupole, which is not enough where the pair is long for its
    cell. The rest is that of half the charge on each atom, exactly: their energy alone, less that
    in the lattice, less their own Makov-Payne correction (Phys. Rev. B 51, 4014, 1995, eq. 15).

    Parameters
    ----------
    charge : float
        Of the pair, e.
    distance, edge : float
        Of the atoms, along the diagonal of the cubic cell, and of the cell, Å.
    """
    apart = distance / edge
    half = np.full(3, apart / 2 / np.sqrt(3))
    charges = np.full(2, charge / 2)
    isolated = (charge / 2) ** 2 / apart
    quadrupole = charge * apart**2 / 4
    makov_payne = charge**2 * _MADELUNG / 2 - 2 * np.pi * charge * quadrupole / 3
    periodic = lattice_energy(np.array([-half, half]), charges)
    return float((isolated - periodic - makov_payne) * Hartree * Bohr / edge)


def _integers(most: int) -> NDArray[np.float64]:
    """Give every triple of integers from -most to most, shape (n, 3), zero in the middle."""
    line = np.arange(-most, most + 1, dtype=float)
    return np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
