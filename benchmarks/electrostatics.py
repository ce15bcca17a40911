"""How well charges give a molecule's potential and dipole: MBIS's, and those fitted to it.

Usage: python benchmarks/electrostatics.py

Calibration liquids' molecules and a few others in data/raw/qe_molecules.csv. What is not in
scratch/qe is computed by pw.x first. The potential is on the shells that charges are fitted on; the
dipole beside it is the density's own.
"""

import numpy as np
from ase.units import Bohr, Debye, Hartree
from scipy.spatial.distance import cdist

from pairforest.compute import map_tasks
from pairforest.config import load_params
from pairforest.database import resp
from pairforest.database.charges import PARTITIONED
from pairforest.qe import molecules, scf
from pairforest.qe.cube import Cube
from result import write

OTHERS = ("ammonia", "acetonitrile", "formamide", "dimethyl_sulfoxide")


def compare(task: molecules.MoleculeTask) -> dict[str, float]:
    """Give relative errors of the potential (rms) and dipoles (D)."""
    table, potentials = molecules.rows(task)
    _, placed = molecules.system(task)
    done = scf.run(scf.prepare(placed, task.settings, density=True))
    if done.density is None:
        raise SystemExit(f"{task.name}: {done.status}")
    density = molecules.density_of(task, done.density)
    points = potentials[["x", "y", "z"]].to_numpy() / Bohr
    potential = potentials["potential"].to_numpy() / Hartree
    found: dict[str, float] = {"dipole of the density (D)": _dipole(task, density)}
    classes = table["equivalence"].to_numpy()
    partition = table["charge"].to_numpy()
    fitted = resp.fit(potential, points, density.positions, classes, PARTITIONED * partition)
    for name, charges in (("MBIS", partition), ("fitted", fitted)):
        left = potential - (1 / cdist(points, density.positions)) @ charges
        error = float(np.sqrt(np.mean(left**2) / np.mean(potential**2)))
        dipole = float(np.linalg.norm(charges @ density.positions) * Bohr / Debye)
        found |= {f"{name}, error of the potential": error, f"{name}, dipole (D)": dipole}
    return found


def _dipole(task: molecules.MoleculeTask, density: Cube) -> float:
    electrons = density.density * density.spacing.prod()
    moment = task.n_valence @ density.positions
    for axis, spacing in enumerate(density.spacing):
        others = tuple(other for other in range(3) if other != axis)
        moment[axis] -= electrons.sum(axis=others) @ (np.arange(electrons.shape[axis]) * spacing)
    return float(np.linalg.norm(moment) * Bohr / Debye)


def main() -> None:
    """Measure every molecule and keep the result."""
    params = load_params()
    names = [*params.calibrate.liquids, "water", *OTHERS]
    tasks = molecules.plan(params.qe, names)
    results = map_tasks(compare, tasks, params.compute.workers)
    measured = {task.name: found for task, found in zip(tasks, results, strict=True)}
    mean = {
        name: float(np.mean([one[f"{name}, error of the potential"] for one in results]))
        for name in ("MBIS", "fitted")
    }
    write(
        "electrostatics",
        compared="mean relative error of the potential round a molecule, charges of MBIS over "
        "charges fitted to it",
        ratio=mean["MBIS"] / mean["fitted"],
        sizes={"molecules": len(tasks)},
        measured={**measured, "all, error of the potential": mean},
    )


if __name__ == "__main__":
    main()
