"""Three cheap rows of the shipped database, computed again by pw.x as it is installed here."""

import numpy as np
import pytest

from pairforest import tables
from pairforest.database import builtin
from pairforest.qe import dimers, molecules
from tests.liquids import ROOT

pytestmark = pytest.mark.usefixtures("pw_x")


@pytest.mark.parametrize("element", ["H", "P"])
def test_a_pair_has_its_shipped_energy(settings, element):
    shipped = tables.read(ROOT / builtin.DIMERS, tables.QE_DIMERS)
    neutral = [task for task in dimers.plan(settings, [element]) if task.charge == 0]
    task = neutral[len(neutral) // 2]
    found = dimers.row(task)
    same = (shipped["element"] == element) & (shipped["charge"] == 0)
    (row,) = shipped[same & np.isclose(shipped["distance"], task.distance)].to_dict("records")
    assert found["status"] == row["status"] == "converged"
    assert (found["family"], found["ecutwfc"]) == (row["family"], row["ecutwfc"])
    assert found["energy"] == pytest.approx(row["energy"], abs=1e-3)


@pytest.mark.slow
def test_a_molecule_has_its_shipped_charges_and_volumes(settings):
    shipped = tables.read(ROOT / builtin.ATOMS, tables.QE_ATOMS)
    (task,) = molecules.plan(settings, ["water"])
    atoms, potentials = molecules.rows(task)
    found = atoms.set_index("atom_index")
    row = shipped[shipped["molecule"] == "water"].set_index("atom_index")
    assert (found["status"] == "converged").all()
    assert found["energy"].iloc[0] == pytest.approx(row["energy"].iloc[0], abs=1e-3)
    assert found["charge"].to_numpy() == pytest.approx(row["charge"].to_numpy(), abs=5e-3)
    kept = tables.read(ROOT / builtin.POTENTIALS, tables.QE_POTENTIALS)
    kept = kept[kept["molecule"] == "water"]["potential"].to_numpy()
    assert potentials["potential"].to_numpy() == pytest.approx(kept, abs=5e-3)
    assert found["volume"].to_numpy() == pytest.approx(row["volume"].to_numpy(), rel=0.01)
