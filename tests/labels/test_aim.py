"""Labels from atoms in molecules: the formulas, one row a distinct atom, and bad constants."""

import json

import numpy as np
import pytest
from rdkit import Chem

from pairforest import tables
from pairforest.database import builtin
from pairforest.errors import PairForestError
from pairforest.labels import aim, constants
from pairforest.potential import energy
from tests.rows import in_molecules

FREE = {"O": 22.0, "H": 8.0}


def made(**changes: object) -> constants.AimConstants:
    content = {
        "mixing_rule": "w99",
        "alpha": 13.5,
        "radius_exponent": 1 / 3,
        "charge": 0.9,
        "radius": {"default": 1.0},
        "c6": {"default": 1.0},
        "provenance": {},
    }
    return constants.AimConstants.model_validate(content | changes)


def test_a_free_atom_has_the_free_atoms_radius_and_c6():
    like = aim.buckingham(["O"], [22.0], FREE, made())
    assert pytest.approx(15.6 * 0.59753, rel=1e-4) == like.C
    r = np.linspace(2.0, 6.0, 40001)
    lowest = r[np.argmin(energy(r, like))]
    assert lowest / 2 == pytest.approx(3.19 * 0.529177, rel=0.02)  # Tkatchenko and Scheffler 2009


@pytest.mark.parametrize(("power", "of_a"), [(1 / 3, 0.0), (1 / 7, 8 / 7)])
def test_constants_go_as_powers_of_the_volume(power, of_a):
    like = aim.buckingham(["O", "O"], [20.0, 30.0], FREE, made(radius_exponent=power))
    assert like.A[1] / like.A[0] == pytest.approx(1.5**of_a)
    assert like.B[1] / like.B[0] == pytest.approx(1.5**power)
    assert like.C[1] / like.C[0] == pytest.approx(1.5**2)


def test_factors_are_by_element_and_the_rest_takes_the_default():
    plain = aim.buckingham(["O", "H"], [20.0, 2.0], FREE, made())
    scaled = aim.buckingham(
        ["O", "H"], [20.0, 2.0], FREE,
        made(radius={"default": 1.0, "H": 1.1}, c6={"default": 2.0, "H": 1.0}),
    )  # fmt: skip
    assert pytest.approx([1.0, 1.1]) == scaled.B / plain.B
    assert pytest.approx([2.0, 1.0]) == scaled.C / plain.C


def test_a_polar_hydrogen_has_its_own_factor_or_that_of_hydrogen():
    methanol = Chem.AddHs(Chem.MolFromSmiles("CO"))
    assert aim.kinds(methanol) == ["C", "O", "H", "H", "H", "H_polar"]
    plain = aim.buckingham(["H_polar", "H"], [2.0, 2.0], FREE, made())
    like_hydrogen = {"default": 1.0, "H": 1.1}
    for factors, ratio in (
        (like_hydrogen, [1.1, 1.1]),
        (like_hydrogen | {"H_polar": 0.7}, [0.7, 1.1]),
    ):
        scaled = aim.buckingham(["H_polar", "H"], [2.0, 2.0], FREE, made(radius=factors))
        assert pytest.approx(ratio) == scaled.B / plain.B
    labels = aim.label(builtin.atoms(in_molecules()), made(radius={"default": 1.0, "H_polar": 0.7}))
    assert labels["B"][0] == pytest.approx(0.7 * aim.buckingham(["H"], [1.45], FREE, made()).B[0])


def test_one_row_a_distinct_atom_with_the_charge_of_the_partition():
    labels = aim.label(builtin.atoms(in_molecules()), made())
    tables.check(labels, tables.LABELS, "here")
    assert labels[["element", "molecule"]].values.tolist() == [["H", "water"], ["O", "water"]]
    assert labels["charge"].tolist() == pytest.approx([0.45, -0.9])
    assert labels["n_points"].tolist() == [2, 1]
    hydrogen = aim.buckingham(["H"], [1.45], FREE, made())
    assert labels["C"][0] == pytest.approx(hydrogen.C[0])


def test_an_element_without_a_free_atom_is_named():
    with pytest.raises(PairForestError, match="no free atom of N in the atoms table"):
        aim.buckingham(["O", "N"], [20.0, 20.0], FREE, made())
    with pytest.raises(PairForestError, match="Og: no polarisability"):
        aim.reference("Og")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alpha": 6.0}, "alpha"),
        ({"radius": {"H": 1.0}}, "no entry 'default'"),
        ({"charge": -1.0}, "charge"),
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
