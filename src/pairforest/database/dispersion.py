"""Dispersion coefficients and polarisabilities of atoms in molecules, by DFT-D4."""

from typing import NamedTuple

import numpy as np
from ase.data import atomic_numbers
from ase.units import Bohr, Hartree
from dftd4.interface import DispersionModel
from numpy.typing import ArrayLike, NDArray
from rdkit import Chem

from pairforest.errors import PairForestError
from pairforest.kinds import kinds

Array = NDArray[np.float64]


class Responses(NamedTuple):
    """How a molecule's n atoms answer to fields, each of shape (n,).

    Attributes
    ----------
    c6 : array
        Of an atom with its like, eV Å⁶.
    polarisability : array
        Static, Å³.
    """

    c6: Array
    polarisability: Array


def responses(molecule: str, elements: list[str], positions: ArrayLike) -> Responses:
    """Give C6 and polarisability of every atom of a neutral molecule.

    From time-dependent DFT of reference systems, by the atom's coordination and charge (Caldeweyher
    et al. 2019). The square roots of a molecule's atoms' C6 nearly add up to its own, whose error
    is some four per cent.

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
        found = DispersionModel(numbers, positions / Bohr).get_properties()
    except (KeyError, RuntimeError) as error:
        raise PairForestError(f"{molecule}: DFT-D4: {error}") from None
    c6 = np.diag(found["c6 coefficients"]) * Hartree * Bohr**6
    return Responses(np.asarray(c6), np.asarray(found["polarizabilities"] * Bohr**3))


def united(c6: ArrayLike, smiles: str) -> Array:
    """Put the dispersion of polar hydrogens on the atoms that hold them.

    A hydrogen bond pulls such a hydrogen so far into the other atom's cloud that damping leaves it
    next to no dispersion there, and LAMMPS' form has no damping. As square roots add up, the
    molecule's own C6 stays as it was.

    Parameters
    ----------
    c6 : array of shape (n,)
        Of an atom with its like, eV Å⁶.
    smiles : str
        With hydrogens added its n atoms are in the order of `c6`.

    Returns
    -------
    array of shape (n,)
        eV Å⁶, zero for polar hydrogens.
    """
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    roots = np.sqrt(np.asarray(c6, dtype=float))
    polar = [atom for atom, kind in enumerate(kinds(molecule)) if kind == "H_polar"]
    for atom in polar:
        roots[molecule.GetAtomWithIdx(atom).GetNeighbors()[0].GetIdx()] += roots[atom]
    roots[polar] = 0.0
    return np.asarray(roots**2)
