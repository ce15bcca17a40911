"""Energies of a run's frames in other force fields, against the run's own."""

import numpy as np
import pytest

from pairforest.md import replica, reweight
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, prepare
from pairforest.potential import LennardJones
from tests.liquids import liquid, profile

pytestmark = pytest.mark.usefixtures("in_tmp")


@pytest.fixture
def in_tmp(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=[("octane", "opls"), ("water", "tip4p_2005")], ids=["octane", "water"])
def run(request):
    """Half a picosecond of a liquid, a frame every ten steps, and its energies."""
    name, potential = request.param
    settings = profile("smoke").model_copy(
        update={
            "n_atoms": 260, "cutoff": 6.0, "nvt_ps": 0.1, "block_ps": 0.3, "min_ps": 0.3,
            "max_ps": 0.3, "discard_ps": 0.0, "sample_every": 10, "dump_every": 10,
        }
    )  # fmt: skip
    of = liquid(name)
    system = FORCE_FIELDS[potential](of, 1)
    plan, data = prepare(Task(name, system, of, settings, 1), system)
    folder = replica.run(plan, data)
    rows = np.loadtxt(folder / "samples.txt")
    return folder, system, settings, rows


def test_a_runs_own_force_field_gives_its_own_energies(run):
    folder, system, settings, rows = run
    steps, found = reweight.energies(folder, [system], settings)
    own = dict(zip(rows[:, 0], rows[:, 4], strict=True))
    assert len(steps) >= 10
    expected = [own[step] for step in steps]
    assert found[:, 0] * 23.060548 == pytest.approx(expected, rel=1e-3)


def test_charges_and_constants_of_the_other_force_field_count(run):
    folder, system, settings, _ = run
    deeper = LennardJones(system.pairs.epsilon * 1.1, system.pairs.sigma)
    uncharged, doubled = (system._replace(charges=k * system.charges) for k in (0, 2))
    others = [system, system._replace(pairs=deeper), uncharged, doubled]
    _, found = reweight.energies(folder, others, settings)
    deepens = found[:, 1] - found[:, 0]  # water's hydrogen bonds press its oxygens together
    assert (deepens * (-1 if len(system.charges) > 3 else 1) > 0.1).all()
    coulomb = found[:, 0] - found[:, 2]
    assert (np.abs(coulomb) > 0.1).all()
    assert found[:, 3] - found[:, 2] == pytest.approx(4 * coulomb, rel=1e-2)
    assert not list(folder.glob("rerun.*"))
