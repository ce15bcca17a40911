"""Kinds of atoms, by which walls and calibrated factors go."""

from rdkit import Chem

_DONORS = {"N", "O", "F"}


def kinds(molecule: Chem.Mol) -> list[str]:
    """Give each atom's kind: its element, or `H_polar` of a hydrogen on N, O or F."""
    return [
        "H_polar"
        if atom.GetSymbol() == "H" and {one.GetSymbol() for one in atom.GetNeighbors()} & _DONORS
        else atom.GetSymbol()
        for atom in molecule.GetAtoms()
    ]


def kinds_of(smiles: str) -> list[str]:
    """Give the kinds of a SMILES' atoms, hydrogens last, in RDKit's order."""
    return kinds(Chem.AddHs(Chem.MolFromSmiles(smiles)))
