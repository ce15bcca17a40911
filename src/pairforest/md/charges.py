"""Charges of a molecule's atoms: by patterns, or from atoms computed in that molecule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from rdkit import Chem

from pairforest.errors import PairForestError
from pairforest.md.molecule import Array, Molecule
from pairforest.md.settings import ChargeRule

_COMPUTED = ["charge", "charge_esp", "offset", "wall", "range", "c6", "onsager", "self_energy"]


def assign_charges(molecule: Molecule, rules: Sequence[ChargeRule]) -> Array | None:
    """Give each atom the charge of the first rule whose pattern it begins.

    Parameters
    ----------
    molecule : Molecule
        Of n atoms.
    rules : sequence of ChargeRule
        SMARTS and charges (e).

    Returns
    -------
    array of shape (n,) or None
        Charges as written, not neutralised; None if an atom matches no rule.

    Raises
    ------
    PairForestError
        If a pattern is not SMARTS.
    """
    charges = np.full(len(molecule.elements), np.nan)
    for rule in rules:
        pattern = Chem.MolFromSmarts(rule.smarts)
        if pattern is None:
            raise PairForestError(f"charges: {rule.smarts!r} is not a SMARTS pattern")
        matches = molecule.rdkit.GetSubstructMatches(pattern, uniquify=False)
        for atom in {match[0] for match in matches}:
            if np.isnan(charges[atom]):
                charges[atom] = rule.charge
    return None if np.isnan(charges).any() else charges


def from_atoms(molecule: Molecule, atoms: pd.DataFrame) -> pd.DataFrame | None:
    """Give each atom what the `atoms` table has of it: the mean over atoms alike by symmetry.

    Parameters
    ----------
    molecule : Molecule
        Of n atoms.
    atoms : DataFrame
        Of schema `tables.ATOMS`; the molecule is found by what it is, not by its name.

    Returns
    -------
    DataFrame or None
        charge and charge_esp (e), offset, wall and range (Å), c6 (eV Å⁶), and the molecule's
        onsager and self_energy (eV), of the n atoms; None if the molecule is not in the table.
    """
    wanted = Chem.MolToSmiles(Chem.RemoveHs(molecule.rdkit))
    for smiles, rows in atoms.groupby("smiles", sort=False):
        found = Chem.MolFromSmiles(str(smiles))
        if Chem.MolToSmiles(found) != wanted:
            continue
        order = molecule.rdkit.GetSubstructMatch(Chem.AddHs(found))
        of_atoms = rows.sort_values("atom_index")[_COMPUTED].to_numpy()
        placed = np.empty_like(of_atoms)
        placed[list(order)] = of_atoms
        table = pd.DataFrame(placed, columns=_COMPUTED)
        return pd.DataFrame(table.groupby(molecule.classes).transform("mean"))
    return None


def neutralise(charges: Array) -> Array:
    """Take the excess off all atoms evenly, so that the molecule is neutral."""
    return np.asarray(charges - charges.mean())
