"""Recipe `aim`: charges and volumes of atoms in molecules into Buckingham constants.

An atom of volume V, V₀ when free, has half the minimum's distance R = f_R R₀ (V/V₀)^p and the
dispersion C = f_C C₀ (V/V₀)² (Tkatchenko and Scheffler 2009). R₀ = 2.54 α₀^(1/7) in atomic units
(Fedorov, Sadhukhan, Stöhr and Tkatchenko 2018) and C₀ are the free atom's, from the
polarisabilities α₀ and coefficients of Chu and Dalgarno 2004; f_R and f_C are calibrated on
liquids, by element, and hydrogens that can make a hydrogen bond may have their own. p is
calibrated too: ⅓ in Tkatchenko and Scheffler's radii, 1/7 by Fedorov's relation if the
polarisability goes as V. With the steepness α of the exp-6 form that gives A, B and C, which go as
V^(2 − 6p), V^p and V².
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from ase.calculators.vdwcorrection import vdWDB_Chu04jcp
from ase.units import Bohr, Hartree
from numpy.typing import ArrayLike, NDArray
from rdkit import Chem

from pairforest import tables
from pairforest.elements import element_of
from pairforest.errors import PairForestError
from pairforest.labels.constants import AimConstants
from pairforest.potential import Buckingham, from_exp6

Array = NDArray[np.float64]

_FREE = "free "
_DONORS = {"N", "O", "F"}


def free_volumes(atoms: pd.DataFrame) -> dict[str, float]:
    """Give the volume (bohr³) of each free atom of an `atoms` table, by element."""
    free = atoms[atoms["molecule"].str.startswith(_FREE)]
    return dict(zip(free["element"], free["volume"], strict=True))


def reference(element: str) -> tuple[float, float]:
    """Give the free atom's van der Waals radius (Å) and C6 (eV Å⁶).

    Raises
    ------
    PairForestError
        If neither is known for the element.
    """
    try:
        polarisability, c6 = vdWDB_Chu04jcp[element]
    except KeyError:
        raise PairForestError(
            f"{element}: no polarisability and C6 of the free atom (Chu and Dalgarno 2004)"
        ) from None
    return 2.54 * polarisability ** (1 / 7) * Bohr, c6 * Hartree * Bohr**6


def kinds(molecule: Chem.Mol) -> list[str]:
    """Give each atom's key among the constants: its element, or `H_polar` of one on N, O or F."""
    return [
        "H_polar"
        if atom.GetSymbol() == "H" and {one.GetSymbol() for one in atom.GetNeighbors()} & _DONORS
        else atom.GetSymbol()
        for atom in molecule.GetAtoms()
    ]


def buckingham(
    kinds: Sequence[str],
    volumes: ArrayLike,
    free: dict[str, float],
    constants: AimConstants,
) -> Buckingham:
    """Give the constants of atoms from their volumes.

    Parameters
    ----------
    kinds : sequence of str
        As `kinds` gives them, length n.
    volumes : array of shape (n,)
        bohr³.
    free : dict
        Volume of the free atom (bohr³), from the same partition, by element.
    constants : AimConstants
        Calibrated factors and the steepness.

    Returns
    -------
    Buckingham
        Each of shape (n,).

    Raises
    ------
    PairForestError
        If an element has no free atom or no reference.
    """
    elements = [element_of(kind) for kind in kinds]
    if lacking := sorted(set(elements) - set(free)):
        raise PairForestError(f"no free atom of {', '.join(lacking)} in the atoms table")
    radius, c6 = np.array([reference(element) for element in elements]).T
    ratio = np.asarray(volumes, dtype=float) / np.array([free[element] for element in elements])
    r_m = 2 * constants.factors("radius", kinds) * radius * ratio**constants.radius_exponent
    dispersion = constants.factors("c6", kinds) * c6 * ratio**2
    alpha = constants.alpha
    return from_exp6(r_m, dispersion * (alpha - 6) / (alpha * r_m**6), alpha)


def distinct(atoms: pd.DataFrame) -> pd.DataFrame:
    """Give one row for atoms of a molecule that are alike: mean charge and volume, and how many.

    Parameters
    ----------
    atoms : DataFrame
        Of schema `tables.ATOMS`.

    Returns
    -------
    DataFrame
        molecule, equivalence, element, kind, charge (e), volume (bohr³), n_points; no free atoms.
    """
    bound = atoms[~atoms["molecule"].str.startswith(_FREE)]
    of = {smiles: kinds(Chem.AddHs(Chem.MolFromSmiles(smiles))) for smiles in set(bound["smiles"])}
    pairs = zip(bound["smiles"], bound["atom_index"], strict=True)
    bound = bound.assign(kind=[of[smiles][index] for smiles, index in pairs])
    like = ["molecule", "equivalence", "element", "kind"]
    groups = bound.groupby(like, as_index=False, sort=True)
    return groups.agg(
        charge=("charge", "mean"), volume=("volume", "mean"), n_points=("charge", "size")
    )


def label(atoms: pd.DataFrame, constants: AimConstants) -> pd.DataFrame:
    """Give the labels of all atoms in molecules.

    Parameters
    ----------
    atoms : DataFrame
        Of schema `tables.ATOMS`, free atoms included.
    constants : AimConstants
        Calibrated.

    Returns
    -------
    DataFrame
        Of schema `tables.LABELS`, one row a distinct atom, sorted by element and charge, which is
        that of the partition, as the volume is. Nothing
        is fitted, so R² is empty; n_points is how many atoms are alike.

    Raises
    ------
    PairForestError
        If an element has no free atom or no reference.
    """
    rows = distinct(atoms)
    made = buckingham(rows["kind"].tolist(), rows["volume"], free_volumes(atoms), constants)
    table = rows.assign(
        recipe="aim",
        **made._asdict(),
        r2=np.nan,
        kept=True,
    )
    table = table.sort_values(["element", "charge", "molecule"], ignore_index=True)
    return tables.check(table[list(tables.LABELS.columns)], tables.LABELS, "labels of aim")
