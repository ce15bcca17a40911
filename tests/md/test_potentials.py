"""Charges of a molecule in its liquid: the gas phase's, grown as Onsager and the constants say."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pairforest import tables
from pairforest.config import load_liquid, load_params
from pairforest.database.builtin import ATOMS as QE_ATOMS
from pairforest.database.builtin import POTENTIALS, PROBES
from pairforest.labels import aim, constants
from pairforest.labels.settings import AimSettings
from pairforest.md.molecule import build
from pairforest.stages.database import atoms_of
from pairforest.stages.labels import settled
from pairforest.stages.potentials import ATOMS, charges_of, direct, polarising
from pairforest.walls import law
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


def test_the_forest_has_learned_from_the_charges_that_lammps_takes(
    atoms, grown, tmp_path, monkeypatch
):
    """An atom has one charge, of one scale: in its label, before the forest and in LAMMPS."""
    monkeypatch.chdir(tmp_path)
    ATOMS.parent.mkdir(parents=True)
    tables.write(ATOMS, atoms, tables.ATOMS)
    (tmp_path / "w99.json").write_text(aim_constants().model_dump_json(), encoding="utf-8")
    settings = AimSettings(constants="w99.json", mixing_rule="w99", charges="qe", learning_scale={})
    found = charges_of(build("O", 1), liquid("water"), settings)
    assert found.seen == pytest.approx(grown)
    assert np.array_equal(found.seen, found.neutral)
    labels = aim.label(atoms, aim_constants()).set_index("element")["charge"]
    assert labels.loc[["O", "H", "H"]].to_numpy() == pytest.approx(found.seen)


def test_every_liquids_charges_are_its_labels_charges(tmp_path, monkeypatch):
    """Atoms that symmetry makes alike for LAMMPS are those that have one label."""
    params = load_params()
    probes, rows = tables.read(PROBES, tables.PROBES), tables.read(QE_ATOMS, tables.QE_ATOMS)
    felt = law.fit(law.gather(probes, rows), law.of_neon(probes)).walls
    atoms = atoms_of(rows, tables.read(POTENTIALS, tables.QE_POTENTIALS), felt)
    file = Path(params.labels.aim.constants).resolve()
    settings = params.labels.aim.model_copy(update={"constants": file})
    labels = settled(aim.label(atoms, constants.load(file, settings.mixing_rule)))
    assert (labels["charge"] == [float(f"{charge:.9g}") for charge in labels["charge"]]).all()
    liquids = {name: load_liquid(name) for name in params.survey.liquids}
    monkeypatch.chdir(tmp_path)
    ATOMS.parent.mkdir(parents=True)
    tables.write(ATOMS, atoms, tables.ATOMS)
    for name, one in liquids.items():
        molecule = build(one.smiles, 1)
        found = charges_of(molecule, one, settings)
        assert found.neutral.sum() == pytest.approx(0.0, abs=1e-12)
        label = labels[labels["molecule"] == name]
        assert Counter(molecule.elements) == label.groupby("element")["n_points"].sum().to_dict()
        meant = np.repeat(label["charge"], label["n_points"])
        assert np.sort(found.seen) == pytest.approx(np.sort(meant), abs=3e-9), name


def test_a_larger_dipole_costs_its_growth_squared(atoms, grown):
    cost = polarising(liquid("water"), atoms, aim_constants(), 1)
    growth = grown[0] / atoms["charge_esp"].iloc[0]
    assert cost == pytest.approx(atoms["self_energy"].iloc[0] * (growth - 1) ** 2)
    unchanged = aim_constants(charge={"default": 1 / atoms["onsager"].iloc[0]})
    free = polarising(liquid("water"), atoms, unchanged, 1)
    assert free == pytest.approx(0.0, abs=1e-12)
