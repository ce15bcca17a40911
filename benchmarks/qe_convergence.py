"""Measure how far relative energies of pairs are from converged, by cutoff and by cell.

Usage: python benchmarks/qe_convergence.py [--elements H Li] [--what cutoff cell]
           [--charges -1 0] [--workers 2]
Each SCF is kept in scratch/qe, so that an interrupted run continues; results of elements not asked
for are kept.
"""

import argparse
import re

import numpy as np

from pairforest.compute import map_tasks
from pairforest.config import load_params
from pairforest.qe import scf
from pairforest.qe.dimers import distances, pair
from pairforest.qe.finite_size import beyond_makov_payne
from pairforest.qe.settings import Family, QeSettings
from result import earlier, write

CUTOFFS: dict[tuple[str, Family], list[tuple[float, float]]] = {
    ("H", "paw"): [(30, 120), (35, 200), (46, 201), (70, 400)],
    ("H", "gth"): [(40, 160), (60, 240), (80, 320), (120, 480), (160, 640)],
    ("Li", "gth"): [(50, 200), (80, 320), (90, 360), (120, 480)],
    ("B", "paw"): [(35, 240), (43, 325), (60, 480)],
    ("C", "paw"): [(30, 180), (35, 240), (40, 240), (45, 325), (60, 480)],
    ("N", "paw"): [(35, 240), (45, 240), (45, 325), (60, 480)],
    ("N", "gth"): [(100, 400), (120, 480), (140, 560), (160, 640), (200, 800)],
    ("O", "paw"): [(35, 240), (45, 360), (50, 250), (50, 400), (60, 480)],
    ("O", "gth"): [(120, 480), (160, 640), (200, 800), (225, 900), (250, 1000)],
    ("F", "gth"): [(120, 480), (200, 800), (250, 1000), (300, 1200), (350, 1400)],
    ("P", "gth"): [(30, 120), (40, 160), (50, 200), (60, 240), (90, 360)],
    ("S", "gth"): [(40, 160), (60, 240), (75, 300), (90, 360)],
}
CUTOFF_CELL = 7.0  # Å
CELLS = {"default": (8.0, 10.0, 12.0), "Li": (10.0, 12.0, 14.0, 16.0), "F": (7.0, 8.0)}
CELL_CHARGES = (0.0, -1.0, 1.0)
CELL_ELEMENTS: dict[str, Family] = {
    "H": "paw", "Li": "gth", "B": "paw", "C": "paw", "N": "paw", "O": "paw", "F": "gth",
    "P": "gth", "S": "gth",
}  # fmt: skip
"""The cheaper family: the cell's edge acts beyond the cores."""

Steps = dict[str, tuple[np.ndarray, float]]


