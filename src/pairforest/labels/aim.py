"""Recipe `aim`: walls and dispersion of atoms in molecules into Buckingham constants.

Two like atoms repel each other by 1 kcal/mol at f_w w, over a range of f_w B, and attract by
f_C C₆/r⁶; what damping would take off that is in the repulsion (`potential.from_wall`). w and B are
the wall that a neon atom feels, by kind of atom and volume (`walls.law`), C₆ that of DFT-D4
(Caldeweyher et al. 2019), none for a polar hydrogen. f_w and f_C are calibrated on liquids, by
element. An atom's charge is that which it has in its molecule's own liquid: the forest learns from
it, and LAMMPS runs with it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pairforest import tables
from pairforest.kinds import covalent_radii, kinds_of
from pairforest.labels.constants import AimConstants
from pairforest.potential import Buckingham, from_wall


def buckingham(
    kinds: Sequence[str],
    walls: ArrayLike,
    ranges: ArrayLike,
    c6: ArrayLike,
    constants: AimConstants,
) -> Buckingham:
    """Give the constants of atoms from their walls and dispersion coefficients.

    Parameters
    ----------
    kinds : sequence of str
        As `kinds.kinds` gives them, length n.
    walls, ranges : array of shape (n,)
        Where like atoms' repulsion alone is 1 kcal/mol, and over what range it ceases, Å.
    c6 : array of shape (n,)
        Of an atom with its like, eV Å⁶.
    constants : AimConstants
        Calibrated factors.

    Returns
    -------
    Buckingham
        Each of shape (n,).
    """
    size, dispersion = (constants.factors(which, kinds) for which in ("wall", "c6"))
    return from_wall(
        size * np.asarray(walls, dtype=float),
        size * np.asarray(ranges, dtype=float),
        dispersion * np.asarray(c6, dtype=float),
    )


def growth(molecule: pd.DataFrame, kinds: Sequence[str], constants: AimConstants) -> float:
    """Give a molecule's charges in its own liquid over those in the gas phase.

    Parameters
    ----------
    molecule : DataFrame
        Its n atoms' onsager, as in `tables.ATOMS`.
    kinds : sequence of str
        As `kinds.kinds` gives them, length n.
    constants : AimConstants
        Calibrated factors.
    """
    return constants.of_charges(kinds) * float(molecule["onsager"].iloc[0])


def in_liquid(
    molecule: pd.DataFrame, kinds: Sequence[str], constants: AimConstants
) -> NDArray[np.float64]:
    """Give the charges that a molecule's n atoms have in its own liquid, e, shape (n,), neutral.

    Parameters
    ----------
    molecule : DataFrame
        Their charge_esp (e), neutral, and onsager, as in `tables.ATOMS`.
    kinds : sequence of str
        As `kinds.kinds` gives them, length n.
    constants : AimConstants
        Calibrated factors.
    """
    return growth(molecule, kinds, constants) * molecule["charge_esp"].to_numpy()


def in_liquids(atoms: pd.DataFrame, constants: AimConstants) -> pd.DataFrame:
    """Give atoms their kind, and as charge (e) the one that they have in their liquid.

    Parameters
    ----------
    atoms : DataFrame
        Of schema `tables.ATOMS`.
    constants : AimConstants
        Calibrated factors.
    """
    found = []
    for _, rows in atoms.groupby("molecule", sort=False):
        kinds = kinds_of(str(rows["smiles"].iloc[0]))
        charges = in_liquid(rows, kinds, constants)
        found.append(rows.assign(kind=np.array(kinds)[rows["atom_index"]], charge=charges))
    return pd.concat(found)


def distinct(atoms: pd.DataFrame) -> pd.DataFrame:
    """Give one row for atoms of a molecule that are alike, with their means, and how many.

    Parameters
    ----------
    atoms : DataFrame
        As `in_liquids` gives them.

    Returns
    -------
    DataFrame
        molecule, equivalence, element, kind, charge (e), wall and range (Å), c6 (eV Å⁶), n_points.
    """
    like = ["molecule", "equivalence", "element", "kind"]
    groups = atoms.groupby(like, as_index=False, sort=True)
    return groups.agg(
        charge=("charge", "mean"),
        wall=("wall", "mean"),
        range=("range", "mean"),
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
        that in the liquid. Nothing is fitted, so R² is empty; n_points is how many atoms are alike.
    """
    rows = distinct(in_liquids(atoms, constants))
    made = buckingham(rows["kind"].tolist(), rows["wall"], rows["range"], rows["c6"], constants)
    table = rows.assign(
        recipe="aim",
        radius=covalent_radii(rows["kind"].tolist()),
        **made._asdict(),
        r2=np.nan,
        kept=True,
    )
    table = table.sort_values(["element", "charge", "molecule"], ignore_index=True)
    return tables.check(table[list(tables.LABELS.columns)], tables.LABELS, "labels of aim")
