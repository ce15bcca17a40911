import optuna
import pytest
from optuna.trial import TrialState

from pairforest.forest import search


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "FOLDER", tmp_path / "studies")


def _study(name="s"):
    return optuna.create_study(
        study_name=name, storage=search.storage(name), direction="maximize", load_if_exists=True
    )


def test_a_killed_study_continues_to_the_total_and_its_running_trial_is_failed():
    study = _study()
    for value in (0.1, 0.9, 0.5):
        trial = study.ask()
        trial.suggest_int("model.n_estimators", 1, 10)
        study.tell(trial, value)
    study.ask()  # and the process is killed
    again = _study()
    assert search.resume(again, 10) == 7
    states = [trial.state for trial in again.trials]
    assert states == [TrialState.COMPLETE] * 3 + [TrialState.FAIL]
    assert search.resume(again, 2) == 0


def test_the_point_of_a_killed_trial_is_tried_again_so_a_grid_stays_whole():
    grid = {"x": [1, 2, 3], "y": [1, 2]}

    def grid_study():
        study = _study("grid")
        study.sampler = optuna.samplers.GridSampler(grid, seed=0)
        return study

    def run(study, n):
        for _ in range(n):
            trial = study.ask()
            x, y = (trial.suggest_categorical(name, grid[name]) for name in "xy")
            study.tell(trial, x * y)

    study = grid_study()
    run(study, 2)
    killed = study.ask()
    for name in "xy":
        killed.suggest_categorical(name, grid[name])
    again = grid_study()
    left = search.resume(again, 6)
    assert left == 4
    run(again, left - 1)
    with pytest.raises(RuntimeError, match=r"Study\.stop"):  # the sampler's word at its last point
        run(again, 1)
    done = [t for t in again.trials if t.state == TrialState.COMPLETE or t.params == killed.params]
    assert len({tuple(trial.params.items()) for trial in done}) == 6


def test_the_best_parameters_come_without_their_section_and_with_their_types():
    study = _study("b")
    trial = study.ask()
    trial.suggest_int("model.n_estimators", 7, 7)
    trial.suggest_categorical("model.bootstrap", ["true"])
    trial.suggest_categorical("model.max_depth", ["null"])
    study.tell(trial, 0.25)
    assert search.best("b") == {
        "study": "b",
        "params": {"bootstrap": True, "max_depth": None, "n_estimators": 7},
        "score": 0.25,
        "n_trials": 1,
    }


def test_other_labels_or_settings_make_another_study(tmp_path):
    labels = tmp_path / "labels.parquet"
    labels.write_bytes(b"1")
    first = search.study_key("s", {"model": {"kind": "random_forest"}}, labels)
    assert search.study_key("s", {"model": {"kind": "random_forest"}}, labels) == first
    assert search.study_key("s", {"model": {"kind": "extra_trees"}}, labels) != first
    labels.write_bytes(b"2")
    assert search.study_key("s", {"model": {"kind": "random_forest"}}, labels) != first
