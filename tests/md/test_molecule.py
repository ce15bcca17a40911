import numpy as np
import pytest

from pairforest.errors import PairForestError
from pairforest.md.molecule import build, conformers


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


@pytest.mark.parametrize(
    ("smiles", "message"),
    [("C(", "not a SMILES"), ("O.O", "more than one molecule"), ("[He]", "MMFF94 has no param")],
)
def test_bad_molecules_are_named(smiles, message):
    with pytest.raises(PairForestError, match=message):
        build(smiles, 1)
