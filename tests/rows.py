"""Rows as Quantum ESPRESSO would give them, made up here."""

import numpy as np
import pandas as pd

from pairforest import tables
from pairforest.potential import COULOMB


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
    columns = ["molecule", "atom_index", "equivalence", "element", "charge", "volume"]
    atoms = [
        ("water", 0, 0, "O", -0.9, 33.0),
        ("water", 1, 1, "H", 0.45, 1.4),
        ("water", 2, 1, "H", 0.45, 1.5),
        ("free O", 0, 0, "O", 0.0, 22.0),
        ("free H", 0, 0, "H", 0.0, 8.0),
        ("other", 0, 0, "O", np.nan, np.nan),
    ]
    table = pd.DataFrame(atoms, columns=columns)
    constant = dict.fromkeys(("x", "y", "z", "energy", "cell_x", "cell_y", "cell_z"), 1.0)
    constant |= {"smiles": "O", "iterations": 9, "wall_s": 36.0, "family": "paw"}
    constant |= {"ecutwfc": 40.0, "ecutrho": 240.0, "key": "0", "source": "made up"}
    constant |= {"population": 6.9, "sigma": 0.4}
    table["charge_esp"] = 0.9 * table["charge"]
    status = np.where(table["volume"].isna(), "suspect: no", "converged")
    return tables.check(table.assign(status=status, **constant), tables.QE_ATOMS, "made up")
