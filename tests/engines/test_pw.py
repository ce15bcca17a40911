"""pw.x and pp.x, run as PairForest runs them: small cells, soft cutoffs, seconds each."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from ase.io.cube import read_cube_data
from ase.units import Bohr

from pairforest import tables
from pairforest.qe import dimers, scf
from pairforest.qe.dimers import pair
from pairforest.qe.pw import System
from tests.liquids import ROOT

pytestmark = pytest.mark.usefixtures("pw_x")


@pytest.fixture
def soft(settings):
    """Settings that cost a second: not accurate, but the same code."""
    settings.paw.elements["H"].ecutwfc = 25
    settings.paw.elements["H"].ecutrho = 100
    settings.gth.ecutwfc = {"default": 30}
    settings.scf.conv_thr = 1e-8
    return settings


def test_the_force_is_the_slope_of_the_energy(soft):
    step = 0.02
    low, middle, high = (
        scf.run(scf.prepare(pair("H", 0.9 + shift, 6.0, 0.0), soft)) for shift in (-step, 0, step)
    )
    assert {low.status, middle.status, high.status} == {"converged"}
    force = middle.forces[1] @ np.full(3, 1 / np.sqrt(3))
    assert force == pytest.approx(-(high.energy - low.energy) / (2 * step), abs=0.1)
    assert middle.forces[0] == pytest.approx(-middle.forces[1], abs=1e-6)


def test_hydrogens_bond_is_that_of_pbe(settings):
    """0.7506 Å by PySCF 2.14.0 in aug-cc-pVQZ; here with the shipped cutoffs."""
    bonds = np.array([0.72, 0.75, 0.78])
    found = [scf.run(scf.prepare(pair("H", bond, 6.0, 0.0), settings)).energy for bond in bonds]
    a, b, _ = np.polyfit(bonds, found, 2)
    assert -b / (2 * a) == pytest.approx(0.7506, abs=0.005)


def test_the_correction_of_a_charged_pair_is_madelungs_at_first_order(soft):
    """Makov and Payne 1995: q² α / 2L with α = 2.8373 in a simple cubic cell."""
    edge, charge = 8.0, 0.5
    charged = scf.run(scf.prepare(pair("H", 0.8, edge, charge), soft))
    madelung = charge**2 * 2.8373 * 14.399645 / (2 * edge)
    assert charged.correction == pytest.approx(madelung, rel=0.05)
    neutral = scf.run(scf.prepare(pair("H", 0.8, edge, 0.0), soft))
    assert neutral.correction == 0.0


def test_a_charged_pair_has_the_same_energy_in_two_cells(soft):
    """Both atoms' charge is compact, so that what the cell does is all in the two corrections."""
    soft.dimers.charges = [1.0]
    energies = {}
    for edge in (8.0, 11.0):
        soft.dimers.cell = {"default": edge}
        bond, far = (dimers.row(dimers.plan(soft, ["H"])[i]) for i in (6, -2))
        assert far["distance"] > 3.5
        energies[edge] = {
            "whole": far["energy"] - bond["energy"],
            "bare": far["energy"] - far["correction"] - (bond["energy"] - bond["correction"]),
        }
    small, large = energies.values()
    assert abs(small["bare"] - large["bare"]) > 0.05
    assert small["whole"] == pytest.approx(large["whole"], abs=0.01)


def test_an_scf_done_before_is_not_run_again_and_leaves_no_wavefunctions(soft):
    task = scf.prepare(pair("H", 0.8, 5.0, 0.0), soft)
    first = scf.run(task)
    assert sorted(path.name for path in task.folder.iterdir()) == [
        "result.json",
        "scf1_1.in",
        "scf1_1.out",
    ]
    written = (task.folder / "scf1_1.out").stat().st_mtime_ns
    again = scf.run(task)
    assert (task.folder / "scf1_1.out").stat().st_mtime_ns == written
    assert again.energy == first.energy
    np.testing.assert_array_equal(again.forces, first.forces)


def test_the_density_on_the_cube_holds_the_valence_electrons(soft):
    soft.paw.elements["H"].ecutrho = 250
    done = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft, density=True))
    assert done.status == "converged"
    with done.density.open() as stream:
        density, atoms = read_cube_data(stream)
    volume = atoms.get_volume() / Bohr**3 / density.size
    assert density.sum() * volume == pytest.approx(2.0, abs=0.01)
    written = done.density.stat().st_mtime_ns
    again = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft, density=True))
    assert again.density.stat().st_mtime_ns == written


