"""Charges from potentials, and which molecules may have one off its atom."""

import numpy as np
import pandas as pd
import pytest
from ase.units import Bohr, Hartree
from scipy.spatial.distance import cdist

from pairforest.database import charges, geometry, resp
from pairforest.database.builtin import ATOMS, POTENTIALS
from pairforest.potential import COULOMB


@pytest.mark.parametrize(
    ("smiles", "centre"),
    [("O", 0), ("S", 0), ("[H]O[H]", 0), ("O=C=O", None), ("C#N", None), ("CO", None), ("F", None)],
)
def test_only_molecules_like_water_have_a_charge_that_may_move(smiles, centre):
    assert charges.between_hydrogens(smiles) == centre


def shipped(molecule: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the shipped database has of a molecule: its atoms and its potential."""
    atoms, felt = pd.read_parquet(ATOMS), pd.read_parquet(POTENTIALS)
    of = atoms[atoms["molecule"] == molecule].sort_values("atom_index")
    return of, felt[(felt["molecule"] == molecule) & (felt["key"] == of["key"].iloc[0])]


@pytest.fixture(scope="module")
def water():
    """Positions (Å), classes, potential."""
    of, around = shipped("water")
    return of[["x", "y", "z"]].to_numpy(), of["equivalence"].to_numpy(), around


def test_alkyl_charges_are_drawn_towards_a_part_of_the_partitions():
    of, around = shipped("n_hexane")
    positions, classes = of[["x", "y", "z"]].to_numpy(), of["equivalence"].to_numpy()
    partition = of["charge"].to_numpy()
    found = charges.from_potential("CCCCCC", positions, classes, partition, around)
    given = (
        around["potential"].to_numpy() / Hartree,
        around[["x", "y", "z"]].to_numpy() / Bohr,
        geometry.in_runs("CCCCCC", positions) / Bohr,
        classes,
    )
    part = partition * charges.PARTITIONED
    assert found.charge_esp == pytest.approx(resp.fit(*given, part), abs=1e-12)
    assert not found.offset.any()
    for other in (0 * partition, partition):
        assert np.abs(found.charge_esp - resp.fit(*given, other)).max() > 0.05
    end, hydrogen = 0, 6
    assert found.charge_esp[hydrogen] < partition[hydrogen]
    assert found.charge_esp[end] < 0 < found.charge_esp[hydrogen]


def missed(found: charges.Charges, around: pd.DataFrame) -> float:
    """Relative error of the potential, points counted as its square."""
    felt = around["potential"].to_numpy()
    made = COULOMB * (found.charge_esp / cdist(around[["x", "y", "z"]], found.positions)).sum(
        axis=1
    )
    return float(np.sqrt((felt**2 * (felt - made) ** 2).sum() / (felt**4).sum()))


def test_waters_charge_off_its_oxygen_gives_its_potential(water):
    positions, classes, around = water
    off = charges.from_potential("O", positions, classes, np.array([-0.9, 0.45, 0.45]), around)
    assert 0.2 < off.offset[0] < 0.3
    assert off.offset[1:].tolist() == [0.0, 0.0]
    assert np.linalg.norm(off.positions[0] - positions[0]) < off.offset[0] + 0.02
    places = geometry.in_runs("O", positions)
    fitted = resp.fit(
        around["potential"].to_numpy() / Hartree,
        around[["x", "y", "z"]].to_numpy() / Bohr,
        places / Bohr,
        classes,
    )
    on = charges.Charges(fitted, np.zeros(3), places)
    assert missed(off, around) < 0.05
    assert missed(on, around) > 0.12
    debye = np.linalg.norm(off.charge_esp @ off.positions) * 4.80320
    assert debye == pytest.approx(1.85, abs=0.05)  # measured
