"""Dispersion coefficients of atoms in molecules, by DFT-D4."""

import numpy as np
from ase.data import atomic_numbers
from ase.units import Bohr, Hartree
from dftd4.interface import DispersionModel
from numpy.typing import ArrayLike, NDArray

from pairforest.errors import PairForestError


def c6(molecule: str, elements: list[str], positions: ArrayLike) -> NDArray[np.float64]:
    """Give the C6 of every atom of a neutral molecule with its like, eV Å⁶, shape (n,).

    From time-dependent DFT of reference systems, by the atom's coordination and charge (Caldeweyher
    et al. 2019). The square roots of a molecule's atoms nearly add up to its own, whose error is
    some four per cent.

    Parameters
    ----------
    molecule : str
        Its name, for an error.
    elements : list of str
        Symbols.
    positions : array of shape (n, 3)
        Å.

    Raises
    ------
    PairForestError
        If two atoms are too close, one has no position, or an element is not known.
    """
    positions = np.asarray(positions, dtype=float)
    if not np.isfinite(positions).all():
        raise PairForestError(f"{molecule}: DFT-D4: an atom has no position")
    try:
        numbers = np.array([atomic_numbers[element] for element in elements])
        model = DispersionModel(numbers, positions / Bohr)
        found = np.diag(model.get_properties()["c6 coefficients"])
    except (KeyError, RuntimeError) as error:
        raise PairForestError(f"{molecule}: DFT-D4: {error}") from None
    return np.asarray(found * Hartree * Bohr**6)