@pytest.mark.slow
def test_paw_and_gth_work_in_one_molecule(soft):
    """HF with PAW for H and GTH for F; polar, so the two atoms' forces are opposite, not alike."""
    soft.gth.ecutwfc["F"] = 60
    positions = np.array([[2.5, 2.5, 2.1], [2.5, 2.5, 2.1 + 0.92]])
    mixed = System(("H", "F"), positions, np.full(3, 5.5))
    done = scf.run(scf.prepare(mixed, soft))
    assert done.status == "converged"
    assert (done.ecutwfc, done.ecutrho) == (60, 240)
    assert abs(done.forces.sum()) < 0.2
    assert -700 < done.energy < -640  # eV: F's seven valence electrons, and hydrogen's


@pytest.mark.slow
@pytest.mark.parametrize(("element", "cutoff"), [("Si", 20.0), ("Au", 25.0)])
def test_gth_with_coupled_projectors_gives_a_stable_bond(soft, element, cutoff):
    """Off-diagonal h, and for Au k lines in three channels; at 1.0 and 0.8 of the radii's sum."""
    soft.gth.ecutwfc[element] = cutoff
    unit = dimers.distances(element, soft.dimers)[0] / soft.dimers.wall_start["default"]
    bond, squeezed = (
        scf.run(scf.prepare(pair(element, unit * ratio, 7.0, 0.0), soft)) for ratio in (1.0, 0.8)
    )
    assert bond.status == squeezed.status == "converged"
    assert bond.energy < squeezed.energy - 0.1


def test_a_failed_scf_is_a_row_that_says_why(soft):
    soft.scf.max_iterations = 2
    soft.dimers.charges, soft.dimers.cell = [0.0], {"default": 5.0}
    tasks = dimers.plan(soft, ["H"])[5:6]
    saved = []
    table = dimers.compute(tasks, tables.empty(tables.QE_DIMERS), 1, saved.append)
    row = tables.check(table, tables.QE_DIMERS, "here").iloc[0]
    assert row["status"] == "suspect: not converged in 2 iterations"
    assert row["attempts"] == len(soft.scf.attempts)
    assert np.isnan(row["energy"])
    assert len(saved) == 2  # after the point, and at the end


def test_a_later_attempt_converges_to_the_same_energy(soft):
    plain = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft))
    slow = soft.scf.attempts[0].model_copy(update={"mixing_beta": 0.001})
    smeared = next(one for one in soft.scf.attempts if one.first_smearing)
    soft.scf.attempts = [slow, smeared]
    soft.scf.max_iterations = 2 * plain.iterations
    soft.scratch /= "again"
    done = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft))
    assert (done.status, done.attempts) == ("converged", 2)
    assert done.energy == pytest.approx(plain.energy, abs=1e-5)


def test_a_failure_is_kept_until_the_attempts_change(soft):
    soft.scf.max_iterations = 2
    first = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft))
    assert scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft)).wall_s == first.wall_s
    soft.scf.max_iterations = 60
    done = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft))
    assert (done.key, done.status) == (first.key, "converged")


def test_an_scf_that_runs_out_of_time_is_tried_again_with_more(soft):
    soft.scf.timeout_s = 0.01
    soft.scf.attempts = soft.scf.attempts[:1]
    late = scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft))
    assert "timed out after 0.01 s" in late.status
    assert np.isnan(late.energy)
    soft.scf.timeout_s = 60
    assert scf.run(scf.prepare(pair("H", 0.8, 5.0, 0.0), soft)).status == "converged"


_DRIVER = """
import sys
from pathlib import Path
from pairforest.config import load_params
from pairforest.qe import scf
from pairforest.qe.dimers import pair
qe = load_params().qe
qe.scratch = Path(sys.argv[1])
print(scf.prepare(pair("O", 1.2, 9.0, 0.0), qe).folder, flush=True)
scf.run(scf.prepare(pair("O", 1.2, 9.0, 0.0), qe))
"""


def test_pw_x_dies_with_the_driver(tmp_path):
    driver = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    folder = driver.stdout.readline().strip()
    _wait_for(lambda: _running_in(folder))
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    _wait_for(lambda: not _running_in(folder))


def _running_in(folder: str) -> list[str]:
    processes = subprocess.run(["pgrep", "-x", "pw.x"], capture_output=True, text=True)
    return [pid for pid in processes.stdout.split() if _folder_of(pid) == folder]


def _folder_of(pid: str) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""


def _wait_for(happened) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)
