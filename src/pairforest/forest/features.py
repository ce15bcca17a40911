"""Features: mass, covalent radius, atomic number and charge, the paper's fingerprint."""

import pandas as pd

from pairforest.elements import check_element, element_table

FEATURES = ["mass", "radius", "atomic_number", "charge"]
TARGETS = ["A", "B", "C"]


def features(atoms: pd.DataFrame) -> pd.DataFrame:
    """Give the features of atoms.

    Parameters
    ----------
    atoms : DataFrame
        Columns ``element``, ``radius`` (covalent, pm) and ``charge`` (e), n rows.

    Returns
    -------
    DataFrame
        n rows, the columns of `FEATURES`: mass (u), covalent radius (pm), atomic number, charge
        (e), all floats.

    Raises
    ------
    PairForestError
        If an element is unknown.
    """
    for symbol in atoms["element"].unique():
        check_element(symbol, "features")
    table = element_table().loc[atoms["element"]].reset_index(drop=True)
    given = atoms[["radius", "charge"]].reset_index(drop=True)
    return table.assign(**given)[FEATURES].astype(float)


def training_rows(labels: pd.DataFrame) -> pd.DataFrame:
    """Give the labels that are kept, numbered anew, in the table's order."""
    return labels[labels["kept"]].reset_index(drop=True)
