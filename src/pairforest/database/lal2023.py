"""Lal 2023 into the `dimers` table, with a ledger of every file."""

from collections import Counter

import pandas as pd

from pairforest.database import suspect
from pairforest.database.assembly import LEDGER, Database
from pairforest.database.workbook import System, read_points, system_of
from pairforest.errors import PairForestError


def assemble(workbooks: dict[str, bytes]) -> Database:
    """Read all workbooks into one table.

    Parameters
    ----------
    workbooks : dict
        Bytes by path, as `sources.read_workbooks` gives them.

    Returns
    -------
    Database
        ``dimers`` as `tables.DIMERS`, sorted by element, charge and distance; ``ledger`` with
        columns workbook, element, charge, n_points, outcome (``read`` or ``left out``), note.

    Raises
    ------
    PairForestError
        If two files are of the same configuration, none has points, or one cannot be read.
    """
    configurations: dict[System, tuple[str, pd.DataFrame]] = {}
    ledger = []
    for name, content in workbooks.items():
        system = system_of(name)
        points = read_points(name, content)
        if points.empty:
            ledger.append((name, *system, 0, "left out", "no points below the heading"))
            continue
        if system in configurations:
            raise PairForestError(
                f"{name}: {system.element} at total charge {system.charge:+g} stands already in "
                f"{configurations[system][0]}"
            )
        configurations[system] = (name, points)
    if not configurations:
        raise PairForestError("no workbook has any points")

    tables = []
    for system, (name, points) in sorted(configurations.items()):
        others = [p for s, (_, p) in configurations.items() if s.element == system.element]
        others = [p for p in others if p is not points]
        status = suspect.status(points, system.charge, others)
        tables.append(
            pd.DataFrame(
                {
                    "element": system.element,
                    "charge": system.charge,
                    "distance": points["distance"],
                    "energy": points["energy"],
                    "published_relative_energy": points["published_relative_energy"],
                    "status": status,
                    "source": name,
                }
            )
        )
        ledger.append((name, *system, len(points), "read", _summary(status)))
    return Database(
        pd.concat(tables, ignore_index=True),
        pd.DataFrame(sorted(ledger), columns=LEDGER),
    )


def _summary(status: list[str]) -> str:
    """Say how many points are suspect, and why, in one line."""
    flagged = Counter(text.removeprefix("suspect: ") for text in status if text != "converged")
    return "; ".join(f"{count} points suspect: {why}" for why, count in sorted(flagged.items()))
