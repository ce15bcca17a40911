import pandas as pd
import pytest

from pairforest import tables
from pairforest.config import LIQUIDS, load_liquid
from pairforest.errors import PairForestError
from pairforest.qe import geometry, molecules
from tests.liquids import ROOT


@pytest.fixture
def listed(settings) -> pd.DataFrame:
    settings.molecules.file = ROOT / settings.molecules.file
    return molecules.read_list(settings.molecules.file)


def test_every_liquid_is_in_the_list_under_its_name(listed):
    smiles = dict(zip(listed["name"], listed["smiles"], strict=True))
    folder = ROOT / LIQUIDS
    for path in folder.glob("*.yaml"):
        assert smiles[path.stem] == load_liquid(path.stem, folder).smiles


def test_the_list_is_of_many_small_molecules_of_the_solvents_elements(listed):
    atoms = dict(zip(listed["name"], map(geometry.symbols_of, listed["smiles"]), strict=True))
    heavy = pd.Series({name: sum(a != "H" for a in symbols) for name, symbols in atoms.items()})
    assert len(heavy) >= 64
    assert heavy.max() <= 12
    assert heavy.median() <= 6
    assert set().union(*atoms.values()) == {"H", "C", "N", "O", "F", "Si", "P", "S", "Cl"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,smiles\nwater,O\n", "expected the columns"),
        ("name,smiles,class,note\nwater,O,,\nwater,CO,,\n", "name water stands there twice"),
        ("name,smiles,class,note\nwater,O,,\nice,O,,\n", "smiles O stands there twice"),
    ],
)
def test_a_wrong_list_is_named(tmp_path, text, message):
    path = tmp_path / "molecules.csv"
    path.write_text(text)
    with pytest.raises(PairForestError, match=message):
        molecules.read_list(path)


def test_an_unknown_name_is_an_error(settings, listed):
    with pytest.raises(PairForestError, match=r"watre: not in .*qe_molecules\.csv; add a row"):
        molecules.plan(settings, ["watre"])


def test_the_free_atoms_of_the_list_are_planned_too(settings, listed, pw_x):
    tasks = molecules.plan(settings)
    free = {task.name for task in tasks if task.is_free_atom}
    assert free == {f"free {e}" for e in ("H", "C", "N", "O", "F", "Si", "P", "S", "Cl")}
    assert len(tasks) == len(listed) + len(free)
    assert len({task.key for task in tasks}) == len(tasks)


def test_the_key_follows_what_changes_the_numbers_and_nothing_else(settings, listed, pw_x):
    def key() -> str:
        return molecules.plan(settings, ["water"])[0].key

    before = key()
    settings.scf.timeout_s = 60
    settings.molecules.gth["F"] = 100
    assert key() == before
    settings.molecules.vacuum += 1
    assert key() != before


def row(molecule: str, atom: int, equivalence: int, charge: float, volume: float) -> dict:
    numbers = dict.fromkeys(["x", "y", "z", "cell_x", "cell_y", "cell_z", "energy"], 1.0)
    words = dict.fromkeys(["smiles", "key", "source"], "-")
    return {
        **numbers,
        **words,
        "molecule": molecule,
        "atom_index": atom,
        "element": "H",
        "equivalence": equivalence,
        "charge": charge,
        "volume": volume,
        "population": 1 - charge,
        "sigma": 0.35,
        "iterations": 9,
        "wall_s": 1.0,
        "status": "converged",
        "family": "paw",
        "ecutwfc": 40.0,
        "ecutrho": 320.0,
    }


def test_the_spread_is_the_largest_difference_within_a_class():
    table = pd.DataFrame(
        [
            row("a", 0, 0, 0.10, 2.0),
            row("a", 1, 0, 0.13, 2.1),
            row("a", 2, 1, 0.40, 1.0),
            row("b", 0, 0, 0.20, 2.0),
        ]
    )
    tables.check(table, tables.QE_ATOMS, "here")
    found = molecules.spread(table)
    assert found.loc["a", "charge"] == pytest.approx(0.03)
    assert found.loc["a", "volume"] == pytest.approx(5.0)
    assert found.loc["b"].max() == 0


def test_an_empty_table_keeps_the_schema():
    assert tables.check(tables.empty(tables.QE_ATOMS), tables.QE_ATOMS, "here").empty
