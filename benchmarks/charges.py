"""What an atom's one charge has to do: the molecule's potential, its conformers, and the forest.

Usage: python benchmarks/charges.py

Charges fitted to the potential are drawn towards a part of the partition's (MBIS) by a restraint:
both are tried. Test liquids' molecules are left out, whole. The potential's relative error is over
the molecules of the calibration liquids, points all alike; conformers are those of
benchmarks/conformers.py at the shipped 1–4 scaling; walls, w = B ln(A/1 kcal/mol), are of molecules
that the forest has not seen, at the shipped constants. What a liquid makes of a molecule's charges
(Onsager's factor) is that of the shipped ones throughout.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.units import Bohr, Hartree
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

import conformers
from pairforest import tables
from pairforest.config import load_liquid, load_params
from pairforest.database import builtin, geometry, resp
from pairforest.database.charges import PARTITIONED
from pairforest.forest.features import TARGETS, features
from pairforest.forest.model import build
from pairforest.labels import aim, constants
from pairforest.potential import KCAL_PER_MOL
from pairforest.stages.potentials import ATOMS, direct
from result import write

PARTS = (0.0, 0.2, 0.4, 0.6, 1.0)
STRENGTHS = (1e-5, 2e-4)  # hartree²/e⁴
CHAINS = ("n_hexane", "cyclohexane", "1_propanol", "diethyl_ether", "ethyl_acetate")

Array = NDArray[np.float64]
PARAMS = load_params()


class Felt(NamedTuple):
    """A molecule of n atoms and its potential (hartree/e) at k points (bohr)."""

    atoms: pd.DataFrame
    positions: Array
    points: Array
    potential: Array

    def missed(self, charges: Array) -> float:
        """Give the relative error of the potential of charges (e), points all alike."""
        left = self.potential - (1 / cdist(self.points, self.positions)) @ charges
        return float(np.sqrt(np.mean(left**2) / np.mean(self.potential**2)))


def test_liquids() -> list[str]:
    """Give the names of the test liquids, which decide nothing."""
    liquids = {name: load_liquid(name) for name in PARAMS.survey.liquids}
    return [name for name, one in liquids.items() if one.role in ("test", "paper_test")]


def load() -> dict[str, Felt]:
    """Give the molecules that are no test liquid's."""
    tests = test_liquids()
    rows = tables.read(builtin.ATOMS, tables.QE_ATOMS)
    around = dict(list(tables.read(builtin.POTENTIALS, tables.QE_POTENTIALS).groupby("molecule")))
    found = {}
    for name, atoms in tables.read(ATOMS, tables.ATOMS).groupby("molecule"):
        if name in tests:
            continue
        positions = rows[rows["molecule"] == name].sort_values("atom_index")[["x", "y", "z"]]
        places = geometry.in_runs(str(atoms["smiles"].iloc[0]), positions.to_numpy())
        felt = around[name]
        points, potential = felt[["x", "y", "z"]].to_numpy(), felt["potential"].to_numpy()
        atoms = atoms.sort_values("atom_index")
        found[str(name)] = Felt(atoms, places / Bohr, points / Bohr, potential / Hartree)
    return found


def charged(molecules: dict[str, Felt], part: float, strength: float) -> pd.DataFrame:
    """Give the `atoms` table with charges drawn towards a part of the partition's."""
    made = []
    for one in molecules.values():
        classes, partition = one.atoms["equivalence"].to_numpy(), one.atoms["charge"].to_numpy()
        if one.atoms["offset"].max() > 0:
            made.append(one.atoms)  # nothing is restrained there
            continue
        of = one.potential, one.points, one.positions, classes, part * partition
        made.append(one.atoms.assign(charge_esp=resp.fit(*of, strength=strength)))
    return pd.concat(made, ignore_index=True)


def measure(
    molecules: dict[str, Felt], atoms: pd.DataFrame, grown: bool = True
) -> dict[str, float]:
    """Give what an `atoms` table's charges are worth; the forest sees them `grown`, or as is."""
    label = PARAMS.labels.aim
    chosen = constants.load(label.constants, label.mixing_rule)
    of = atoms.set_index("molecule")["charge_esp"]
    ten = PARAMS.calibrate.liquids
    potential = np.mean([molecules[name].missed(of.loc[name].to_numpy()) for name in ten])
    apart = []
    for name in CHAINS:
        system = direct(load_liquid(name), atoms, chosen, PARAMS.md.seed)
        assert system is not None
        pick = conformers.known_shapes if name == conformers.HEXANE else conformers.lowest
        positions, known = pick(system, PARAMS.md.seed)
        apart.append(np.std(conformers.minima((system, PARAMS.md, positions)) - known))
    if not grown:
        chosen = chosen.model_copy(update={"charge": {"default": 1.0}})
        atoms = atoms.assign(onsager=1.0)
    return {
        "error of the potential": float(potential),
        "conformers, rms (kcal/mol)": float(np.sqrt(np.mean(np.square(apart)))),
        **walls_missed(aim.label(atoms, chosen)),
    }


def walls_missed(labels: pd.DataFrame) -> dict[str, float]:
    """Give by element the rms relative error of walls of molecules that the forest has not seen."""
    best = json.loads(Path("models/aim/best_params.json").read_text(encoding="utf-8"))["params"]
    model = build(PARAMS.model.model_copy(update=best), PARAMS.labels.aim.learning_scale)
    known = labels[TARGETS].to_numpy()
    one_out = LeaveOneGroupOut()
    X = features(labels).to_numpy()
    found = cross_val_predict(model, X, known, groups=labels["molecule"], cv=one_out, n_jobs=-1)
    error = np.log(_walls(found) / _walls(known))
    squares = (labels["n_points"] * error**2).groupby(labels["element"]).sum()
    rms = np.sqrt(squares / labels.groupby("element")["n_points"].sum())
    return {f"walls of {element} unseen, rms": float(rms[element]) for element in ("C", "H", "O")}


def _walls(like: Array) -> Array:
    return np.asarray(like[:, 1] * np.log(like[:, 0] * KCAL_PER_MOL))


def main() -> None:
    """Measure the partition's charges and every restraint, and keep the result."""
    molecules = load()
    whole = pd.concat([one.atoms for one in molecules.values()], ignore_index=True)
    whole["charge_esp"] = whole["charge"] - whole.groupby("molecule")["charge"].transform("mean")
    measured = {"MBIS": measure(molecules, whole.assign(offset=0.0), grown=False)}
    restraints = [(part, resp.STRENGTH) for part in PARTS]
    restraints += [(PARTITIONED, strength) for strength in STRENGTHS]
    for part, strength in restraints:
        name = f"towards {part:g} of MBIS, {strength:g} hartree²/e⁴"
        measured[name] = measure(molecules, charged(molecules, part, strength))
        print(name, measured[name], flush=True)
    shipped = measured[f"towards {PARTITIONED:g} of MBIS, {resp.STRENGTH:g} hartree²/e⁴"]
    error = "error of the potential"
    write(
        "charges",
        compared="relative error of the potential round a molecule, charges of MBIS over those "
        "that are shipped",
        ratio=measured["MBIS"][error] / shipped[error],
        sizes={"molecules": len(molecules)},
        measured=measured,
    )


if __name__ == "__main__":
    main()
