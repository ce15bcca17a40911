import numpy as np
import pytest

from pairforest.errors import PairForestError
from pairforest.md.molecule import assign_charges, build, conformers, neutralise
from pairforest.md.settings import ChargeRule
from tests.liquids import liquid

LAL2023 = {  # the sums printed in the paper's Table 4, by liquid
    "water": 0.12,
    "ethanol": 0.34,
    "octane": 0.73,
    "ethylene_carbonate": 0.53,
}


def test_atoms_that_symmetry_makes_alike_share_a_class():
    ethanol = build("CCO", 1)
    by_class = {}
    for element, number in zip(ethanol.elements, ethanol.classes, strict=True):
        by_class.setdefault(int(number), []).append(element)
    members = sorted("".join(names) for names in by_class.values())
    assert members == ["C", "C", "H", "HH", "HHH", "O"]
    assert len(set(build("CCCCCCCC", 1).classes)) == 8
    assert len(set(build("C1COC(=O)O1", 1).classes)) == 5


def test_geometry_is_a_molecules():
    water = build("O", 1)
    bonds = np.linalg.norm(water.positions[1:] - water.positions[0], axis=1)
    assert bonds == pytest.approx([0.969, 0.969], abs=0.01)
    assert water.masses.sum() == pytest.approx(18.015, abs=1e-3)


def trans_fraction(shapes) -> float:
    bond = np.diff(shapes[:, :4], axis=1)  # of butane's carbons, which come first
    one, other = np.cross(bond[:, 0], bond[:, 1]), np.cross(bond[:, 1], bond[:, 2])
    return float(((one * other).sum(axis=1) < 0).mean())


def test_conformers_are_drawn_by_energy_and_temperature():
    butane = build("CCCC", 1)
    cold, warm, hot = (
        trans_fraction(conformers(butane, 4000, kelvin, 3)) for kelvin in (60.0, 298.15, 1e6)
    )
    assert cold > 0.98
    gauche_over_trans = (1 - warm) / warm
    assert np.log(gauche_over_trans / ((1 - hot) / hot)) == pytest.approx(
        -0.78 / 0.5925, abs=0.3
    )  # kcal/mol of MMFF94, Halgren 1996
    assert np.array_equal(conformers(butane, 5, 298.15, 3), conformers(butane, 5, 298.15, 3))


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


@pytest.mark.parametrize(
    ("smiles", "message"),
    [("C(", "not a SMILES"), ("O.O", "more than one molecule"), ("[He]", "MMFF94 has no param")],
)
def test_bad_molecules_are_named(smiles, message):
    with pytest.raises(PairForestError, match=message):
        build(smiles, 1)


def test_a_pattern_that_is_not_smarts_is_named():
    with pytest.raises(PairForestError, match=r"'\[\[' is not a SMARTS"):
        assign_charges(build("O", 1), [ChargeRule(smarts="[[", charge=0.0)])