def energies(
    settings: QeSettings, element: str, family: Family, charge: float, edge: float, workers: int
) -> tuple[np.ndarray, float]:
    """Give relative energies (eV) at up to five distances, and pw.x's mean CPU time (s).

    The distances are the grid's: both ends of the well, the bond, to which the energies are
    relative, and the last but one and the last where they are less than 3/4 of the edge.
    """
    grid = settings.dimers
    well = grid.n_wall + np.array([0, grid.n_well // 2, grid.n_well - 1])
    chosen = distances(element, grid)[[*well, -2, -1]]
    chosen = chosen[chosen < 0.75 * edge]
    tasks = [
        scf.prepare(pair(element, float(r), edge, charge), settings, family=family) for r in chosen
    ]
    done = map_tasks(scf.run, tasks, workers)
    energy = np.array([one.energy for one in done])
    energy += [beyond_makov_payne(charge, float(r), edge) for r in chosen]
    return energy - energy[1], float(np.mean([cpu_seconds(task) for task in tasks]))


def cpu_seconds(task: scf.Task) -> float:
    """Give the CPU time of all attempts, which, unlike the wall time, does not see other work."""
    texts = [path.read_text(errors="replace") for path in task.folder.glob("scf*.out")]
    found = [
        re.search(r"PWSCF +: +(?:(\d+)h)? *(?:(\d+)m)? *(?:([\d.]+)s)? CPU", text) for text in texts
    ]
    return sum(
        3600 * float(hours or 0) + 60 * float(minutes or 0) + float(seconds or 0)
        for hours, minutes, seconds in (one.groups() for one in found if one)
    )


def with_cutoff(
    settings: QeSettings, element: str, family: Family, cutoff: tuple[float, float]
) -> QeSettings:
    """Give settings with another cutoff for an element."""
    changed = settings.model_copy(deep=True)
    if family == "gth":
        changed.gth.ecutwfc[element] = float(cutoff[0])
    else:
        data_set = changed.paw.elements[element]
        data_set.ecutwfc, data_set.ecutrho = cutoff
    return changed


def by_cutoff(settings: QeSettings, element: str, family: Family, workers: int) -> Steps:
    """Give relative energies of the neutral pair at each cutoff."""
    return {
        "{:g}/{:g} Ry".format(*cutoff): energies(
            with_cutoff(settings, element, family, cutoff),
            element, family, 0.0, CUTOFF_CELL, workers,
        )
        for cutoff in CUTOFFS[element, family]
    }  # fmt: skip


def by_cell(
    settings: QeSettings, element: str, family: Family, charge: float, workers: int
) -> Steps:
    """Give relative energies at the shipped cutoff in each cell."""
    return {
        f"{edge:g} Å": energies(settings, element, family, charge, edge, workers)
        for edge in CELLS.get(element, CELLS["default"])
    }


def against_last(steps: Steps) -> dict[str, dict[str, float]]:
    """Give the largest error (meV) against the last step, where both have it, and CPU time (s)."""
    reference = list(steps.values())[-1][0]
    errors = {name: energy - reference[: len(energy)] for name, (energy, _) in steps.items()}
    return {
        name: {
            "error_mev": round(1e3 * float(np.nanmax(np.abs(errors[name]))), 2),
            "cpu_s": round(cpu, 1),
        }
        for name, (_, cpu) in steps.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", nargs="*")
    parser.add_argument("--what", nargs="*", default=["cutoff", "cell"])
    parser.add_argument(
        "--charges", nargs="*", type=float, default=CELL_CHARGES, help="of the pairs in the cells"
    )
    parser.add_argument("--workers", type=int, default=2, help="SCFs at once")
    arguments = parser.parse_args()
    settings = load_params().qe
    measured: dict[str, dict[str, object]] = {"cutoff": {}, "cell": {}}
    if arguments.elements or len(arguments.what) < 2 or len(arguments.charges) < 3:
        measured |= earlier("qe_convergence")

    def keep(what: str, name: str, steps: Steps) -> None:
        measured[what][name] = against_last(steps)
        print(what, name, measured[what][name], flush=True)
        write(
            "qe_convergence",
            compared="relative energies of pairs against cutoff (neutral, error to the highest) "
            "and against the cell's edge (by total charge, error to the largest); the ratio is "
            "that of CPU time, largest cell to shipped",
            ratio=_cost(measured["cell"], settings.dimers.cell),
            sizes={"distances": 4, "cell_for_cutoffs": CUTOFF_CELL},
            measured=measured,
        )

    for element, family in CUTOFFS:
        if "cutoff" in arguments.what and element in (arguments.elements or [element]):
            steps = by_cutoff(settings, element, family, arguments.workers)
            keep("cutoff", f"{element} {family}", steps)
    for charge in arguments.charges:
        for element, family in CELL_ELEMENTS.items():
            if "cell" in arguments.what and element in (arguments.elements or [element]):
                steps = by_cell(settings, element, family, charge, arguments.workers)
                keep("cell", f"{element} {charge:+g}", steps)


def _cost(cells: dict[str, object], shipped: dict[str, float]) -> float:
    """Give the CPU time of the largest cell over the shipped one's, mean of what was measured."""
    ratios = []
    for name, steps in cells.items():
        edge = shipped.get(name.split()[0], shipped["default"])
        if isinstance(steps, dict):
            ratios.append(list(steps.values())[-1]["cpu_s"] / steps[f"{edge:g} Å"]["cpu_s"])
    return round(float(np.mean(ratios)), 2) if ratios else 1.0


if __name__ == "__main__":
    main()
