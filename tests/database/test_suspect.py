import numpy as np
import pandas as pd
import pytest

from pairforest.database import suspect


@pytest.fixture
def points():
    distance = np.array([0.5, 1.0, 2.1, 3.0, 4.0, 5.0])
    less = np.array([900.0, 50.0, 2.0, 1.0, 0.5, 0.0]) - 30
    coulomb = 8.99 / distance
    return pd.DataFrame(
        {
            "distance": distance,
            "energy": less + coulomb,
            "coulomb": coulomb,
            "less_coulomb": less,
            "published_relative_energy": less - less[-1],
        }
    )


def test_a_clean_curve_is_converged(points):
    assert suspect.status(points, 1.0, []) == ["converged"] * 6


def test_a_coulomb_column_of_half_the_charge_flags_the_whole_curve(points):
    status = suspect.status(points, 2.0, [])
    assert status == ["suspect: coulomb_of_another_charge"] * 6


def test_a_reference_that_is_not_the_largest_distance_flags_the_whole_curve(points):
    points["published_relative_energy"] += 0.6
    status = suspect.status(points, 1.0, [])
    assert status == ["suspect: reference_not_at_largest_distance"] * 6


def test_a_jump_beyond_two_angstrom_flags_both_sides(points):
    points.loc[4, "energy"] += 400
    assert suspect.jump(points).tolist() == [False, False, False, True, True, True]


def test_the_wall_is_no_jump(points):
    points.loc[0, "energy"] += 5000
    assert not suspect.jump(points).any()


def test_an_energy_of_another_distance_is_flagged_but_a_plateau_is_not(points):
    points.loc[5, "energy"] = points.loc[4, "energy"]
    assert not suspect.repeats_other_distance(points).any()
    points.loc[5, "energy"] = points.loc[1, "energy"]
    assert suspect.repeats_other_distance(points).tolist() == [False, True, *[False] * 3, True]


def test_points_of_another_charge_are_flagged(points):
    other = points.copy()
    other.loc[2:, "energy"] += 1
    flags = suspect.repeats_other_charge(points, [other])
    assert flags.tolist() == [True, True, False, False, False, False]
