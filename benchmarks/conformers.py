"""What recipe `aim` says of a molecule's conformers, by 1–4 scaling, beside better ones.

Usage: python benchmarks/conformers.py

The bonded terms are MMFF94's, made to go with its own pairs. Calibration liquids alone, at the
shipped constants; each conformer at its own minimum. Hexane is beside coupled cluster (Gruzman,
Karton and Martin 2009) and speaks for decane, the others are beside MMFF94.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdMolTransforms

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
HEXANE, NO_REFERENCE = "n_hexane", "n_decane"
COUPLED_CLUSTER = {
    "ttt": 0.0, "+tt": 0.595, "t+t": 0.604, "++t": 0.934, "+t+": 1.178, "+t-": 1.302, "+++": 1.250,
}  # fmt: skip
"""Of hexane's shapes, kcal/mol: trans or gauche to one side or the other, bond after bond."""

Job = tuple[System, MdSettings, NDArray[np.float64]]


def minima(job: Job) -> NDArray[np.float64]:
    """Give each conformer's energy at its minimum above the first's (kcal/mol)."""
    system, settings, positions = job
    ours = np.array([gas.minimum(system, settings, one) for one in positions]) * KCAL_PER_MOL
    return np.asarray(ours - ours[0])


def lowest(system: System, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the lowest conformers and their energies by MMFF94 (kcal/mol), no two alike."""
    positions, energies = relaxed(system.molecule, seed)
    order = np.argsort(energies)
    apart = np.diff(energies[order], prepend=-np.inf) > 0.01
    chosen = order[apart][:N_LOWEST]
    return positions[chosen], energies[chosen]


def shape(molecule: Chem.Mol, positions: NDArray[np.float64]) -> str:
    """Give the shape of a chain of carbons as `COUPLED_CLUSTER` writes it, or one it lacks."""
    chain = molecule.GetSubstructMatch(Chem.MolFromSmarts("CCCCCC"))
    conformer = Chem.Conformer(molecule.GetNumAtoms())
    conformer.SetPositions(positions)
    found = ""
    for i in range(len(chain) - 3):
        angle = rdMolTransforms.GetDihedralDeg(conformer, *chain[i : i + 4])
        found += "t" if abs(angle) > 150 else "x" if not 40 < abs(angle) < 85 else "-+"[angle > 0]
    mirrored = found.translate(str.maketrans("+-", "-+"))
    alike = {found, found[::-1], mirrored, mirrored[::-1]}
    return next((one for one in COUPLED_CLUSTER if one in alike), found)


def known_shapes(system: System, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give hexane's conformers of known energy, and those (kcal/mol), in the order of the table."""
    positions, energies = relaxed(system.molecule, seed)
    found = {shape(system.molecule.rdkit, positions[i]): i for i in np.argsort(-energies)}
    if lacking := set(COUPLED_CLUSTER) - set(found):
        raise SystemExit(f"hexane: no conformer {', '.join(sorted(lacking))}")
    return positions[[found[one] for one in COUPLED_CLUSTER]], np.array([*COUPLED_CLUSTER.values()])


def main() -> None:
    """Measure every liquid at every scaling, and keep the result."""
    params = load_params()
    label, md = params.labels.aim, params.md
    chosen = constants.load(label.constants, label.mixing_rule)
    atoms = tables.read(ATOMS, tables.ATOMS)
    jobs: dict[tuple[str, float], Job] = {}
    references: dict[str, NDArray[np.float64]] = {}
    for name in params.calibrate.liquids:
        if name == NO_REFERENCE:
            continue
        system = direct(load_liquid(name), atoms, chosen, md.seed)
        if system is None:
            raise SystemExit(f"{name} is not in {ATOMS}")
        positions, known = (known_shapes if name == HEXANE else lowest)(system, md.seed)
        if len(known) == 1:
            continue
        references[name] = known
        for scale in SCALES:
            settings = md.model_copy(update={"scale_14": scale})
            jobs[name, scale] = (system, settings, positions)
    found = dict(
        zip(jobs, map_tasks(minima, list(jobs.values()), params.compute.workers), strict=True)
    )
    table = pd.DataFrame(index=list(references), columns=SCALES, dtype=float)
    for (name, scale), ours in found.items():
        table.loc[name, scale] = np.std(ours - references[name])
    whole = np.sqrt((table**2).mean())
    measured: dict[str, Any] = {
        f"{scale:g}": {**table[scale].to_dict(), "all": float(whole[scale])} for scale in SCALES
    }
    shapes = found[HEXANE, md.scale_14].round(3).tolist()
    measured["hexane's shapes"] = dict(zip(COUPLED_CLUSTER, shapes, strict=True))
    write(
        "conformers",
        compared="rms error (kcal/mol) of conformers' energies against better ones, "
        f"1–4 scaling of 0.5 over md.scale_14 = {md.scale_14:g}",
        ratio=whole[0.5] / whole[md.scale_14],
        sizes={"conformers": {name: len(known) for name, known in references.items()}},
        measured=measured,
    )


if __name__ == "__main__":
    main()
