"""Measure how far charges and volumes of atoms in molecules are from converged, knob by knob.

Usage: python benchmarks/mbis_convergence.py [--only cutoff vacuum spacing fluorine third_row ...]
One knob of `qe.molecules` is turned at a time, the others as shipped. Each SCF is kept in
scratch/qe, so that an interrupted run continues; results of knobs not asked for are kept.
"""

import argparse
from typing import Any

import pandas as pd

from pairforest.compute import map_tasks
from pairforest.config import load_params
from pairforest.qe import molecules
from pairforest.qe.settings import QeSettings
from result import earlier, write

Change = dict[str, Any]

KNOBS: dict[str, tuple[list[str], dict[str, Change]]] = {
    # knob: (molecules, {step: changes to qe.molecules}), the last step the reference
    "cutoff": (
        ["water", "ethylene_carbonate"],
        {
            f"{wave}/{density} Ry": {"ecutwfc": wave, "ecutrho": density}
            for wave, density in ((30, 180), (40, 240), (50, 320), (60, 480))
        },
    ),
    "vacuum": (
        ["water", "ethylene_carbonate"],
        {f"{vacuum:g} Å": {"vacuum": vacuum} for vacuum in (6, 8, 10, 12)},
    ),
    "spacing": (
        ["water", "ethylene_carbonate"],
        {f"{spacing:g} bohr": {"spacing": spacing} for spacing in (0.4, 0.25, 0.15)},
    ),
    "fluorine": (
        ["fluoromethane"],
        {f"{cutoff} Ry": {"gth": {"default": 50, "F": cutoff}} for cutoff in (110, 140, 170, 250)},
    ),
    "third_row": (
        ["silane", "phosphine", "hydrogen_sulfide", "hydrogen_chloride"],
        {f"{cutoff} Ry": {"gth": {"default": cutoff}} for cutoff in (40, 50, 70, 100)},
    ),
    "atom": (
        ["free C", "free O", "free Si"],
        {f"{edge:g} Å": {"atom_cell": edge} for edge in (10, 12, 16)},
    ),
    "families": (
        ["water", "ethanol"],
        {
            "paw": {},
            "gth": {"family": {"default": "gth"}, "gth": {"default": 120}},
        },
    ),
}


def atoms(name: str, settings: QeSettings, change: Change, workers: int) -> pd.DataFrame:
    """Give charges (e) and volumes (bohr³) of a knob's molecules with one change of settings."""
    changed = settings.model_copy(deep=True)
    changed.molecules = changed.molecules.model_copy(update=change)
    tasks = molecules.plan(changed, KNOBS[name][0])
    table = pd.concat([found.atoms for found in map_tasks(molecules.rows, tasks, workers)])
    if (table["status"] != "converged").any():
        raise SystemExit(f"{name} {change}: {', '.join(table['status'].unique())}")
    return table.set_index(["molecule", "atom_index"])[["element", "charge", "volume", "wall_s"]]


def against_last(steps: dict[str, pd.DataFrame]) -> dict[str, dict[str, float]]:
    """Give the largest difference from the last step of charge (e) and volume (%), and its time."""
    last = list(steps.values())[-1]
    return {
        step: {
            "charge": float((table["charge"] - last["charge"]).abs().max()),
            "volume_percent": float(100 * (table["volume"] / last["volume"] - 1).abs().max()),
            "wall_s": float(table["wall_s"].groupby("molecule").first().sum()),
        }
        for step, table in steps.items()
    }


def by_atom(steps: dict[str, pd.DataFrame]) -> dict[str, dict[str, list[float]]]:
    """Give charge and volume of every atom, for each step, by molecule and atom."""
    rows: dict[str, dict[str, list[float]]] = {}
    for step, table in steps.items():
        for atom in table.reset_index().to_dict("records"):
            name = f"{atom['molecule']} {atom['element']}{atom['atom_index']}"
            rows.setdefault(name, {})[step] = [round(atom["charge"], 4), round(atom["volume"], 3)]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(KNOBS), choices=list(KNOBS))
    parser.add_argument("--workers", type=int, default=2, help="molecules at once")
    arguments = parser.parse_args()
    settings = load_params().qe
    partial = len(arguments.only) < len(KNOBS)
    measured: dict[str, Any] = earlier("mbis_convergence") if partial else {}
    for name in arguments.only:
        steps = {}
        for step, change in KNOBS[name][1].items():
            steps[step] = atoms(name, settings, change, arguments.workers)
            print(name, step, flush=True)
        measured[name] = against_last(steps)
        if name == "families":
            measured[name] |= {"charge_and_volume": by_atom(steps)}
        cutoffs = measured.get("cutoff")
        write(
            "mbis_convergence",
            compared="MBIS charges (e) and volumes against cutoff (GTH's for fluorine and the "
            "third row), vacuum, spacing and a free atom's cell: the largest difference from the "
            "last step, over all atoms; and by PAW against GTH; the ratio is the wall time of the "
            "highest cutoff against the shipped one's",
            ratio=cutoffs["60/480 Ry"]["wall_s"] / cutoffs["40/240 Ry"]["wall_s"]
            if cutoffs
            else 1.0,
            sizes={knob: KNOBS[knob][0] for knob in measured},
            measured=measured,
        )


if __name__ == "__main__":
    main()
