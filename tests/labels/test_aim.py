"""Labels from atoms in molecules: the formulas, one row a distinct atom, and bad constants."""

import json

import pytest

from pairforest import tables
from pairforest.errors import PairForestError
from pairforest.labels import aim, constants
from pairforest.potential import from_wall, walls_of
from pairforest.stages.database import atoms_of
from tests.rows import aim_constants as made
from tests.rows import in_molecules, potentials, walls


def test_an_atom_has_its_wall_and_its_c6():
    like = aim.buckingham(["O", "H"], [2.9, 2.0], [0.27, 0.26], [16.0, 1.2], made())
    assert walls_of(like) == pytest.approx([2.9, 2.0])
    assert pytest.approx([0.27, 0.26]) == like.B
    assert pytest.approx([16.0, 1.2]) == like.C


def test_factors_are_by_element_and_the_rest_takes_the_default():
    factors = {"wall": {"default": 1.0, "H": 1.1}, "c6": {"default": 2.0, "H": 1.0}}
    scaled = aim.buckingham(["O", "H"], [2.9, 2.0], [0.27, 0.26], [16.0, 1.2], made(**factors))
    meant = aim.buckingham(["O", "H"], [2.9, 2.2], [0.27, 0.286], [32.0, 1.2], made())
    for name in ("A", "B", "C"):
        assert getattr(scaled, name) == pytest.approx(getattr(meant, name))


def test_a_polar_hydrogen_has_its_own_factor_or_that_of_hydrogen():
    like_hydrogen = {"default": 1.0, "H": 1.1}
    for factors, wall in (
        (like_hydrogen, [2.2, 2.2]),
        (like_hydrogen | {"H_polar": 0.9}, [1.8, 2.2]),
    ):
        kinds, of = ["H_polar", "H"], ([2.0, 2.0], [0.2, 0.2], [1.0, 1.0])
        scaled = aim.buckingham(kinds, *of, made(wall=factors))
        assert walls_of(scaled) == pytest.approx(wall)
    atoms = atoms_of(in_molecules(), potentials(), walls())
    labels = aim.label(atoms, made(wall={"default": 1.0, "H_polar": 0.9}))
    polar = atoms.iloc[1:3][["wall", "range", "c6"]].mean()
    meant = from_wall(0.9 * polar["wall"], 0.9 * polar["range"], polar["c6"])
    assert labels["A"][0] == pytest.approx(float(meant.A))


def test_hydrogens_meet_oxygen_and_nitrogen_with_less_repulsion():
    of = made(contact={"default": 0.7, "H_polar": 0.5})
    found = of.of_contacts(["O_terminal", "H", "H_polar", "C"])
    assert found.tolist() == [[1, 0.7, 0.5, 1], [0.7, 1, 1, 1], [0.5, 1, 1, 1], [1, 1, 1, 1]]


def test_carbons_of_double_bonds_meet_their_like_and_hydrogens_with_less_repulsion():
    of = made(contact={"default": 0.7, "C_pi": 0.6})
    found = of.of_contacts(["C_pi", "C_pi", "H", "C", "O"])
    assert found[:2].tolist() == [[0.6, 0.6, 0.6, 1, 1]] * 2
    assert found[2:].tolist() == [[0.6, 0.6, 1, 1, 0.7], [1] * 5, [1, 1, 0.7, 1, 1]]
    assert (made().of_contacts(["C_pi", "H"]) == 1).all()


def test_charges_of_a_molecule_with_a_polar_hydrogen_have_their_own_factor():
    constants_ = made()
    assert constants_.of_charges(["O", "H_polar", "H_polar"]) == 1.1
    assert constants_.of_charges(["C", "H", "H", "H", "H"]) == 0.9
    alone = made(charge={"default": 0.9})
    assert alone.of_charges(["O", "H_polar", "H_polar"]) == 0.9


def test_one_row_a_distinct_atom_with_the_charge_of_its_liquid():
    atoms = atoms_of(in_molecules(), potentials(), walls())
    labels = aim.label(atoms, made(c6={"default": 1.5}))
    tables.check(labels, tables.LABELS, "here")
    assert labels[["element", "molecule"]].to_numpy().tolist() == [["H", "water"], ["O", "water"]]
    grown = 1.1 * atoms["onsager"] * atoms["charge_esp"]  # water has a polar hydrogen
    assert labels["charge"].tolist() == pytest.approx([grown[1], grown[0]])
    assert labels["n_points"].tolist() == [2, 1]
    assert labels["C"][1] == pytest.approx(1.5 * atoms["c6"][0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alpha": 13.5}, "alpha"),
        ({"wall": {"H": 1.0}}, "no entry 'default'"),
        ({"charge": {"default": -1.0}}, "charge"),
        ({"mixing_rule": "geometric"}, "mixing_rule: w99, but .*file.json was calibrated with geo"),
    ],
)
def test_constants_that_make_no_sense_are_refused(tmp_path, changes, message):
    content = made().model_dump() | changes
    (tmp_path / "file.json").write_text(json.dumps(content))
    with pytest.raises(PairForestError, match=message):
        constants.load(tmp_path / "file.json", "w99")


def test_a_missing_file_says_how_to_get_it_back(tmp_path):
    with pytest.raises(PairForestError, match="git restore"):
        constants.load(tmp_path / "none.json", "w99")
