"""One workbook of Lal 2023: the system its name tells, and its points."""

import io
import re
import zipfile
from typing import NamedTuple

import numpy as np
import openpyxl
import pandas as pd

from pairforest.elements import check_element
from pairforest.errors import PairForestError

COLUMNS = {
    "Distance (A)": "distance",
    "Total Energy (eV)": "energy",
    "Coulombic Energy": "coulomb",
    "LJ Enrgy": "less_coulomb",
    "Relative LJ Enrgy": "published_relative_energy",
}
"""The published headings (their spelling) and what we call them."""

_NAME = re.compile(
    r"(?P<symbol>[A-Za-z]+)\. ?(?P<charge>[+-]?\d+(\.\d+)?)(_double_check)?(\.xlsx)+"
)
_MISSPELT = {"Tii": "Tl"}


class System(NamedTuple):
    """A pair of like atoms: the element and the pair's total charge in e."""

    element: str
    charge: float


def system_of(workbook: str) -> System:
    """Read element and total charge from a workbook's name.

    The symbol in the name is right where the folder is not (``Lead/Po.+0.0``); its case and the
    spelling ``TII`` are put right. ``N.1.0`` means +1: no sign is plus.

    Raises
    ------
    PairForestError
        If the name is not of the form ``<Symbol>.<charge>.xlsx`` or there is no such element.
    """
    match = _NAME.fullmatch(workbook.rsplit("/", 1)[-1])
    if not match:
        raise PairForestError(f"{workbook}: the name is not of the form <Symbol>.<charge>.xlsx")
    symbol = match["symbol"].capitalize()
    symbol = check_element(_MISSPELT.get(symbol, symbol), workbook)
    return System(symbol, float(match["charge"]))


def read_points(workbook: str, content: bytes) -> pd.DataFrame:
    """Read the points of one workbook, sorted by distance.

    Parameters
    ----------
    workbook : str
        Its path, for errors.
    content : bytes
        The xlsx file.

    Returns
    -------
    DataFrame
        The five columns of `COLUMNS`, Å and eV; empty if the workbook has no points.

    Raises
    ------
    PairForestError
        If it is no workbook, a column is missing or renamed, a cell is empty or not a number,
        a distance is not positive or repeated.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise PairForestError(f"{workbook}: not a readable xlsx workbook ({error})") from error
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    heading = ["" if cell is None else str(cell).strip() for cell in rows[0]] if rows else []
    for column in COLUMNS:
        if (count := heading.count(column)) != 1:
            what = "is missing" if count == 0 else "stands there twice"
            raise PairForestError(
                f"{workbook}: column {column!r} {what}; the columns are {heading}"
            )
    places = [heading.index(column) for column in COLUMNS]
    for number, row in enumerate(rows[1:], start=2):
        for column, place in zip(COLUMNS, places, strict=True):
            _check_cell(row[place], f"{workbook}, row {number}, column {column!r}")
    points = pd.DataFrame(
        [[row[place] for place in places] for row in rows[1:]],
        columns=list(COLUMNS.values()),
        dtype=float,
    )
    if (points["distance"] <= 0).any():
        raise PairForestError(f"{workbook}: a distance is not above zero")
    if points["distance"].duplicated().any():
        twice = points.loc[points["distance"].duplicated(), "distance"].iloc[0]
        raise PairForestError(f"{workbook}: distance {twice} Å stands there twice")
    return points.sort_values("distance", ignore_index=True)


def _check_cell(value: object, where: str) -> None:
    if value is None:
        raise PairForestError(f"{where}: the cell is empty")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PairForestError(f"{where}: {value!r} is not a number")
    if not np.isfinite(value):
        raise PairForestError(f"{where}: {value!r} is not a finite number")
