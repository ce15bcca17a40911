import numpy as np
import pytest

from pairforest.qe import electrostatics
from pairforest.qe.cube import Cube

CELL = np.array([16.0, 15.0, 15.5])
SYMBOLS = ("O", "H", "H")
POSITIONS = CELL / 2 + np.array([[0.013, 0.007, 0.21], [1.44, 0.02, -0.87], [-1.44, 0.02, -0.87]])
N_VALENCE = np.array([6.0, 1.0, 1.0])
FOLDED = np.array([-0.8, 0.4, 0.4])


def gaussians(population: np.ndarray, spacing: float = 0.25) -> Cube:
    """Electrons in Gaussians on the nuclei, whose potential outside is that of points."""
    shape = np.round(CELL / spacing).astype(int)
    axes = [np.arange(n) * edge / n for n, edge in zip(shape, CELL, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    density = np.zeros(shape)
    for place, n in zip(POSITIONS, population, strict=True):
        square = ((points - place) ** 2).sum(axis=-1)
        density += n * (2 / np.pi) ** 1.5 * np.exp(-2 * square)
    return Cube(density, CELL, POSITIONS, np.ones(3, dtype=int))


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return electrostatics.surface(SYMBOLS, POSITIONS)


def test_points_lie_on_shells_and_inside_none(points):
    radii = np.array([1.55, 1.2, 1.2]) / 0.529177
    nearest = (np.linalg.norm(points[:, None] - POSITIONS, axis=-1) / radii).min(axis=1)
    assert np.unique(nearest.round(4)) == pytest.approx(electrostatics.SHELLS)


def test_the_potential_of_gaussians_is_that_of_points(points):
    made = electrostatics.potential(gaussians(N_VALENCE - FOLDED), N_VALENCE, points)
    distances = np.linalg.norm(points[:, None] - POSITIONS, axis=-1)
    assert made == pytest.approx((FOLDED / distances).sum(axis=1), abs=1e-5)
