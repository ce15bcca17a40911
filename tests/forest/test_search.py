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
