"""What recipe `aim` says of a molecule's conformers, by 1–4 scaling, beside MMFF94.

Usage: python benchmarks/conformers.py

The bonded terms are MMFF94's, made to go with its own pairs. Calibration liquids alone, at the
shipped constants; each conformer at its own minimum.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest import tables
from pairforest.compute import map_tasks
from pairforest.config import load_liquid, load_params
from pairforest.labels import constants
from pairforest.md import gas
from pairforest.md.molecule import relaxed
from pairforest.md.settings import MdSettings
from pairforest.md.system import System
from pairforest.potential import KCAL_PER_MOL
from pairforest.stages.potentials import ATOMS, direct
from result import write

SCALES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0)
N_LOWEST = 8

Job = tuple[System, MdSettings, NDArray[np.float64], NDArray[np.float64]]


def deviation(job: Job) -> float:
    """Give the root mean square of energies above the mean, ours less MMFF94's (kcal/mol)."""
    system, settings, positions, known = job
    ours = np.array([gas.minimum(system, settings, one) for one in positions]) * KCAL_PER_MOL
    return float(np.std(ours - known))


def lowest(system: System, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the lowest conformers and their energies by MMFF94 (kcal/mol), no two alike."""
    positions, energies = relaxed(system.molecule, seed)
    order = np.argsort(energies)
    apart = np.diff(energies[order], prepend=-np.inf) > 0.01
    chosen = order[apart][:N_LOWEST]
    return positions[chosen], energies[chosen]


def main() -> None:
    """Measure every liquid at every scaling, and keep the result."""
    params = load_params()
    label, md = params.labels.aim, params.md
    chosen = constants.load(label.constants, label.mixing_rule)
    atoms = tables.read(ATOMS, tables.ATOMS)
    jobs: dict[tuple[str, float], Job] = {}
    for name in params.calibrate.liquids:
        system = direct(load_liquid(name), atoms, chosen, md.seed)
        if system is None:
            raise SystemExit(f"{name} is not in {ATOMS}")
        positions, known = lowest(system, md.seed)
        if len(known) == 1:
            continue
        for scale in SCALES:
            settings = md.model_copy(update={"scale_14": scale})
            jobs[name, scale] = (system, settings, positions, known)
    found = dict(
        zip(jobs, map_tasks(deviation, list(jobs.values()), params.compute.workers), strict=True)
    )
    names = list(dict.fromkeys(name for name, _ in jobs))
    table = pd.DataFrame({scale: {name: found[name, scale] for name in names} for scale in SCALES})
    whole = np.sqrt((table**2).mean())
    measured: dict[str, Any] = {
        f"{scale:g}": {**table[scale].to_dict(), "all": float(whole[scale])} for scale in SCALES
    }
    write(
        "conformers",
        compared="rms error (kcal/mol) of conformers' energies against MMFF94, "
        f"1–4 scaling of 0.5 over md.scale_14 = {md.scale_14:g}",
        ratio=whole[0.5] / whole[md.scale_14],
        sizes={"conformers": {name: len(jobs[name, SCALES[0]][3]) for name in names}},
        measured=measured,
    )


if __name__ == "__main__":
    main()
