from math import factorial

import numpy as np
import pytest

from pairforest.potential import (
    COULOMB,
    KCAL_PER_MOL,
    WALL,
    Buckingham,
    barrier,
    energy,
    from_wall,
    mix,
    smith,
    walls_of,
)

LIKE = Buckingham(np.array([2380.3, 103.3]), np.array([0.157, 0.156]), np.array([-3.2e-4, -1.2e-5]))


def test_constants_are_those_of_the_field():
    assert pytest.approx(14.399645, abs=1e-6) == COULOMB
    assert pytest.approx(23.060548, abs=1e-6) == KCAL_PER_MOL


def test_a_potential_from_its_wall_is_that_of_damped_dispersion_there():
    wall, reach, dispersion = np.array([1.6, 2.0, 2.9]), 0.27, np.array([0.005, 1.4, 17.0])
    p = from_wall(wall, reach, dispersion)
    x = wall / reach
    damping = 1 - np.exp(-x) * sum(x**k / factorial(k) for k in range(7))
    meant = WALL - damping * dispersion / wall**6
    assert energy(wall, p) == pytest.approx(meant)
    assert pytest.approx([reach] * 3) == p.B
    assert dispersion == pytest.approx(p.C)
    bare = from_wall(wall, reach, 0.0)
    assert bare.A * np.exp(-wall / reach) * KCAL_PER_MOL == pytest.approx([1, 1, 1])


def test_smiths_rule_adds_ranges_and_distances_of_equal_force():
    first, second = Buckingham(500.0, 0.25, 0.0), Buckingham(3000.0, 0.31, 0.0)
    pair = smith(first, second)
    assert pytest.approx(0.28) == pair.B

    def where(p: Buckingham) -> float:
        """Give where the force is 0.2 eV/Å."""
        return float(p.B * np.log(p.A / p.B / 0.2))

    assert where(pair) == pytest.approx((where(first) + where(second)) / 2)
    both = mix(Buckingham(*np.transpose([first, second])), "smith")
    assert both.A[0, 1] == pytest.approx(float(pair.A))


def test_a_mixed_pair_has_what_damping_takes_off_at_its_own_wall():
    walls, ranges, dispersion = np.array([1.1, 2.9]), np.array([0.18, 0.27]), np.array([0.1, 28.0])
    like = from_wall(walls, ranges, dispersion)
    assert walls_of(like) == pytest.approx(walls)
    bare = [from_wall(*of, 0.0) for of in zip(walls, ranges, strict=True)]
    pair, wall = smith(*bare), walls_of(smith(*bare))
    both = mix(like, "smith")
    assert both.C[0, 1] == pytest.approx(2.8**0.5)
    assert pytest.approx(both.A[0, 1]) == from_wall(wall, pair.B, 2.8**0.5).A


@pytest.mark.parametrize(("A", "C"), [(0.01, 0.0), (60.0, 25.0)])
def test_what_has_no_wall_is_mixed_by_its_repulsion_as_it_stands(A, C):
    like = Buckingham(np.array([2000.0, A]), np.array([0.27, 0.30]), np.array([1.0, C]))
    assert np.isnan(walls_of(like)).tolist() == [False, True]
    both = mix(like, "smith")
    assert np.diag(both.A) == pytest.approx(like.A)
    bare = from_wall(walls_of(like)[0], 0.27, 0.0)
    assert both.A[0, 1] == pytest.approx(float(smith(bare, Buckingham(A, 0.30, C)).A))


def test_the_papers_mixing_rule_is_its_equations_2_to_4():
    mixed = mix(LIKE, "lal2023")
    assert mixed.A[0, 1] == pytest.approx((2380.3 * 103.3) ** 0.5)
    assert mixed.B[0, 1] == pytest.approx((0.157 * 0.156) ** 0.5)
    assert mixed.C[0, 1] == pytest.approx(-(((-3.2e-4) ** 6 * (-1.2e-5) ** 6) ** (1 / 12)))
    attractive = LIKE._replace(C=-LIKE.C)
    assert (mix(attractive, "lal2023").C < 0).all()


@pytest.mark.parametrize("rule", ["lal2023", "geometric", "w99", "smith"])
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
    p = Buckingham(0.004 * np.exp(12.0), 3.5 / 12, 0.008 * 3.5**6)  # exp-6 of alpha 12
    neutral = barrier(p, 0.0)
    r = np.linspace(0.2 * 3.5, 0.5 * 3.5, 5000)
    assert r[energy(r, p).argmax()] / 3.5 == pytest.approx(0.30, abs=0.01)
    assert neutral == pytest.approx(energy(r, p).max() - energy(3.0, p), rel=1e-3)
    assert barrier(p, -0.3) < neutral - 0.3 * (COULOMB / 1.2 - COULOMB / 3.0)


def test_a_pull_that_is_everywhere_is_no_low_wall():
    """A charge far behind shifts the curve, and not what has to be climbed."""
    near, none = Buckingham(400.0, 0.265, 7.5), Buckingham(0.0, 0.265, 0.0)
    both = Buckingham(*np.transpose([near, none]))
    pulled = barrier(both, [0.0, -10.0], [0.0, 100.0])
    assert -10.0 * COULOMB / 100 < -1.4
    assert pulled == pytest.approx(barrier(near, 0.0), rel=0.03)


def test_what_is_behind_an_atom_adds_to_its_barrier():
    near, far = Buckingham(30.0, 0.27, 1.5), Buckingham(600.0, 0.3, 5.0)
    in_line = Buckingham(*np.transpose([near, far, far]))
    together = barrier(in_line, [0.01, -0.02, -0.02], [0.0, 1.1, 1.1])
    r = np.geomspace(0.02, 3.0, 2000)
    alone = [
        energy(r, near) + 0.01 * COULOMB / r,
        energy(r + 1.1, far) - 0.02 * COULOMB / (r + 1.1),
    ]
    total = alone[0] + 2 * alone[1]
    assert together == pytest.approx(total.max() - total[total.argmax() :].min())
    assert together > barrier(near, 0.01)
