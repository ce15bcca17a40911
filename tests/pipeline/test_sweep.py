"""A sweep that is killed and started again ends with its trials in total."""

import os
import signal
import subprocess
import time

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from tests.pipeline.conftest import environment

pytestmark = pytest.mark.slow

COMMAND = ["pairforest-train", "-m", "hparams_search=forest", "sweep.n_trials=8"]


def _trials(root) -> list[str]:
    journals = list((root / "scratch/studies").glob("dimer-forest-*.journal"))
    if not journals:
        return []
    store = JournalStorage(JournalFileBackend(str(journals[0])))
    names = optuna.get_all_study_names(store)
    studies = [optuna.load_study(study_name=name, storage=store) for name in names]
    return [trial.state.name for study in studies for trial in study.trials]


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
    assert states.count("COMPLETE") == 8
    assert "RUNNING" not in states
    assert output.count("Launching 1 jobs") == 8 - done
    assert "Launching" not in project.run(*COMMAND)
    changed = project.run("git", "status", "--porcelain").splitlines()
    assert all(line[3:].startswith(("dvc.lock", "metrics/")) for line in changed), changed


def test_the_papers_grid_has_238_points(project):
    """17 × 7 × 2, counted by the sweeper itself from the configuration."""
    output = project.run(
        "python", "-c",
        "from hydra import compose, initialize_config_dir\n"
        "import os\n"
        "with initialize_config_dir(os.path.abspath('conf')):\n"
        "    c = compose('config', ['hparams_search=paper_grid'], return_hydra_config=True)\n"
        "s = c.hydra.sweeper\n"
        "print(s.sampler._target_, s.n_trials, *(len(v.split(',')) for v in s.params.values()))",
    )  # fmt: skip
    assert output.split()[-5:] == ["optuna.samplers.GridSampler", "238", "17", "7", "2"]


def test_a_sweep_without_labels_says_what_to_run(project):
    labels = project.root / "data/labels/dimer.parquet"
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
        "model.bootstrap=choice(true,false)",
    ]  # fmt: skip
    output = project.run(*command)
    assert output.count("Launching 1 jobs") == 4
    tried = {line.split(" : ")[1] for line in output.splitlines() if "\t#" in line}
    assert len(tried) == 4
    assert "Launching" not in project.run(*command)
