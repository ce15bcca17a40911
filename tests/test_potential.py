import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from pairforest.potential import (
    COULOMB,
    KCAL_PER_MOL,
    Buckingham,
    barrier,
    energy,
    from_exp6,
    from_wall,
    mix,
)

LIKE = Buckingham(np.array([2380.3, 103.3]), np.array([0.157, 0.156]), np.array([-3.2e-4, -1.2e-5]))


def test_constants_are_those_of_the_field():
    assert pytest.approx(14.399645, abs=1e-6) == COULOMB
    assert pytest.approx(23.060548, abs=1e-6) == KCAL_PER_MOL


@pytest.mark.parametrize("alpha", [12.0, 13.8, 15.0])
def test_exp6_has_its_minimum_where_it_says(alpha):
    p = from_exp6(3.5, 0.004, alpha)
    found = minimize_scalar(lambda r: float(energy(r, p)), bounds=(2.5, 5.0), method="bounded")
    assert found.x == pytest.approx(3.5, abs=1e-4)
    assert found.fun == pytest.approx(-0.004, rel=1e-8)


def test_exp6_without_a_minimum_is_refused():
    with pytest.raises(ValueError, match="alpha > 6"):
        from_exp6(3.5, 0.004, 6.0)


def test_a_potential_from_its_wall_repels_there_by_one_kcal_and_keeps_its_dispersion():
    wall, dispersion = np.array([1.0, 2.0, 2.9]), np.array([0.1, 1.4, 17.0])
    p = from_wall(wall, dispersion, 13.5)
    assert p.A * np.exp(-wall / p.B) * KCAL_PER_MOL == pytest.approx([1, 1, 1])
    assert dispersion == pytest.approx(p.C)
    lowest = minimize_scalar(lambda r: float(energy(r, Buckingham(*np.array(p)[:, 2]))), (3, 4))
    assert lowest.x / p.B[2] == pytest.approx(13.5, rel=1e-5)


def test_of_two_potentials_with_a_wall_the_one_of_the_nearer_minimum_is_taken():
    p = from_wall(2.9, 17.0, 13.5)
    far = from_exp6(x := 13.5 * p.B, 17.0 * 7.5 / (13.5 * x**6), 13.5)
    assert pytest.approx(p.A) == far.A  # its own minimum, again
    assert 2.9 < x < 2.9 * 13.5 / 6
    by_number, by_array = from_wall([2.9], 17.0, 13.5), from_wall(2.9, [17.0], 13.5)
    assert pytest.approx(by_array.A) == by_number.A


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2.9, 17.0, 6.0), "an alpha above 6, got 2.9 Å, 17 eV Å⁶, 6"),
        ((2.9, 0.0, 13.5), "a C above 0 and .* 0 eV"),
        ((2.9, 1e-5, 13.5), "C = 1e-05 .* is too small for a wall at 2.90 Å"),
    ],
)
def test_walls_that_no_exp6_has_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        from_wall(*arguments)


def test_the_papers_mixing_rule_is_its_equations_2_to_4():
    mixed = mix(LIKE, "lal2023")
    assert mixed.A[0, 1] == pytest.approx((2380.3 * 103.3) ** 0.5)
    assert mixed.B[0, 1] == pytest.approx((0.157 * 0.156) ** 0.5)
    assert mixed.C[0, 1] == pytest.approx(-(((-3.2e-4) ** 6 * (-1.2e-5) ** 6) ** (1 / 12)))
    attractive = LIKE._replace(C=-LIKE.C)
    assert (mix(attractive, "lal2023").C < 0).all()


@pytest.mark.parametrize("rule", ["lal2023", "geometric", "w99"])
def test_a_pair_of_like_atoms_mixes_to_itself_and_the_matrix_is_symmetric(rule):
    mixed = mix(LIKE, rule)
    for whole, own in zip(mixed, LIKE, strict=True):
        assert np.allclose(np.diag(whole), own)
        assert np.allclose(whole, whole.T)


def test_geometric_keeps_the_sign_of_c_and_w99_mixes_ranges_harmonically():
    attractive = LIKE._replace(C=-LIKE.C)
    assert (mix(attractive, "geometric").C > 0).all()
    assert (mix(LIKE, "geometric").C < 0).all()
    assert mix(LIKE, "w99").B[0, 1] == pytest.approx(2 / (1 / 0.157 + 1 / 0.156))


def test_an_unknown_mixing_rule_is_refused():
    with pytest.raises(ValueError, match="'sum' is not one of"):
        mix(LIKE, "sum")


def test_a_repulsive_tail_has_no_barrier_to_cross():
    assert barrier(Buckingham(2380.3, 0.157, -3.2e-4), -1.0) == float("inf")


def test_the_exp6_barrier_stands_where_the_literature_says_and_charges_lower_it():
    p = from_exp6(3.5, 0.004, 12.0)
    neutral = barrier(p, 0.0)
    r = np.linspace(0.2 * 3.5, 0.5 * 3.5, 5000)
    assert r[energy(r, p).argmax()] / 3.5 == pytest.approx(0.30, abs=0.01)
    assert neutral == pytest.approx(energy(r, p).max(), rel=1e-3)
    assert barrier(p, -0.3) < neutral - 0.3 * COULOMB / 1.2
