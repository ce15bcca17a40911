"""Lattice sums against published Madelung constants, and what is left after Makov and Payne."""

import itertools

import numpy as np
import pytest

from pairforest.qe.finite_size import beyond_makov_payne, lattice_energy


def test_madelungs_constants_are_the_published_ones():
    """Simple cubic with background: 2.837297 (Leslie and Gillan 1985); rock salt: 1.747565."""
    assert lattice_energy(np.zeros((1, 3)), np.ones(1)) == pytest.approx(-2.837297 / 2, abs=1e-6)
    corners = np.array(list(itertools.product((0.0, 0.5), repeat=3)))
    signs = (-1.0) ** (2 * corners.sum(axis=1))
    assert lattice_energy(corners, signs) == pytest.approx(-8 * 1.7475646, abs=1e-5)


def test_it_does_not_matter_where_the_pair_stands():
    pair = np.array([[0.1, 0.2, 0.3], [0.4, 0.1, 0.25]])
    charges = np.array([0.5, 0.3])
    there = lattice_energy(pair + np.array([0.37, 0.9, -0.4]), charges)
    assert there == pytest.approx(lattice_energy(pair, charges), abs=1e-9)


def test_what_is_left_grows_with_the_fourth_power_of_the_distance_and_the_square_of_the_charge():
    short, long = (beyond_makov_payne(1.0, distance, 10.0) for distance in (0.5, 1.0))
    assert long / short == pytest.approx(16, rel=0.02)
    assert beyond_makov_payne(-0.5, 1.0, 10.0) == pytest.approx(long / 4, rel=1e-6)
    assert beyond_makov_payne(0.0, 4.0, 10.0) == 0


def test_in_a_large_cell_nothing_is_left():
    small, large = (beyond_makov_payne(1.0, 4.0, edge) for edge in (10.0, 40.0))
    assert abs(large) < 1e-4 < abs(small)
