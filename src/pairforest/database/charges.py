"""Charges that give a molecule's potential from where its atoms are in a liquid's runs."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.units import Bohr, Hartree
from numpy.typing import NDArray
from rdkit import Chem

from pairforest.database import geometry, resp

PARTITIONED = 0.4
"""How much of the partition's charge an atom has of which the potential says nothing. More tells
atoms apart better and pulls chains' ends together."""

Array = NDArray[np.float64]


class Charges(NamedTuple):
    """Charges of a molecule's n atoms and where they are.

    Attributes
    ----------
    charge_esp : array of shape (n,)
        e.
    offset : array of shape (n,)
        How far each lies from its atom, Å.
    positions : array of shape (n, 3)
        Of the charges, Å.
    """

    charge_esp: Array
    offset: Array
    positions: Array


def from_potential(
    smiles: str,
    positions: Array,
    classes: NDArray[np.int64],
    partition: Array,
    around: pd.DataFrame,
) -> Charges:
    """Fit the charges of a molecule; in one like water the centre's lies off its atom.

    Only such a molecule may have one there: LAMMPS' ``tip4p`` styles know no other.

    Parameters
    ----------
    smiles : str
        With hydrogens added its n atoms are in the order of the positions.
    positions : array of shape (n, 3)
        Of the computation, Å.
    classes : array of int, shape (n,)
        Atoms of the same number get the same charge.
    partition : array of shape (n,)
        Their charges by the partition (MBIS), e.
    around : DataFrame
        x, y, z (Å) and potential (V).
    """
    places = geometry.in_runs(smiles, positions)
    offsets = np.zeros(len(places))
    potential = around["potential"].to_numpy() / Hartree
    points = around[["x", "y", "z"]].to_numpy() / Bohr
    given = potential, points, places / Bohr, classes
    centre = between_hydrogens(smiles)
    if centre is None:
        return Charges(resp.fit(*given, PARTITIONED * partition), offsets, places)
    fitted = resp.fit_with_offset(*given, centre)
    offsets[centre] = fitted.offset * Bohr
    return Charges(fitted.charges, offsets, fitted.positions * Bohr)


def between_hydrogens(smiles: str) -> int | None:
    """Give the atom that holds two hydrogens, in a molecule of no other atoms, or None."""
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    atoms = list(molecule.GetAtoms())
    hydrogens = sum(atom.GetSymbol() == "H" for atom in atoms)
    centres = [atom.GetIdx() for atom in atoms if atom.GetDegree() == 2]
    return centres[0] if (len(atoms), hydrogens, len(centres)) == (3, 2, 1) else None
