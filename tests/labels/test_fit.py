import itertools

import numpy as np
import pytest
from scipy.optimize import curve_fit

from pairforest.database.lal2023 import assemble
from pairforest.labels import levenberg_marquardt
from pairforest.labels.curves import cut
from pairforest.labels.fit import fit
from pairforest.potential import Buckingham, energy
from tests.labels.conftest import BOUNDS, curve_of


@pytest.mark.parametrize(
    ("A", "B", "C"), [(2400.0, 0.157, -3e-4), (7000.0, 0.13, -5e-4), (900.0, 0.31, -0.08)]
)
def test_known_constants_are_recovered(A, B, C):
    found = fit([curve_of(A, B, C)], [BOUNDS])
    assert found.A[0] == pytest.approx(A, rel=1e-5)
    assert found.B[0] == pytest.approx(B, rel=1e-6)
    assert found.C[0] == pytest.approx(C, rel=1e-4)
    assert found.r2[0] == pytest.approx(1, abs=1e-10)


def test_a_bound_that_excludes_the_best_constant_is_kept():
    curve = curve_of(2400.0, 0.157, -3e-4)
    found = fit([curve] * 3, [
        BOUNDS._replace(A=(3000.0, 1e7)),
        BOUNDS._replace(B=(0.001, 0.1)),
        BOUNDS._replace(C=(-1e-4, 0.0)),
    ])  # fmt: skip
    assert found.A[0] == 3000.0
    assert found.B[1] == 0.1
    assert found.C[2] == -1e-4
    assert (found.r2 < 1).all()


def test_curves_of_different_lengths_do_not_disturb_each_other():
    short, long = curve_of(2400.0, 0.157, -3e-4, n=5), curve_of(7000.0, 0.13, -5e-4, n=40)
    together = fit([short, long], [BOUNDS] * 2)
    for i, curve in enumerate((short, long)):
        alone = fit([curve], [BOUNDS])
        assert np.allclose([x[i] for x in together], [x[0] for x in alone], rtol=1e-9)


def test_a_curve_with_fewer_points_than_constants_is_refused():
    with pytest.raises(ValueError, match=r"X \+0 has fewer than 3 points"):
        fit([curve_of(2400.0, 0.157, 0.0, n=2)], [BOUNDS])


def _brute_force_r2(curve) -> float:
    """Plain bounded least squares from 4 × 6 × 3 starts."""
    low, high = np.array(BOUNDS).T
    best = np.inf
    starts = itertools.product(
        np.geomspace(30, 1e6, 4), [0.02, 0.08, 0.15, 0.25, 0.4, 0.8], [-0.5, -1e-2, -1e-4]
    )
    for start in starts:
        try:
            found, _ = curve_fit(
                lambda r, A, B, C: energy(r, Buckingham(A, B, C)),
                curve.distance,
                curve.energy,
                p0=start,
                bounds=(low, high),
                x_scale=np.abs(start),
                max_nfev=400,
            )
        except RuntimeError:  # this start did not converge; the others count
            continue
        rest = curve.energy - energy(curve.distance, Buckingham(*found))
        best = min(best, (rest**2).sum())
    return 1 - best / ((curve.energy - curve.energy.mean()) ** 2).sum()


def test_no_worse_than_brute_force_on_noisy_curves():
    generator = np.random.default_rng(5)
    curves = []
    for _ in range(4):
        A, C = 10 ** generator.uniform(2, 5), -(10 ** generator.uniform(-4, -1))
        curve = curve_of(A, generator.uniform(0.1, 0.4), C)
        noise = generator.normal(scale=0.02 * np.ptp(curve.energy), size=len(curve.energy))
        curves.append(curve._replace(energy=curve.energy + noise))
    found = fit(curves, [BOUNDS] * len(curves))
    for r2, curve in zip(found.r2, curves, strict=True):
        assert r2 >= _brute_force_r2(curve) - 1e-6


def test_no_worse_than_brute_force_on_published_curves(lal2023_workbooks):
    sample = cut(assemble(lal2023_workbooks).dimers, "as_published")[::70]
    found = fit(sample, [BOUNDS] * len(sample))
    for r2, curve in zip(found.r2, sample, strict=True):
        assert r2 >= _brute_force_r2(curve) - 1e-6, (curve.element, curve.charge)


def test_levenberg_marquardt_finds_the_same_minimum_and_keeps_the_bounds():
    curves = [curve_of(2400.0, 0.157, -3e-4), curve_of(7000.0, 0.13, -5e-4)]
    bounds = [BOUNDS, BOUNDS._replace(B=(0.001, 0.1))]
    slow, fast = levenberg_marquardt.fit(curves, bounds), fit(curves, bounds)
    assert slow.r2[0] == pytest.approx(1, abs=1e-9)
    # At a bound the transformed variable goes to a turning point, where convergence is slow.
    assert fast.r2[1] - 1e-3 < slow.r2[1] <= fast.r2[1]
    assert slow.B[0] == pytest.approx(0.157, rel=1e-4)
    assert slow.B[1] <= 0.1
