"""Charges of a molecule in its liquid: the gas phase's, grown as Onsager and the constants say."""

import pytest

from pairforest import tables
from pairforest.labels.settings import AimSettings
from pairforest.md.molecule import build
from pairforest.stages.database import atoms_of
from pairforest.stages.potentials import ATOMS, charges_of, direct, polarising
from tests.liquids import liquid
from tests.rows import aim_constants, in_molecules, potentials, walls


@pytest.fixture(scope="module")
def atoms():
    return atoms_of(in_molecules(), potentials(), walls())


@pytest.fixture
def grown(atoms):
    """Oxygen's charge is about −0.81 e alone, and water has a polar hydrogen."""
    onsager, alone = atoms["onsager"].iloc[0], atoms["charge_esp"].to_numpy()
    assert onsager > 1.2
    assert alone == pytest.approx([-0.81, 0.405, 0.405], abs=0.01)
    return alone * 1.1 * onsager


def test_a_force_field_from_the_labels_has_the_charges_of_the_liquid(atoms, grown):
    found = direct(liquid("water"), atoms, aim_constants(), 1)
    assert found.charges == pytest.approx(grown)


def test_a_force_field_from_the_forest_has_the_same(atoms, grown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ATOMS.parent.mkdir(parents=True)
    tables.write(ATOMS, atoms, tables.ATOMS)
    (tmp_path / "w99.json").write_text(aim_constants().model_dump_json(), encoding="utf-8")
    settings = AimSettings(constants="w99.json", mixing_rule="w99", charges="qe", learning_scale={})
    found = charges_of(build("O", 1), liquid("water"), settings)
    assert found.neutral == pytest.approx(grown)
    assert found.seen == pytest.approx([-0.9, 0.45, 0.45])


def test_a_larger_dipole_costs_its_growth_squared(atoms, grown):
    cost = polarising(liquid("water"), atoms, aim_constants(), 1)
    growth = grown[0] / atoms["charge_esp"].iloc[0]
    assert cost == pytest.approx(atoms["self_energy"].iloc[0] * (growth - 1) ** 2)
    unchanged = aim_constants(charge={"default": 1 / atoms["onsager"].iloc[0]})
    free = polarising(liquid("water"), atoms, unchanged, 1)
    assert free == pytest.approx(0.0, abs=1e-12)
