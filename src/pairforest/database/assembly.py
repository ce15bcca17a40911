"""What reading a database gives, whichever it was."""

from typing import NamedTuple

import pandas as pd


class Database(NamedTuple):
    """The `dimers` table and the ledger of where its rows are from.

    Attributes
    ----------
    dimers : DataFrame
        Of schema `tables.DIMERS`, sorted by element, charge and distance.
    ledger : DataFrame
        One row a configuration: workbook (or table), element, charge, n_points, outcome
        (``read`` or ``left out``), note.
    """

    dimers: pd.DataFrame
    ledger: pd.DataFrame


LEDGER = ["workbook", "element", "charge", "n_points", "outcome", "note"]
