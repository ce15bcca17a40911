"""A sweep that is killed and started again ends with its trials in total."""

import os
import signal
import subprocess
import time

import optuna
import pytest
import yaml
from hydra_plugins.hydra_optuna_sweeper._impl import create_params_from_overrides
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from tests.liquids import ROOT
from tests.pipeline.conftest import environment

pytestmark = pytest.mark.slow

COMMAND = ["pairforest-train", "-m", "hparams_search=forest", "sweep.n_trials=12", "recipe=dimer"]


def _study_trials(root) -> list[optuna.trial.FrozenTrial]:
    journals = list((root / "scratch/studies").glob("dimer-forest-*.journal"))
    if not journals:
        return []
    store = JournalStorage(JournalFileBackend(str(journals[0])))
    names = optuna.get_all_study_names(store)
    return [t for name in names for t in optuna.load_study(study_name=name, storage=store).trials]


def _trials(root) -> list[str]:
    return [trial.state.name for trial in _study_trials(root)]


def _completed(root) -> list[optuna.trial.FrozenTrial]:
    return [trial for trial in _study_trials(root) if trial.state.name == "COMPLETE"]


def test_a_killed_sweep_continues_to_its_total(project):
    project.run("dvc", "repro", "labels@dimer")
    for old in project.root.glob("scratch/studies/*"):
        old.unlink()
    first = subprocess.Popen(
        COMMAND, cwd=project.root, env=environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while _trials(project.root).count("COMPLETE") < 2:
        assert first.poll() is None, "the sweep ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    done = _trials(project.root).count("COMPLETE")
    assert 2 <= done < 8

    output = project.run(*COMMAND)
    states = _trials(project.root)
    assert states.count("COMPLETE") == 12
    assert "RUNNING" not in states
    assert output.count("Launching 1 jobs") == 12 - done
    points = [trial.params for trial in _completed(project.root)[:done]]
    drawn = [
        t.params for t in _completed(project.root)[done:] if "fixed_params" not in t.system_attrs
    ]
    both = min(len(points), len(drawn))
    assert both >= 2
    assert drawn[:both] != points[:both], "the second start proposed the first one's points again"
    assert "Launching" not in project.run(*COMMAND)
    changed = project.run("git", "status", "--porcelain").splitlines()
    assert all(line[3:].startswith(("dvc.lock", "metrics/")) for line in changed), changed


def test_the_papers_grid_is_17_by_7_by_2():
    space = yaml.safe_load((ROOT / "conf/hparams_search/paper_grid.yaml").read_text())["hydra"]
    distributions, _, _ = create_params_from_overrides(
        [f"{name}={choices}" for name, choices in space["sweeper"]["params"].items()]
    )
    assert {name: list(d.choices) for name, d in distributions.items()} == {
        "model.n_estimators": [*range(10, 101, 10), 130, 160, 190, 200, 210, 220, 250],
        "model.min_samples_split": list(range(2, 15, 2)),
        "model.bootstrap": [True, False],
    }
    assert space["sweeper"]["n_trials"] == 17 * 7 * 2


def test_a_sweep_without_labels_says_what_to_run(project):
    labels = project.root / "data/labels/dimer/labels.parquet"
    hidden = labels.with_suffix(".hidden")
    labels.rename(hidden)
    try:
        output = project.run(*COMMAND, ok=False)
    finally:
        hidden.rename(labels)
    assert "run 'dvc repro labels@dimer' first" in output


def test_optunas_grid_sampler_visits_every_point_once_and_then_stops(project):
    """The paper's grid cut to 2 × 1 × 2 from the command line."""
    command = [
        "pairforest-train", "-m", "hparams_search=paper_grid",
        "model.n_estimators=choice(2,3)", "model.min_samples_split=choice(4)",
        "model.bootstrap=choice(true,false)", "recipe=dimer",
    ]  # fmt: skip
    output = project.run(*command)
    assert output.count("Launching 1 jobs") == 4
    tried = {line.split(" : ")[1] for line in output.splitlines() if "\t#" in line}
    assert len(tried) == 4
    assert "Launching" not in project.run(*command)


def test_a_mistake_on_the_command_line_is_one_line_not_a_traceback(project):
    for mistake in ("+model.colour=1", "labels.dimer.learning_scale.A=cube", "recipe=best"):
        output = project.run("pairforest-train", mistake, ok=False)
        assert "Traceback" not in output
        assert mistake.split("=")[0].split(".")[-1].lstrip("+") in output
