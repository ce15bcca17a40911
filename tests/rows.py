"""Rows as Quantum ESPRESSO would give them, made up here."""

import numpy as np
import pandas as pd
from ase.units import Bohr
from scipy.spatial.distance import cdist

from pairforest import tables
from pairforest.database.geometry import in_runs
from pairforest.labels.constants import AimConstants
from pairforest.potential import COULOMB
from pairforest.qe.electrostatics import surface


def pairs(**changes: object) -> pd.DataFrame:
    """A neutral and a charged curve of lithium, unsorted."""
    distance = np.tile([3.0, 2.0, 6.0], 2)
    charge = np.repeat([1.0, 0.0], 3)
    row = {
        "element": "Li",
        "charge": charge,
        "distance": distance,
        "energy": -400.0 + COULOMB * (charge / 2) ** 2 / distance,
        "correction": 0.0,
        "force": 0.1,
        "iterations": 9,
        "attempts": 1,
        "wall_s": 3.5,
        "status": "converged",
        "family": "gth",
        "ecutwfc": 90.0,
        "ecutrho": 360.0,
        "cell": 10.0,
        "nspin": 1,
        "key": [f"{i:024x}" for i in range(6)],
        "source": "pw.x 6.7MaX, PBE, GTH-PBE-q3",
    }
    return tables.check(pd.DataFrame(row | changes), tables.QE_DIMERS, "made up")


def in_molecules() -> pd.DataFrame:
    """Water, the free atoms it is made of, and a molecule that failed; 36 s each."""
    columns = ["molecule", "smiles", "atom_index", "equivalence", "element", "charge", "volume"]
    columns += ["x", "y"]
    atoms = [
        ("water", "O", 0, 0, "O", -0.9, 33.0, 0.0, 0.0),
        ("water", "O", 1, 1, "H", 0.45, 1.4, 0.76, 0.59),
        ("water", "O", 2, 1, "H", 0.45, 1.5, -0.76, 0.59),
        ("free O", "[O]", 0, 0, "O", 0.0, 22.0, 0.0, 0.0),
        ("free H", "[H]", 0, 0, "H", 0.0, 8.0, 0.0, 0.0),
        ("other", "O", 0, 0, "O", np.nan, np.nan, np.nan, np.nan),
    ]
    table = pd.DataFrame(atoms, columns=columns)
    constant = dict.fromkeys(("z", "energy", "cell_x", "cell_y", "cell_z"), 1.0)
    constant |= {"iterations": 9, "wall_s": 36.0, "family": "paw"}
    constant |= {"ecutwfc": 40.0, "ecutrho": 240.0, "key": "0", "source": "made up"}
    constant |= {"population": 6.9, "sigma": 0.4}
    status = np.where(table["volume"].isna(), "suspect: no", "converged")
    return tables.check(table.assign(status=status, **constant), tables.QE_ATOMS, "made up")


def potentials(charges: pd.Series | None = None) -> pd.DataFrame:
    """What charges make round `in_molecules`' water, from where LAMMPS has its atoms.

    They are nine tenths of its own if not given.
    """
    water = in_molecules().iloc[:3]
    positions = water[["x", "y", "z"]].to_numpy()
    points = surface(tuple(water["element"]), positions / Bohr) * Bohr
    charges = 0.9 * water["charge"] if charges is None else charges
    made = COULOMB * (charges.to_numpy() / cdist(points, in_runs("O", positions))).sum(axis=1)
    table = pd.DataFrame(points, columns=["x", "y", "z"])
    table = table.assign(molecule="water", potential=made, key="0")
    return tables.check(table, tables.QE_POTENTIALS, "made up")


def walls() -> pd.DataFrame:
    """Walls of hydrogen, polar hydrogen and oxygen."""
    rows = [("H", 2.5, 2.0, 0.16), ("H_polar", 1.2, 1.6, 0.16), ("O", 26.0, 2.9, 0.15)]
    table = pd.DataFrame(rows, columns=["kind", "volume", "distance", "exponent"])
    errors = {"distance_stderr": 0.01, "exponent_stderr": 0.02, "range_stderr": 0.02}
    table = table.assign(**errors, range=0.25, n_atoms=9)
    return tables.check(table, tables.WALLS, "made up")


def aim_constants(**changes: object) -> AimConstants:
    """Constants of `aim` that change charges alone."""
    content = {
        "mixing_rule": "w99",
        "charge": {"default": 0.9, "donor": 1.1},
        "wall": {"default": 1.0},
        "c6": {"default": 1.0},
        "contact": {"default": 1.0},
        "provenance": {},
    }
    return AimConstants.model_validate(content | changes)
