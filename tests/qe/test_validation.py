"""What was measured against published PBE values, as committed: `benchmarks/qe_validation.py`."""

import json

import pytest

from tests.liquids import ROOT

MOLECULES = ("H2", "LiH", "N2", "CO", "F2", "H2O")
FOUND = json.loads((ROOT / "benchmarks/results/qe_validation.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("molecule", MOLECULES)
def test_bonds_and_atomisation_energies_are_those_of_pbe(molecule):
    of_molecule = {name: f for name, f in FOUND["measured"].items() if name.split()[0] == molecule}
    assert f"{molecule} gth" in of_molecule
    for found in of_molecule.values():
        assert found["bond"] == pytest.approx(found["bond_published"], abs=0.015)  # Å
        published = found["atomisation_published"]
        assert found["atomisation_kcal_mol"] == pytest.approx(published, abs=4)
