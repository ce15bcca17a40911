import numpy as np
import pandas as pd
import pytest

from pairforest import tables
from pairforest.elements import element_table
from pairforest.errors import PairForestError
from pairforest.qe import dimers


def test_distances_are_dense_on_the_wall_and_round_the_well_and_end_at_six_angstrom(settings):
    numbers = element_table()["atomic_number"]
    for element in numbers.index[numbers <= 86]:
        found = dimers.distances(element, settings.dimers)
        unit = 0.02 * element_table().loc[element, "radius"]
        assert len(found) == 14
        assert (np.diff(found) > 0).all()
        assert found[0] == pytest.approx((0.2 if element == "H" else 0.35) * unit, abs=1e-3)
        assert found[-1] == 6.0
        assert np.diff(found)[:9].max() < 0.27 * unit


@pytest.mark.parametrize(
    ("element", "bond"),
    [("H", 0.74), ("Li", 2.67), ("B", 1.59), ("C", 1.24), ("N", 1.10), ("O", 1.21), ("F", 1.41)],
)
def test_the_experimental_bond_lies_within_the_well(settings, element, bond):
    low, high = np.array(settings.dimers.well) * 0.02 * element_table().loc[element, "radius"]
    assert low < bond < high


def test_a_pair_is_farther_from_its_images_than_its_atoms_from_each_other():
    pair = dimers.pair("H", 6.0, 10.0, 0.0)
    apart = pair.positions[1] - pair.positions[0]
    assert np.linalg.norm(apart) == pytest.approx(6.0)
    shifts = np.stack(np.meshgrid(*[[-10, 0, 10]] * 3), axis=-1).reshape(-1, 3)
    images = np.linalg.norm(apart + shifts[(shifts != 0).any(axis=1)], axis=1)
    assert images.min() > 7.0


def test_a_charge_that_leaves_no_electrons_is_refused(settings, pw_x):
    settings.dimers.charges = [2.0]
    with pytest.raises(PairForestError, match=r"\+2 leaves no electrons of H2, which has 2"):
        dimers.plan(settings, ["H"])


def test_rows_at_hand_are_not_computed_again_and_other_settings_are_not_mixed(settings, pw_x):
    tasks = dimers.plan(settings, ["H"])
    assert len(tasks) == len(settings.dimers.charges) * 14
    rows = pd.DataFrame(
        {
            "element": ["H", "H", "H", "Li"],
            "charge": [0.0, 0.0, 7.0, 0.0],
            "key": [tasks[0].scf.key, "old", "other curve", "other element"],
            "status": ["converged", "converged", "converged", "converged"],
        }
    )
    assert dimers.stale(tasks, rows).tolist() == [False, True, False, False]
    assert len(dimers.missing(tasks, rows)) == len(tasks) - 1
    rows.loc[0, "status"] = "suspect: not converged in 60 iterations"
    assert len(dimers.missing(tasks, rows)) == len(tasks)


def test_no_rows_is_a_valid_table():
    assert tables.check(tables.empty(tables.QE_DIMERS), tables.QE_DIMERS, "here").empty
