"""Measure how far relative energies of pairs are from converged, by cutoff and by cell.

Usage: python benchmarks/qe_convergence.py [--elements H Li] [--what cutoff cell] [--cell 7]
Each step is kept in scratch/qe, so that an interrupted run continues.
"""

import argparse
import re

import numpy as np

from pairforest.config import load_params
from pairforest.elements import element_table
from pairforest.qe import scf
from pairforest.qe.dimers import pair
from pairforest.qe.settings import Family, QeSettings
from result import write

SCALES = (0.75, 1.0, 1.4, 2.5)  # distances, in units of twice the covalent radius
CUTOFFS: dict[tuple[str, Family], list[tuple[float, float]]] = {
    ("H", "gth"): [(40, 160), (60, 240), (80, 320), (120, 480), (160, 640)],
    ("Li", "gth"): [(30, 120), (50, 200), (80, 320), (120, 480)],
    ("P", "gth"): [(20, 80), (30, 120), (40, 160), (60, 240), (90, 360)],
    ("S", "gth"): [(20, 80), (30, 120), (40, 160), (60, 240), (90, 360)],
    ("O", "paw"): [(30, 180), (35, 240), (45, 240), (45, 360), (60, 480)],
    ("C", "paw"): [(25, 150), (30, 180), (35, 240), (40, 240), (60, 480)],
    ("N", "paw"): [(30, 180), (35, 240), (45, 240), (45, 325), (60, 480)],
    ("B", "paw"): [(25, 150), (30, 180), (35, 240), (43, 325), (60, 480)],
    ("H", "paw"): [(30, 120), (35, 200), (46, 201), (70, 400)],
    ("F", "gth"): [(80, 320), (120, 480), (150, 600), (200, 800)],
}
CELLS = (8.0, 9.0, 10.0, 12.0)
LARGEST = 5.25  # Å: within the smallest cell


def energies(
    settings: QeSettings, element: str, family: Family, charge: float, edge: float
) -> tuple[np.ndarray, float]:
    """Give relative energies (eV) at the distances of SCALES, and pw.x's CPU time (s) for one."""
    unit = 0.02 * float(element_table()["radius"][element])
    tasks = [
        scf.prepare(pair(element, unit * scale, edge, charge), settings, family=family)
        for scale in SCALES
        if unit * scale < LARGEST
    ]
    done = [scf.run(task) for task in tasks]
    energy = np.array([one.energy if one.status == "converged" else np.nan for one in done])
    return energy - energy[1], float(np.mean([cpu_seconds(task) for task in tasks]))


def cpu_seconds(task: scf.Task) -> float:
    """Give the CPU time of all attempts, which, unlike the wall time, does not see other work."""
    texts = [path.read_text(errors="replace") for path in task.folder.glob("scf*.out")]
    found = [re.search(r"PWSCF +: +(?:(\d+)m)? *([\d.]+)s CPU", text) for text in texts]
    return sum(60 * float(one[1] or 0) + float(one[2]) for one in found if one)


def with_cutoff(
    settings: QeSettings, element: str, family: Family, cutoff: tuple[float, float]
) -> QeSettings:
    """Give settings with another cutoff for an element."""
    changed = settings.model_copy(deep=True)
    if family == "gth":
        changed.gth.ecutwfc[element] = cutoff[0]
    else:
        data_set = changed.paw.elements[element]
        data_set.ecutwfc, data_set.ecutrho = cutoff
    return changed


def against_last(steps: dict[str, tuple[np.ndarray, float]]) -> dict[str, dict[str, float]]:
    """Give the largest error (meV) against the last step, and the CPU time (s)."""
    reference = list(steps.values())[-1][0]
    return {
        name: {"error_mev": 1e3 * float(np.nanmax(np.abs(energy - reference))), "cpu_s": cpu}
        for name, (energy, cpu) in steps.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", nargs="*")
    parser.add_argument("--what", nargs="*", default=["cutoff", "cell"])
    parser.add_argument("--cell", type=float, default=7.0, help="edge for the cutoffs, Å")
    arguments = parser.parse_args()
    settings = load_params().qe
    measured: dict[str, object] = {}

    def keep(name: str, steps: dict[str, tuple[np.ndarray, float]]) -> None:
        found = against_last(steps)
        rounded = {k: {n: round(x, 2) for n, x in v.items()} for k, v in found.items()}
        measured[name] = rounded
        print(name, rounded, flush=True)

    for (element, family), cutoffs in CUTOFFS.items():
        if "cutoff" in arguments.what and element in (arguments.elements or [element]):
            steps = {}
            for cutoff in cutoffs:
                changed = with_cutoff(settings, element, family, cutoff)
                found = energies(changed, element, family, 0.0, arguments.cell)
                steps["{:g}/{:g} Ry".format(*cutoff)] = found
                print(element, family, cutoff, found, flush=True)
            keep(f"{element} {family}", steps)
    for element in settings.dimers.elements:
        if "cell" in arguments.what and element in (arguments.elements or [element]):
            for charge in (-1.0, 0.0, 1.0):
                family = settings.family_of(element)
                steps = {}
                for edge in CELLS:
                    found = energies(settings, element, family, charge, edge)
                    steps[f"{edge:g} Å"] = found
                    print(element, charge, edge, found, flush=True)
                keep(f"{element} {charge:+g}", steps)
    write(
        "qe_convergence",
        compared="relative energies of pairs against cutoff (neutral, error to the highest) and "
        "against the cell's edge (by total charge, error to the largest), shipped cutoffs",
        ratio=1.0,
        sizes={"distances": len(SCALES), "cell_for_cutoffs": arguments.cell},
        measured=measured,
    )


if __name__ == "__main__":
    main()
