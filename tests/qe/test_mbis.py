from itertools import product

import numpy as np
import pytest

from pairforest.errors import PairForestError
from pairforest.qe import mbis
from pairforest.qe.cube import Cube

CELL = np.array([15.0, 13.8, 14.4])
POSITIONS = np.array([[7.03, 7.11, 7.27], [8.71, 7.02, 7.9], [5.9, 6.1, 7.4]])
POPULATION = np.array([6.8, 0.5, 0.7])
SIGMA = np.array([0.45, 0.35, 0.38])
NEUTRAL = np.array([6.0, 1.0, 1.0])


def shells(
    positions: np.ndarray = POSITIONS,
    population: np.ndarray = POPULATION,
    sigma: np.ndarray = SIGMA,
    cell: np.ndarray = CELL,
    spacing: float = 0.3,
) -> Cube:
    """Superposed Slater shells and their images in the neighbouring cells."""
    axes = [np.arange(round(edge / spacing)) * spacing for edge in cell]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    density = np.zeros(points.shape[:3])
    for place, n, s in zip(positions, population, sigma, strict=True):
        for image in product((-1, 0, 1), repeat=3):
            r = np.linalg.norm(points - place - cell * image, axis=-1)
            density += n / (8 * np.pi * s**3) * np.exp(-r / s)
    return Cube(density, cell, positions, np.ones(len(positions), dtype=int))


@pytest.fixture(scope="module")
def partitioned() -> mbis.Atoms:
    return mbis.partition(shells(), NEUTRAL)


def test_superposed_slater_shells_are_given_back(partitioned):
    assert partitioned.population == pytest.approx(POPULATION, abs=3e-3)
    assert partitioned.sigma == pytest.approx(SIGMA, rel=3e-3)


def test_the_volume_of_a_slater_shell_is_60_n_sigma_cubed(partitioned):
    assert partitioned.volume == pytest.approx(60 * POPULATION * SIGMA**3, rel=0.01)


def test_the_populations_sum_to_the_electrons(partitioned):
    assert partitioned.population.sum() == pytest.approx(shells().n_electrons, abs=1e-6)


def test_a_molecule_across_the_cell_wall_gives_the_same(partitioned):
    shift = np.array([33, 31, 35]) * 0.3
    across = mbis.partition(shells((POSITIONS + shift) % CELL), NEUTRAL)
    assert across.population == pytest.approx(partitioned.population, abs=1e-6)
    assert across.volume == pytest.approx(partitioned.volume, rel=1e-6)


def test_moving_off_the_grid_points_changes_little(partitioned):
    moved = mbis.partition(shells(POSITIONS + np.array([0.11, 0.07, 0.13])), NEUTRAL)
    assert moved.population == pytest.approx(partitioned.population, abs=3e-3)
    assert moved.volume == pytest.approx(partitioned.volume, rel=1e-2)


def test_mirror_images_get_the_same():
    positions = np.array([[7.5, 7.0, 7.0], [6.0, 8.0, 7.0], [9.0, 8.0, 7.0]])
    population, sigma = np.array([7.0, 0.5, 0.5]), np.array([0.43, 0.34, 0.34])
    cube = shells(positions, population, sigma, np.array([15.0, 15.0, 15.0]))
    atoms = mbis.partition(cube, NEUTRAL)
    assert atoms.population[1] == pytest.approx(atoms.population[2], abs=1e-6)
    assert atoms.volume[1] == pytest.approx(atoms.volume[2], rel=1e-6)


def test_the_start_does_not_matter(partitioned):
    other = mbis.partition(shells(), np.array([3.0, 2.0, 3.0]))
    assert other.population == pytest.approx(partitioned.population, abs=1e-5)
    assert other.sigma == pytest.approx(partitioned.sigma, rel=1e-5)


def test_the_fixed_point_is_that_of_the_plain_iteration():
    """The equations of Verstraelen et al. 2016, written out without any acceleration."""
    cube = shells(spacing=0.6)
    fast = mbis.partition(cube, NEUTRAL, radius=np.inf)
    axes = [np.arange(n) * 0.6 for n in cube.density.shape]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    away = points[None] - POSITIONS[:, None]
    r = np.linalg.norm(away - CELL * np.round(away / CELL), axis=-1)
    rho, volume = cube.density.ravel(), 0.6**3
    n, s = NEUTRAL, np.full(3, 0.5)
    for _ in range(400):
        shell = (n / (8 * np.pi * s**3))[:, None] * np.exp(-r / s[:, None])
        share = rho * shell / shell.sum(axis=0)
        n = share.sum(axis=1) * volume
        s = (share * r).sum(axis=1) * volume / (3 * n)
    assert fast.population == pytest.approx(n, abs=1e-5)
    assert fast.sigma == pytest.approx(s, rel=1e-5)
    assert fast.iterations < 40


def test_what_has_not_converged_is_an_error():
    with pytest.raises(PairForestError, match="has not converged"):
        mbis.partition(shells(), NEUTRAL, max_iterations=3)
