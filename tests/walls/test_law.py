"""The law of the walls on made-up energies of known walls, and on what is shipped."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from scipy.spatial.distance import cdist

from pairforest import tables
from pairforest.database import builtin
from pairforest.errors import PairForestError
from pairforest.kinds import kinds_of
from pairforest.potential import WALL, smith
from pairforest.stages import probes as stage
from pairforest.walls import law
from pairforest.walls.probe import PAIR
from tests.liquids import ROOT

NEON = law.Repulsion(np.array(2.5), np.array(0.22))
RANGE = 0.25
TRUTH = {"C": (3.1, 0.4), "C_planar": (3.2, 0.25), "H": (2.0, 0.1), "O": (2.9, 0.15)}
TRUTH["H_polar"] = (1.5, 0.1)
TRUTH["O_terminal"] = TRUTH["O"]
MEAN = {"C": 40.0, "C_planar": 30.0, "H": 2.5, "H_polar": 1.2, "O": 26.0, "O_terminal": 26.0}


def atoms() -> pd.DataFrame:
    """The shipped atoms."""
    return pd.read_parquet(ROOT / builtin.ATOMS)


def felt(names: list[str], noise: float) -> pd.DataFrame:
    """Energies of exponential walls at random points about molecules, and those of neon."""
    rng, found = np.random.default_rng(1), []
    for name in names:
        of = atoms().query("molecule == @name").sort_values("atom_index")
        place = of[["x", "y", "z"]].to_numpy()
        kinds = law.as_felt(kinds_of(of["smiles"].iloc[0]))
        wall, power = np.array([TRUTH[kind] for kind in kinds]).T
        size = (of["volume"].to_numpy() / [MEAN[kind] for kind in kinds]) ** power
        pair = smith(law.Repulsion(size * wall, size * RANGE).like_pairs(), NEON.like_pairs())
        at = place.mean(axis=0) + rng.normal(0, 3, (4000, 3))
        felt_of_each = pair.A * np.exp(-cdist(at, place) / pair.B)
        energy = felt_of_each.sum(axis=1) * np.exp(rng.normal(0, noise, 4000))
        table = pd.DataFrame(at, columns=["x", "y", "z"]).assign(molecule=name, energy=energy)
        table["atoms_key"] = of["key"].iloc[0]
        found.append(table[table["energy"].between(0.1 * WALL, 9 * WALL)][:120])
    distance = np.linspace(2.3, 2.9, 7)
    alike = WALL * np.exp((NEON.wall - distance) / NEON.range)
    found.append(pd.DataFrame({"molecule": PAIR, "x": distance, "y": 0, "z": 0, "energy": alike}))
    return pd.concat(found, ignore_index=True)


def fitted(probes: pd.DataFrame) -> pd.DataFrame:
    return law.fit(law.gather(probes, atoms()), law.of_neon(probes)).walls


def test_the_fit_finds_walls_and_powers_within_its_errors():
    names = ["methanol", "formaldehyde", "methane", "dimethyl_ether", "formic_acid", "ethylene"]
    found = fitted(felt(names, 0.1)).set_index("kind")
    for kind, (wall, power) in TRUTH.items():
        of = found.loc[kind]
        meant = wall * (of["volume"] / MEAN[kind]) ** power
        assert of["distance"] == pytest.approx(meant, abs=3 * of["distance_stderr"] + 0.01)
        assert of["exponent"] == pytest.approx(power, abs=3 * of["exponent_stderr"] + 0.02)
    assert found.loc["O", "distance_stderr"] < 0.03
    assert found.loc["O", "range"] == pytest.approx(RANGE, abs=0.03)
    again = law.repulsion(["O"], [20.0], found.reset_index())
    size = (20.0 / found.loc["O", "volume"]) ** found.loc["O", "exponent"]
    assert again.wall == pytest.approx(size * found.loc["O", "distance"])
    assert again.range == pytest.approx(size * found.loc["O", "range"])


def test_walls_do_not_hang_on_the_last_digits_of_an_energy():
    """By those machines differ, and what hangs on walls is told apart to six digits."""
    probes = felt(["methanol", "formaldehyde", "ethylene"], 0.1)
    noise = np.random.default_rng(2).normal(1, 1e-12, len(probes))
    columns = ["distance", "exponent", "range"]
    found, again = (
        fitted(one)[columns] for one in (probes, probes.assign(energy=probes["energy"] * noise))
    )
    pd.testing.assert_frame_equal(found, again, check_exact=True)


def test_a_power_that_is_given_is_kept_and_energies_are_those_of_the_walls():
    probes = felt(["methanol", "formaldehyde"], 0.0)
    of = law.gather(probes, atoms())
    held = law.fit(of, law.of_neon(probes), exponent=1 / 3)
    assert held.walls["exponent"].tolist() == pytest.approx([1 / 3] * 6, abs=1e-4)
    free = law.fit(of, law.of_neon(probes))
    errors = []
    for found, one in product((free, held), of):
        energies = found.energies(one.kinds, one.volumes, one.distances).sum(axis=1)
        errors.append(np.abs(np.log(energies / one.energies)).max())
    assert max(errors[:2]) < 0.1 < max(errors[2:])


def test_single_walls_are_those_the_energies_were_made_with():
    probes = felt(["dimethyl_ether", "methanol"], 0.0)
    of = law.gather(probes, atoms())
    found = law.fit(of, law.of_neon(probes))
    off = found.walls["distance"] + 0.1 * (found.walls["kind"] == "O")
    single = law.each(of, found._replace(walls=found.walls.assign(distance=off)))
    oxygen = single.query("kind == 'O'").set_index("molecule")
    assert set(oxygen.index) == {"dimethyl_ether", "methanol"}
    wall, power = TRUTH["O"]
    meant = wall * (oxygen["volume"] / MEAN["O"]) ** power
    assert oxygen["distance"].to_numpy() == pytest.approx(meant.to_numpy(), abs=0.05)


def test_errors_know_that_a_molecules_energies_err_together():
    names = ["methanol", "formaldehyde", "methane", "dimethyl_ether", "formic_acid", "ethylene"]
    probes = felt(names, 0.0)
    shift = dict(zip(names, [0.4, -0.4, 0.4, -0.4, 0.4, -0.4], strict=True))
    moved = probes.assign(energy=probes["energy"] * np.exp(probes["molecule"].map(shift).fillna(0)))
    rng = np.random.default_rng(2)
    alone = probes.assign(energy=probes["energy"] * np.exp(0.4 * rng.choice([-1, 1], len(probes))))
    alone.loc[alone["molecule"] == PAIR, "energy"] = probes["energy"]
    of_molecules, of_energies = (
        fitted(table).set_index("kind").loc["H", "distance_stderr"] for table in (moved, alone)
    )
    assert of_molecules > 1.3 * of_energies


def test_a_kind_that_was_not_felt_is_named():
    table = pd.DataFrame({"kind": ["O"], "volume": [26.0], "distance": [2.9], "exponent": [0.1]})
    with pytest.raises(PairForestError, match=r"no wall of Br, H: no molecule with it was felt"):
        law.repulsion(["O", "Br", "H"], [26.0, 90.0, 2.5], table)


def test_energies_without_neon_or_without_atoms_are_refused():
    probes = felt(["methane"], 0.0)
    with pytest.raises(PairForestError, match="no row of free Ne"):
        law.of_neon(probes[probes["molecule"] != PAIR])
    with pytest.raises(PairForestError, match="methane was felt in another geometry"):
        law.gather(probes, atoms().query("molecule != 'methane'"))
    with pytest.raises(PairForestError, match="methane was felt in another geometry"):
        law.gather(probes, atoms().assign(key="of another geometry"))


def test_the_shipped_walls_are_of_no_test_liquid_and_of_every_element():
    probes = tables.read(ROOT / builtin.PROBES, tables.PROBES)
    names = set(probes["molecule"]) - {PAIR}
    assert len(names) > 40
    assert not names & {"water", "ethanol", "octane", "ethylene_carbonate", "benzene"}
    of = atoms().query("molecule in @names")["smiles"].unique()
    kept = {Chem.CanonSmiles(smiles) for smiles in stage.left_out(ROOT / "conf/liquid")}
    assert not kept & {Chem.CanonSmiles(smiles) for smiles in of}
    found = fitted(probes).set_index("kind")
    felt = {"C", "C_planar", "Cl", "F", "H", "H_polar", "N", "O", "O_terminal", "P", "S", "Si"}
    assert set(found.index) == felt
    assert found.loc[["H", "O"], "exponent"].between(0.1, 0.2).all()
    assert found.loc[["C", "C_planar"], "exponent"].between(0.3, 0.5).all()
