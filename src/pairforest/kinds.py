"""Kinds of atoms, by which walls, covalent radii and calibrated factors go."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from pairforest.elements import element_of, element_table

ELECTRONEGATIVE = {"N", "O", "F"}
"""What makes a hydrogen polar, and what hydrogens are drawn to."""

_DOUBLY_BOUND = {"C_carbonyl", "C_pi", "O_terminal"}
_TETRAHEDRAL = 4  # neighbours of a carbon that is not in a plane or a line


def kinds(molecule: Chem.Mol) -> list[str]:
    """Give each atom's kind: its element, `H_polar`, `C_carbonyl`, `C_pi` or `O_terminal`.

    Those are a hydrogen on N, O or F; a carbon of fewer than four neighbours, in a plane or a line,
    with a double bond to oxygen and without; and an oxygen of one neighbour.
    """
    return [_kind(atom) for atom in molecule.GetAtoms()]


def kinds_of(smiles: str) -> list[str]:
    """Give the kinds of a SMILES' atoms, hydrogens last, in RDKit's order."""
    return kinds(Chem.AddHs(Chem.MolFromSmiles(smiles)))


def covalent_radii(kinds: Sequence[str]) -> NDArray[np.float64]:
    """Give atoms' covalent radii from their kinds, pm, shape (n,).

    Those of single bonds, and of double bonds for `C_carbonyl`, `C_pi` and `O_terminal` (Pyykkö
    and Atsumi 2009).
    """
    column = ["radius_double" if kind in _DOUBLY_BOUND else "radius" for kind in kinds]
    elements = [element_of(kind) for kind in kinds]
    return np.array([element_table().loc[pair] for pair in zip(elements, column, strict=True)])


def factor_of(kind: str, factors: Mapping[str, float]) -> float:
    """Give a kind's factor: its own, else its element's, else the ``default``."""
    return factors.get(kind, factors.get(element_of(kind), factors["default"]))


def _kind(atom: Chem.Atom) -> str:
    element = str(atom.GetSymbol())
    if element == "H" and {one.GetSymbol() for one in atom.GetNeighbors()} & ELECTRONEGATIVE:
        return "H_polar"
    if element == "C" and atom.GetTotalDegree() < _TETRAHEDRAL:
        return "C_carbonyl" if any(_to_oxygen(bond) for bond in atom.GetBonds()) else "C_pi"
    if element == "O" and atom.GetTotalDegree() == 1:
        return "O_terminal"
    return element


def _to_oxygen(bond: Chem.Bond) -> bool:
    ends = {bond.GetBeginAtom().GetSymbol(), bond.GetEndAtom().GetSymbol()}
    return "O" in ends and bond.GetBondType() == Chem.BondType.DOUBLE
