import numpy as np
import pandas as pd
import pytest

from pairforest.errors import PairForestError
from pairforest.md.charges import assign_charges, from_atoms, neutralise
from pairforest.md.molecule import build
from pairforest.md.settings import ChargeRule
from tests.liquids import liquid

LAL2023 = {  # the sums printed in the paper's Table 4, by liquid
    "water": 0.12,
    "ethanol": 0.34,
    "octane": 0.73,
    "ethylene_carbonate": 0.53,
}


@pytest.mark.parametrize("name", LAL2023)
def test_the_papers_charges_sum_to_what_its_table_4_sums_to_and_are_neutralised(name):
    settings = liquid(name)
    charges = assign_charges(build(settings.smiles, 1), settings.charges["lal2023"])
    assert charges.sum() == pytest.approx(LAL2023[name], abs=0.005)
    neutral = neutralise(charges)
    assert neutral.sum() == pytest.approx(0, abs=1e-12)
    assert np.ptp(charges - neutral) == pytest.approx(0, abs=1e-12)


def test_the_papers_ethanol_charges_are_where_they_belong():
    molecule = build("CCO", 1)
    charges = assign_charges(molecule, liquid("ethanol").charges["lal2023"])
    assert charges[:3].tolist() == [-0.4656, -0.0257, -0.5357]
    assert sorted(charges[3:]) == [0.1899] * 3 + [0.1968] * 2 + [0.4053]


def test_an_atom_without_a_rule_leaves_the_liquid_without_charges():
    assert assign_charges(build("CCO", 1), [ChargeRule(smarts="[#6]", charge=0.1)]) is None


def test_a_pattern_that_is_not_smarts_is_named():
    with pytest.raises(PairForestError, match=r"'\[\[' is not a SMARTS"):
        assign_charges(build("O", 1), [ChargeRule(smarts="[[", charge=0.0)])


def atoms_of(smiles: str, charges: list[float]) -> pd.DataFrame:
    n = len(charges)
    numbers = np.arange(1.0, n + 1)
    return pd.DataFrame(
        {
            "smiles": smiles,
            "atom_index": range(n),
            "charge": charges,
            "charge_esp": 0.8 * np.array(charges),
            "offset": 0.0,
            "wall": numbers,
            "range": 0.1 * numbers,
            "c6": 2 * numbers,
            "onsager": 1.2,
            "self_energy": 0.1,
        }
    )


def test_atoms_computed_in_the_molecule_are_found_whatever_its_smiles_and_averaged():
    table = pd.concat(
        [atoms_of("O", [-0.9, 0.4, 0.5]), atoms_of("OC", [-0.6, 0.1, 0.4, 0, 0, 0.1])]
    )
    water = from_atoms(build("[H]O[H]", 1), table)
    assert water["charge"].tolist() == pytest.approx([-0.9, 0.45, 0.45])
    assert water["charge_esp"].tolist() == pytest.approx([-0.72, 0.36, 0.36])
    methanol = build("CO", 1)  # carbon first
    found = from_atoms(methanol, table)
    assert found["charge"][:2].tolist() == pytest.approx([0.1, -0.6])
    assert found["wall"][:2].tolist() == pytest.approx([2.0, 1.0])
    assert found["range"][:2].tolist() == pytest.approx([0.2, 0.1])
    assert found["c6"][:2].tolist() == pytest.approx([4.0, 2.0])
    assert sorted(found["charge"][2:]) == pytest.approx([1 / 30] * 3 + [0.4])
    assert from_atoms(build("CC", 1), table) is None
