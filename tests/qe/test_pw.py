import numpy as np
import pytest
from ase.units import Bohr, Rydberg

from pairforest.qe.pseudo import Pseudo
from pairforest.qe.pw import System, parse, render, render_attempt

H = Pseudo("H", "gth", "GTH-PBE-q1", "H.gth", "", 1.0, 60.0, 240.0)

CHARGED = """
     iteration #  1     ecut=   120.00 Ry     beta= 0.50
     total energy              =      -1.22823149 Ry
     iteration #  2     ecut=   120.00 Ry     beta= 0.50
!    total energy              =      -1.22919410 Ry
     Makov-Payne correction     0.18767931 Ry =  2.554 eV (1st order, 1/a0)
!    Total+Makov-Payne energy  =      -1.04043765 Ry
     convergence has been achieved in   2 iterations

     Forces acting on atoms (cartesian axes, Ry/au):

     atom    1 type  1   force =    -0.19077    -0.19077    -0.19077
     atom    2 type  1   force =     0.19077     0.19077     0.19077

     The non-local contrib.  to forces
     atom    1 type  1   force =     9.00000     0.00000     0.00000
   JOB DONE.
"""


def _input(system: System, settings) -> str:
    return render(system, [H], (60.0, 240.0), settings.scf, settings.scf.attempts[0])


def test_energies_forces_and_the_correction_are_read_in_ev_and_angstrom():
    printed = parse(CHARGED)
    assert printed.converged
    assert printed.iterations == 2
    assert printed.energy == pytest.approx(-1.04043765 * Rydberg)
    assert printed.correction == pytest.approx((1.22919410 - 1.04043765) * Rydberg)
    expected = np.array([[-0.19077] * 3, [0.19077] * 3]) * Rydberg / Bohr
    np.testing.assert_allclose(printed.forces, expected)


def test_an_output_cut_short_is_not_converged_and_keeps_its_last_energy():
    printed = parse(CHARGED.split("!")[0])
    assert not printed.converged
    assert printed.energy == pytest.approx(-1.22823149 * Rydberg)
    assert printed.forces is None


def test_an_error_of_pw_x_is_given_in_its_words():
    text = " %%%%\n     Error in routine electrons (1):\n     charge is wrong\n %%%%\n"
    assert parse(text).error == "electrons: charge is wrong"


def test_only_a_charged_system_in_a_cube_is_corrected(settings):
    pair = System(("H", "H"), np.array([[3.0, 4, 4], [5, 4, 4]]), np.full(3, 8.0))
    assert "makov-payne" in _input(pair._replace(charge=0.5), settings)
    assert "makov-payne" not in _input(pair, settings)
    slab = pair._replace(cell=np.array([8.0, 8, 9]), charge=0.5)
    assert "makov-payne" not in _input(slab, settings)
    assert "ibrav = 8" in _input(slab, settings)


def test_attempts_change_the_iteration_and_nothing_else(settings):
    pair = System(("H", "H"), np.array([[3.0, 4, 4], [5, 4, 4]]), np.full(3, 8.0), 0.5)
    scf = settings.scf
    texts = [render_attempt(pair, [H], (60.0, 240.0), scf, one)[-1] for one in scf.attempts]
    iterating = ("mixing_beta", "mixing_mode", "diagonalization", "startingpot")
    kept = [[row for row in t.splitlines() if row.split()[0] not in iterating] for t in texts]
    assert all(rows == kept[0] for rows in kept)
    assert len(set(texts)) == len(texts)


def test_an_attempt_may_begin_with_a_wider_smearing(settings):
    pair = System(("H", "H"), np.array([[3.0, 4, 4], [5, 4, 4]]), np.full(3, 8.0))
    attempt = settings.scf.attempts[0].model_copy(update={"first_smearing": 0.07})
    first, then = render_attempt(pair, [H], (60.0, 240.0), settings.scf, attempt)
    assert "degauss = 0.07" in first
    assert "startingpot" not in first
    assert f"degauss = {settings.scf.smearing}" in then
    assert "startingpot = 'file'" in then
