"""Water from SMILES to charges and volumes, by pw.x: small cell, soft cutoffs."""

import pytest

from pairforest import tables
from pairforest.qe import molecules

pytestmark = pytest.mark.usefixtures("pw_x")


@pytest.fixture
def soft(settings, tmp_path):
    """Settings that cost seconds: the small cell takes 6 % of oxygen's volume; the same code."""
    path = tmp_path / "molecules.csv"
    path.write_text("name,smiles,class,note\nwater,O,water,\n")
    changes = {"file": path, "ecutwfc": 30, "ecutrho": 180, "vacuum": 5, "atom_cell": 6}
    settings.molecules = settings.molecules.model_copy(update=changes)
    return settings


NOTHING = molecules.Computed(tables.empty(tables.QE_ATOMS), tables.empty(tables.QE_POTENTIALS))


def keep_nowhere(table: molecules.Computed) -> None:
    """Save nothing."""


@pytest.fixture
def computed(soft):
    return molecules.compute(molecules.plan(soft), NOTHING, 1, keep_nowhere)


@pytest.mark.slow
def test_water_has_the_charges_and_volumes_of_the_reference(soft, computed, tmp_path):
    whole, (computed, potentials) = computed, computed
    tables.write(tmp_path / "atoms.parquet", computed, tables.QE_ATOMS)
    tables.write(tmp_path / "potentials.parquet", potentials, tables.QE_POTENTIALS)
    assert set(potentials["molecule"]) == {"water"}
    assert (computed["status"] == "converged").all()
    water = computed[computed["molecule"] == "water"].set_index("atom_index")
    assert list(water["element"]) == ["O", "H", "H"]
    assert water["charge"].sum() == pytest.approx(0, abs=1e-3)
    assert water["charge"][0] == pytest.approx(-0.91, abs=0.05)
    assert water["volume"][0] == pytest.approx(33.6, rel=0.08)
    assert water["volume"][1] == pytest.approx(1.42, rel=0.15)
    assert molecules.spread(computed).loc["water", "charge"] < 2e-3
    free = computed.set_index("molecule")["charge"][["free H", "free O"]]
    assert free.abs().max() < 1e-3
    oxygen = computed.set_index("molecule")["volume"]["free O"]
    assert 15 < oxygen < water["volume"][0]  # the negative atom is the larger
    assert molecules.missing(molecules.plan(soft), whole) == []
    (again,) = molecules.missing(
        molecules.plan(soft), whole._replace(potentials=NOTHING.potentials)
    )
    assert again.name == "water"


def test_a_molecule_without_a_geometry_is_a_status_and_not_the_end(soft):
    soft.molecules.fmax = 0.0  # never reached
    tasks = molecules.plan(soft, ["water"])
    table, potentials = molecules.compute(tasks, NOTHING, 1, keep_nowhere)
    assert potentials.empty
    tables.check(table, tables.QE_ATOMS, "here")
    assert table["status"].str.startswith("suspect: 'O': not relaxed").all()
    assert table["charge"].isna().all()
