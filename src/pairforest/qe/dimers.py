"""Same-element pairs over total charge and distance: which points, and their rows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from pairforest.compute import stream_tasks
from pairforest.elements import element_table
from pairforest.errors import PairForestError
from pairforest.qe import finite_size, scf
from pairforest.qe.pseudo import find
from pairforest.qe.pw import System
from pairforest.qe.settings import DimerGrid, QeSettings

_CURVE = ["element", "charge"]
_POINT = [*_CURVE, "distance"]


class DimerTask(NamedTuple):
    """One point: element, total charge (e), distance (Å), its SCF and what its row repeats."""

    element: str
    charge: float
    distance: float
    scf: scf.Task
    cell: float
    nspin: int


def distances(element: str, grid: DimerGrid) -> np.ndarray:
    """Give the distances of an element's pairs, in Å, rising, to 0.001 Å.

    The unit is twice Pyykkö's single-bond radius. The wall is a geometric series from
    `wall_start` to the well; the well is evenly spaced; the tail is a geometric series from the
    well's end to `max_distance`.

    Raises
    ------
    PairForestError
        If the well of the element ends beyond `max_distance`.
    """
    unit = 0.02 * float(element_table()["radius"][element])  # pm, twice, in Å
    start, end = grid.well[0] * unit, grid.well[1] * unit
    if end >= grid.max_distance:
        raise PairForestError(
            f"qe.dimers.max_distance: {grid.max_distance:g} Å is within the well of {element}, "
            f"which ends at {end:.2f} Å"
        )
    wall_start = grid.wall_start.get(element, grid.wall_start["default"]) * unit
    wall = np.geomspace(wall_start, start, grid.n_wall + 1)[:-1]
    well = np.linspace(start, end, grid.n_well)
    tail = np.geomspace(end, grid.max_distance, grid.n_tail + 1)[1:]
    return np.round(np.concatenate([wall, well, tail]), 3)


def pair(element: str, distance: float, edge: float, charge: float, nspin: int = 1) -> System:
    """Give a pair along the diagonal of a cubic cell, where its images are farthest.

    Parameters
    ----------
    element : str
        Symbol.
    distance, edge : float
        Å.
    charge : float
        Of the pair, e.
    nspin : int
        1, or 2 for collinear spins.
    """
    half = np.full(3, distance / 2 / np.sqrt(3))
    centre = np.full(3, edge / 2)
    positions = np.array([centre - half, centre + half])
    return System((element, element), positions, np.full(3, edge), charge, nspin)


def plan(settings: QeSettings, elements: Sequence[str] | None = None) -> list[DimerTask]:
    """Give every point of the settings, those of one element together.

    Parameters
    ----------
    settings : QeSettings
        All about the points.
    elements : sequence of str, optional
        Instead of the settings' elements.

    Raises
    ------
    PairForestError
        If an element is none, has no pseudopotential, or a charge leaves no electrons.
    """
    grid, tasks = settings.dimers, []
    for element in elements or grid.elements:
        n_electrons = 2 * find(element, settings).n_valence
        edge = grid.cell.get(element, grid.cell["default"])
        for charge in grid.charges:
            if charge >= n_electrons:
                raise PairForestError(
                    f"qe.dimers.charges: {charge:+g} leaves no electrons of {element}2, "
                    f"which has {n_electrons:g}"
                )
            for distance in distances(element, grid):
                system = pair(element, float(distance), edge, charge, grid.nspin)
                task = scf.prepare(system, settings)
                tasks.append(
                    DimerTask(element, float(charge), float(distance), task, edge, grid.nspin)
                )
    return tasks


def row(task: DimerTask) -> dict[str, object]:
    """Compute one point and give its row of `tables.QE_DIMERS`."""
    done = scf.run(task.scf)
    beyond = finite_size.beyond_makov_payne(task.charge, task.distance, task.cell)
    pseudo = task.scf.pseudos[0]
    axis = np.full(3, 1 / np.sqrt(3))
    return {
        "element": task.element,
        "charge": task.charge,
        "distance": task.distance,
        "energy": done.energy + beyond,
        "correction": done.correction + beyond,
        "force": float(done.forces[1] @ axis) if len(done.forces) == 2 else np.nan,
        "iterations": done.iterations,
        "attempts": done.attempts,
        "wall_s": done.wall_s,
        "status": done.status,
        "family": pseudo.family,
        "ecutwfc": float(done.ecutwfc),
        "ecutrho": float(done.ecutrho),
        "cell": float(task.cell),
        "nspin": task.nspin,
        "key": done.key,
        "source": f"pw.x {task.scf.version}, PBE, {pseudo.source}",
    }


def missing(tasks: Sequence[DimerTask], rows: pd.DataFrame) -> list[DimerTask]:
    """Give the tasks whose point is not among the rows, or did not converge."""
    known = set(rows["key"][rows["status"] == "converged"])
    return [task for task in tasks if task.scf.key not in known]


def stale(tasks: Sequence[DimerTask], rows: pd.DataFrame) -> pd.Series:
    """Mark rows of the tasks' curves that were made with other settings: they cannot be mixed."""
    curves = {(task.element, task.charge) for task in tasks}
    keys = {task.scf.key for task in tasks}
    of_curve = pd.Series(
        [curve in curves for curve in zip(rows["element"], rows["charge"], strict=True)],
        index=rows.index,
        dtype=bool,
    )
    return of_curve & ~rows["key"].isin(keys)


def compute(
    tasks: Sequence[DimerTask],
    rows: pd.DataFrame,
    workers: int,
    save: Callable[[pd.DataFrame], None],
) -> pd.DataFrame:
    """Compute the points that are missing, saving the table after each and at the end.

    Parameters
    ----------
    tasks : sequence of DimerTask
        The points wanted.
    rows : DataFrame
        Those at hand, of `tables.QE_DIMERS`; rows of the same curves with other settings are
        replaced.
    workers : int
        SCFs at once.
    save : callable
        Takes the whole table, sorted.

    Returns
    -------
    DataFrame
        The whole table.
    """
    table = rows[~stale(tasks, rows)]
    for found in stream_tasks(row, missing(tasks, table), workers):
        others, new = table[table["key"] != found["key"]], pd.DataFrame([found])
        table = pd.concat([others, new]) if len(others) else new
        table = table.sort_values(_POINT, ignore_index=True)
        save(table)
    save(table)
    return table
