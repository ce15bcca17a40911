"""Recipe `aim`: size and dispersion of atoms in molecules into Buckingham constants.

An atom has half the minimum's distance R = f_R r and the dispersion C = f_C C₆. r is where its own
density has fallen to 0.001 e/bohr³ (Bader, Carroll, Cheeseman and Chang 1987; radii of free atoms
by it: Rahm, Hoffmann and Ashcroft 2016), C₆ that of DFT-D4 (Caldeweyher et al. 2019). f_R and f_C
are calibrated on liquids; f_R is by element, and hydrogens that can make a hydrogen bond have their
own. With the steepness α of the exp-6 form that gives A, B and C.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from ase.units import Bohr
from numpy.typing import ArrayLike, NDArray
from rdkit import Chem

from pairforest import tables
from pairforest.errors import PairForestError
from pairforest.labels.constants import AimConstants
from pairforest.potential import Buckingham, from_exp6

Array = NDArray[np.float64]

_FREE = "free "
_SURFACE = 0.001  # e/bohr³
_DONORS = {"N", "O", "F"}


def isodensity_radii(volumes: ArrayLike, populations: ArrayLike) -> Array:
    """Give how far from an atom its valence density has fallen to 0.001 e/bohr³, Å, shape (n,).

    The density is a Slater shell, the form of the partition's, that holds the atom's N electrons
    and has its volume: N/(8πσ³) exp(−r/σ), V = 60 N σ³.

    Parameters
    ----------
    volumes, populations : array of shape (n,)
        bohr³; valence electrons.

    Raises
    ------
    PairForestError
        If an atom's density is nowhere as high.
    """
    volumes, populations = np.asarray(volumes, float), np.asarray(populations, float)
    at_centre = 60 * populations**2 / (8 * np.pi * volumes)
    if (thin := np.flatnonzero(~(at_centre > _SURFACE))).size:
        raise PairForestError(
            f"an atom of {populations[thin[0]]:.3f} valence electrons and volume "
            f"{volumes[thin[0]]:.2f} bohr³ is nowhere as dense as {_SURFACE} e/bohr³"
        )
    return np.asarray(np.cbrt(volumes / (60 * populations)) * np.log(at_centre / _SURFACE) * Bohr)


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
    populations: ArrayLike,
    c6: ArrayLike,
    constants: AimConstants,
) -> Buckingham:
    """Give the constants of atoms from their size and dispersion coefficients.

    Parameters
    ----------
    kinds : sequence of str
        As `kinds` gives them, length n.
    volumes, populations : array of shape (n,)
        bohr³; valence electrons, of the same partition.
    c6 : array of shape (n,)
        Of an atom with its like, eV Å⁶.
    constants : AimConstants
        Calibrated factors and the steepness.

    Returns
    -------
    Buckingham
        Each of shape (n,).

    Raises
    ------
    PairForestError
        If an atom has next to no density.
    """
    r_m = 2 * constants.factors("radius", kinds) * isodensity_radii(volumes, populations)
    dispersion = constants.factors("c6", kinds) * np.asarray(c6, dtype=float)
    alpha = constants.alpha
    return from_exp6(r_m, dispersion * (alpha - 6) / (alpha * r_m**6), alpha)


def distinct(atoms: pd.DataFrame) -> pd.DataFrame:
    """Give one row for atoms of a molecule that are alike, with their means, and how many.

    Parameters
    ----------
    atoms : DataFrame
        Of schema `tables.ATOMS`.

    Returns
    -------
    DataFrame
        molecule, equivalence, element, kind, charge (e), volume (bohr³), population (e), c6
        (eV Å⁶), n_points; no free atoms.
    """
    bound = atoms[~atoms["molecule"].str.startswith(_FREE)]
    of = {smiles: kinds(Chem.AddHs(Chem.MolFromSmiles(smiles))) for smiles in set(bound["smiles"])}
    pairs = zip(bound["smiles"], bound["atom_index"], strict=True)
    bound = bound.assign(kind=[of[smiles][index] for smiles, index in pairs])
    like = ["molecule", "equivalence", "element", "kind"]
    groups = bound.groupby(like, as_index=False, sort=True)
    return groups.agg(
        charge=("charge", "mean"),
        volume=("volume", "mean"),
        population=("population", "mean"),
        c6=("c6", "mean"),
        n_points=("charge", "size"),
    )


def label(atoms: pd.DataFrame, constants: AimConstants) -> pd.DataFrame:
    """Give the labels of all atoms in molecules.

    Parameters
    ----------
    atoms : DataFrame
        Of schema `tables.ATOMS`.
    constants : AimConstants
        Calibrated.

    Returns
    -------
    DataFrame
        Of schema `tables.LABELS`, one row a distinct atom, sorted by element and charge, which is
        that of the partition, as the volume is. Nothing is fitted, so R² is empty; n_points is how
        many atoms are alike.

    Raises
    ------
    PairForestError
        If an atom has next to no density.
    """
    rows = distinct(atoms)
    kinds = rows["kind"].tolist()
    made = buckingham(kinds, rows["volume"], rows["population"], rows["c6"], constants)
    table = rows.assign(
        recipe="aim",
        **made._asdict(),
        r2=np.nan,
        kept=True,
    )
    table = table.sort_values(["element", "charge", "molecule"], ignore_index=True)
    return tables.check(table[list(tables.LABELS.columns)], tables.LABELS, "labels of aim")
