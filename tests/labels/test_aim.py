"""Labels from atoms in molecules: the formulas, one row a distinct atom, and bad constants."""

import json

import numpy as np
import pandas as pd
import pytest
from ase.units import Bohr
from mendeleev.fetch import fetch_table
from rdkit import Chem
from scipy.integrate import quad

from pairforest import tables
from pairforest.database import builtin
from pairforest.errors import PairForestError
from pairforest.labels import aim, constants
from pairforest.potential import Buckingham, energy
from tests.liquids import ROOT
from tests.rows import in_molecules


def made(**changes: object) -> constants.AimConstants:
    content = {
        "mixing_rule": "w99",
        "alpha": 13.5,
        "charge": 0.9,
        "radius": {"default": 1.0},
        "c6": {"default": 1.0},
        "provenance": {},
    }
    return constants.AimConstants.model_validate(content | changes)


def constants_of(kinds: list[str], **changes: object) -> Buckingham:
    """Of oxygens of 22 bohr³ and hydrogens of 2, C6 of 12 and 1 eV Å⁶."""
    volumes, populations, c6 = zip(
        *((22.0, 6.6, 12.0) if kind == "O" else (2.0, 0.8, 1.0) for kind in kinds), strict=True
    )
    return aim.buckingham(kinds, volumes, populations, c6, made(**changes))


def test_the_radius_is_where_the_shell_of_that_volume_is_thin():
    (radius,) = aim.isodensity_radii([28.0], [6.6]) / Bohr
    width = (28.0 / (60 * 6.6)) ** (1 / 3)

    def density(r: float) -> float:
        return 6.6 / (8 * np.pi * width**3) * np.exp(-r / width)

    assert density(radius) == pytest.approx(0.001)
    for power, wanted in ((2, 6.6), (5, 28.0)):
        moment, _ = quad(lambda r, n=power: 4 * np.pi * r**n * density(r), 0, 40)
        assert moment == pytest.approx(wanted)


def test_free_atoms_have_the_radii_of_rahm_hoffmann_and_ashcroft():
    free = builtin.atoms(pd.read_parquet(ROOT / builtin.ATOMS))
    free = free[free["molecule"].str.startswith("free ")].set_index("element")
    radii = aim.isodensity_radii(free["volume"], free["population"])
    found = dict(zip(free.index, radii, strict=True))
    assert sorted(found) == ["C", "Cl", "F", "H", "N", "O", "P", "S", "Si"]
    published = fetch_table("elements").set_index("symbol")["atomic_radius_rahm"] / 100
    assert found == pytest.approx({element: published[element] for element in found}, rel=0.05)


def test_an_atom_that_is_nowhere_as_dense_is_refused():
    with pytest.raises(PairForestError, match=r"0\.010 valence electrons and volume 3\.00 bohr³"):
        aim.isodensity_radii([22.0, 3.0], [6.0, 0.01])


def test_the_minimum_is_at_twice_the_radius_and_the_tail_has_the_c6():
    like = constants_of(["O"], radius={"default": 0.9}, c6={"default": 1.2})
    assert pytest.approx(1.2 * 12.0) == like.C
    r = np.linspace(2.0, 6.0, 40001)
    lowest = r[np.argmin(energy(r, like))]
    assert lowest == pytest.approx(2 * 0.9 * aim.isodensity_radii([22.0], [6.6])[0], abs=2e-4)


def test_factors_are_by_element_and_the_rest_takes_the_default():
    plain = constants_of(["O", "H"])
    factors = {"radius": {"default": 1.0, "H": 1.1}, "c6": {"default": 2.0, "H": 1.0}}
    scaled = constants_of(["O", "H"], **factors)
    assert pytest.approx([1.0, 1.1]) == scaled.B / plain.B
    assert pytest.approx([2.0, 1.0]) == scaled.C / plain.C


def test_a_polar_hydrogen_has_its_own_factor_or_that_of_hydrogen():
    methanol = Chem.AddHs(Chem.MolFromSmiles("CO"))
    assert aim.kinds(methanol) == ["C", "O", "H", "H", "H", "H_polar"]
    plain = constants_of(["H_polar", "H"])
    like_hydrogen = {"default": 1.0, "H": 1.1}
    for factors, ratio in (
        (like_hydrogen, [1.1, 1.1]),
        (like_hydrogen | {"H_polar": 0.7}, [0.7, 1.1]),
    ):
        scaled = constants_of(["H_polar", "H"], radius=factors)
        assert pytest.approx(ratio) == scaled.B / plain.B
    of_default, of_own = (
        aim.label(builtin.atoms(in_molecules()), made(radius=radius))["B"]
        for radius in ({"default": 1.0}, {"default": 1.0, "H_polar": 0.7})
    )
    assert (of_own / of_default).tolist() == pytest.approx([0.7, 1.0])


def test_one_row_a_distinct_atom_with_the_charge_of_the_partition():
    labels = aim.label(builtin.atoms(in_molecules()), made())
    tables.check(labels, tables.LABELS, "here")
    assert labels[["element", "molecule"]].to_numpy().tolist() == [["H", "water"], ["O", "water"]]
    assert labels["charge"].tolist() == pytest.approx([0.45, -0.9])
    assert labels["n_points"].tolist() == [2, 1]
    atoms = builtin.atoms(in_molecules())
    of_hydrogen = atoms["c6"][(atoms["molecule"] == "water") & (atoms["element"] == "H")]
    assert labels["C"][0] == pytest.approx(of_hydrogen.mean())


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
