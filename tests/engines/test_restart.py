"""A run that is killed goes on from its last checkpoint, and a spoilt file is found out."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from pairforest.md import replica, samples, script
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate
from tests.engines.test_energies import run
from tests.liquids import ROOT, liquid, profile

pytestmark = pytest.mark.slow

SETTINGS = {"n_atoms": 300, "block_ps": 1.2, "max_ps": 9.6, "target_stderr_percent": 0.01}


def water() -> Task:
    settings = profile("smoke", **SETTINGS)
    of = liquid("water")
    return Task("water", FORCE_FIELDS["spce"](of, settings.seed), of, settings, ranks=1)


DRIVER = """
import sys
from pathlib import Path
from pairforest.md import replica
from pairforest.md.liquid import simulate
from tests.engines.test_restart import water
replica.SCRATCH = Path(sys.argv[1])
simulate(water())
"""


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    monkeypatch.setattr(replica, "SCRATCH", tmp_path)
    return tmp_path


@pytest.fixture
def killed(scratch):
    """A folder whose driver was killed by SIGKILL after two checkpoints."""
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(scratch)], cwd=ROOT)
    deadline = time.monotonic() + 120
    while len(list(scratch.glob("*/checkpoint.*[0-9]"))) < 2:
        assert driver.poll() is None, "the driver ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    time.sleep(0.5)  # the kernel ends LAMMPS with its driver
    (folder,) = (path for path in scratch.iterdir() if path.is_dir())
    return folder


def _is_whole(folder) -> None:
    """Every sample once, in order, to the last step."""
    settings = profile("smoke", **SETTINGS)
    expected = range(0, settings.steps(settings.max_ps) + 1, settings.sample_every)
    assert samples.steps(folder) == list(expected)


def test_no_lammps_is_left_behind_and_the_run_goes_on_where_it_was(killed):
    before = samples.steps(killed)
    time.sleep(1.0)
    assert samples.steps(killed) == before, "LAMMPS outlived its driver"
    last = max(int(path.name.rsplit(".", 1)[1]) for path in killed.glob("checkpoint.*[0-9]"))
    settings = profile("smoke", **SETTINGS)
    kept = samples.read(killed, settings.timestep_fs).iloc[: last // settings.sample_every]
    found = simulate(water())
    assert found.status == "not_converged"  # its target is out of reach on purpose
    assert (killed / "in.lmp").read_text().count(f"read_restart checkpoint.{last}") == 1
    _is_whole(killed)
    assert np.array_equal(found.series["density"].iloc[: len(kept)], kept["density"])


POOL = """
from pairforest.md.liquid import simulate_all
from tests.engines.test_restart import water
task = water()
simulate_all([task._replace(settings=task.settings.model_copy(update={"replicas": 2}))], workers=2)
"""


def test_replicas_side_by_side_end_with_their_driver(tmp_path):
    driver = subprocess.Popen(
        [sys.executable, "-c", POOL], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("scratch/md/*/samples.txt"))) < 2:
        assert driver.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    family = psutil.Process(driver.pid).children(recursive=True)
    assert sum(process.name() == "lmp" for process in family) == 2
    driver.kill()
    driver.wait()
    assert not psutil.wait_procs(family, timeout=10)[1], "a worker or LAMMPS outlived the driver"


def test_a_killed_lammps_is_started_again(scratch):
    """The driver lives on; a run whose engine was killed is a crash, and the next try resumes."""
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(scratch)], cwd=ROOT)
    while not list(scratch.glob("*/checkpoint.*[0-9]")):
        assert driver.poll() is None
        time.sleep(0.1)
    for engine in psutil.Process(driver.pid).children():
        engine.kill()
    assert driver.wait(timeout=60) == 0
    (folder,) = (path for path in scratch.iterdir() if path.is_dir())
    assert replica.ending(folder).status == "crashed"
    simulate(water())
    assert "read_restart" in (folder / "in.lmp").read_text()
    _is_whole(folder)


def test_the_answer_after_a_kill_agrees_with_that_of_a_run_left_alone(killed, scratch, monkeypatch):
    resumed = simulate(water())
    monkeypatch.setattr(replica, "SCRATCH", scratch / "alone")
    alone = simulate(water())
    error = np.hypot(resumed.stderr, alone.stderr)
    assert abs(resumed.density - alone.density) < 4 * error


def test_a_checkpoint_of_four_site_water_has_the_energy_of_its_step(scratch):
    """Of all styles those of a charge off its atom have most to remember."""
    settings = profile("smoke", **SETTINGS)
    of = liquid("water")
    system = FORCE_FIELDS["tip4p_2005"](of, settings.seed)
    folder = Path(simulate(Task("water", system, of, settings, ranks=1)).folders[0])
    rows = np.loadtxt(folder / "samples.txt")
    (newest, *_) = sorted(folder.glob("checkpoint.*[0-9]"), reverse=True)
    step = int(newest.name.rsplit(".", 1)[1])
    energy = float(rows[rows[:, 0] == step, 4].item())
    read = script.force_field(system, settings, f"read_restart {newest}")
    found = run(scratch / "read", [*read, "thermo_style custom step pe", "run 0"])
    assert found["PotEng"] == pytest.approx(energy, rel=1e-5)


def test_a_truncated_checkpoint_falls_back_to_the_one_before(killed):
    newest, older = sorted(
        killed.glob("checkpoint.*[0-9]"), key=lambda path: -int(path.name.rsplit(".", 1)[1])
    )[:2]
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])
    simulate(water())
    assert f"read_restart {older.name}" in (killed / "in.lmp").read_text()
    _is_whole(killed)


def test_a_table_with_a_hole_is_not_gone_on_from(killed):
    path = killed / samples.FILE
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:5] + lines[7:]))
    simulate(water())
    assert "read_data" in (killed / "in.lmp").read_text()  # from the beginning
    _is_whole(killed)


def test_a_truncated_result_is_made_again(killed):
    simulate(water())
    result = killed / "result.json"
    result.write_text(result.read_text()[:10])
    again = simulate(water())
    assert again.density is not None


def test_a_run_that_ended_short_of_its_target_goes_on(killed):
    replica.write_json(killed / "result.json", {"status": "ok", "reason": ""})
    simulate(water())
    _is_whole(killed)


def test_a_run_goes_on_where_it_was_when_it_may_go_farther(scratch):
    task = water()
    shorter = task._replace(settings=task.settings.model_copy(update={"max_ps": 2.4}))
    (before,) = simulate(shorter).folders
    first = samples.read(scratch / before, task.settings.timestep_fs)
    (after,) = simulate(task).folders
    assert after == before
    whole = samples.read(scratch / after, task.settings.timestep_fs)
    assert len(whole) > 3 * len(first)
    assert whole["density"].iloc[: len(first) - 1].tolist() == first["density"].iloc[:-1].tolist()
