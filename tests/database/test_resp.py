import numpy as np
import pytest
from scipy.optimize import minimize

from pairforest.database import resp
from pairforest.qe.electrostatics import surface

CENTRE = np.array([8.0, 7.5, 7.75])
POSITIONS = CENTRE + np.array([[0.013, 0.007, 0.21], [1.44, 0.02, -0.87], [-1.44, 0.02, -0.87]])
CLASSES = np.array([0, 1, 1])
FOLDED = np.array([-0.8, 0.4, 0.4])


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return surface(("O", "H", "H"), POSITIONS)


def of_points(charges: np.ndarray, points: np.ndarray) -> np.ndarray:
    distances = np.linalg.norm(points[:, None] - POSITIONS, axis=-1)
    return (charges / distances).sum(axis=1)


def test_charges_are_found_again_from_their_potential(points):
    made = of_points(FOLDED, points)
    assert resp.fit(made, points, POSITIONS, CLASSES) == pytest.approx(FOLDED, abs=1e-9)


def test_atoms_alike_get_the_same_and_the_molecule_is_neutral(points):
    uneven = of_points(np.array([-0.8, 0.3, 0.5]), points)
    fitted = resp.fit(uneven, points, POSITIONS, CLASSES, np.array([-0.3, 0.3, 0.1]))
    assert fitted[1] == fitted[2]
    assert fitted.sum() == pytest.approx(0, abs=1e-12)
    apart = resp.fit(uneven, points, POSITIONS, np.arange(3))
    assert apart[2] - apart[1] == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("classes", [CLASSES, np.arange(3)])
def test_the_fit_is_the_minimum_of_what_it_says(points, classes):
    """Among neutral charges, those of atoms alike the same; drawn towards none of that kind."""
    made, towards = of_points(np.array([-0.8, 0.3, 0.5]), points), np.array([-0.3, 0.9, 0.1])

    def neutral(free: np.ndarray) -> np.ndarray:
        hydrogens = free[classes[1:] - 1]
        return np.array([-hydrogens.sum(), *hydrogens])

    def cost(free: np.ndarray) -> float:
        charges = neutral(free)
        left = made - of_points(charges, points)
        return 1e4 * (
            np.average(left**2, weights=made**2) + 1e-3 * ((charges - towards) ** 2).sum()
        )

    fitted = resp.fit(made, points, POSITIONS, classes, towards, strength=1e-3)
    best = minimize(cost, np.zeros(classes.max()), options={"gtol": 1e-9}).x
    assert fitted == pytest.approx(neutral(best), abs=1e-6)
    alone = resp.fit(made, points, POSITIONS, classes)
    assert np.abs(fitted - alone).max() > 0.05


def test_points_count_as_the_potential_is_strong(points):
    """Of a potential that no three charges make, the fit misses the strong part less."""
    lone_pair = POSITIONS[0] + np.array([0.0, 0.9, 0.4])
    made = of_points(np.array([-0.3, 0.4, 0.4]), points)
    made -= 0.5 / np.linalg.norm(points - lone_pair, axis=1)
    strong = np.abs(made) > np.quantile(np.abs(made), 0.8)

    def error(power: float, where: np.ndarray) -> float:
        fitted = resp.fit(made, points, POSITIONS, CLASSES, power=power)
        return float(np.sqrt(np.mean((made - of_points(fitted, points))[where] ** 2)))

    assert error(2, strong) < 0.95 * error(0, strong)
    assert error(2, ~strong) > error(0, ~strong)


def test_of_what_the_potential_says_nothing_is_what_charges_are_drawn_towards():
    far = np.array([[5000.0, 0.0, 0.0], [0.0, 6000.0, 0.0]])
    for towards, meant in (
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ([-0.5, 0.4, 0.4], [-0.6, 0.3, 0.3]),
    ):
        fitted = resp.fit(of_points(FOLDED, far), far, POSITIONS, CLASSES, np.array(towards))
        assert fitted == pytest.approx(meant, abs=1e-3)


def test_charges_of_four_site_water_are_found_again(points):
    """One negative charge off the oxygen, as in TIP4P; three on the atoms cannot make that."""
    bisector = POSITIONS[1:].mean(axis=0) - POSITIONS[0]
    places = POSITIONS.copy()
    places[0] += 0.4 * bisector / np.linalg.norm(bisector)
    made = (np.array([-1.1, 0.55, 0.55]) / np.linalg.norm(points[:, None] - places, axis=-1)).sum(
        axis=1
    )
    found = resp.fit_with_offset(made, points, POSITIONS, CLASSES, centre=0)
    assert found.offset == pytest.approx(0.4, abs=0.01)
    assert found.charges == pytest.approx([-1.1, 0.55, 0.55], abs=0.02)
    assert found.positions == pytest.approx(places, abs=0.01)
    on_atoms = resp.fit(made, points, POSITIONS, CLASSES)
    assert np.abs(on_atoms - found.charges).max() > 0.2


def test_a_charge_that_belongs_on_its_atom_stays_there(points):
    found = resp.fit_with_offset(of_points(FOLDED, points), points, POSITIONS, CLASSES, centre=0)
    on_atoms = resp.fit(of_points(FOLDED, points), points, POSITIONS, CLASSES)
    assert found.offset == 0.0
    assert np.array_equal(found.charges, on_atoms)
