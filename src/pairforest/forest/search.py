"""Searches over the forest: an Optuna study in a journal file, shared by all that resume it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from pairforest.files import sha256

FOLDER = Path("scratch/studies")


def study_key(name: str, job: dict[str, Any], labels: Path) -> str:
    """Give the study's name with a key of what its scores depend on, this room's code included.

    Parameters
    ----------
    name : str
        Name from the configuration.
    job : dict
        The job's `model`, `evaluation` and search space; the number of trials does not count.
    labels : Path
        The label table, which counts by its bytes.

    Returns
    -------
    str
        The name and twelve hexadecimal digits: other labels or settings make another study.
    """
    room = Path(__file__).parent
    code = {path.name: sha256(path) for path in [*room.glob("*.py"), room.parent / "elements.py"]}
    content = json.dumps(
        {"job": job, "labels": sha256(labels), "code": code}, sort_keys=True, default=str
    )
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def storage(study_name: str) -> JournalStorage:
    """Open the journal of a study, ``scratch/studies/<name>.journal``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return JournalStorage(JournalFileBackend(str(FOLDER / f"{study_name}.journal")))


def resume(study: optuna.Study, n_trials: int) -> int:
    """Put what a kill left running back into the queue, and give how many are still to do.

    Optuna's samplers count a failed trial as tried; queued, its point comes next.
    """
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
        if trial.params:
            study.enqueue_trial(trial.params)
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return max(0, n_trials - len(done))


def best(study_name: str) -> dict[str, Any]:
    """Give the best parameters of a study, without their section, its score and its size.

    Raises
    ------
    KeyError
        If the study is not in its journal.
    """
    study = optuna.load_study(study_name=study_name, storage=storage(study_name))
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return {
        "study": study_name,
        "params": {
            name.removeprefix("model."): _value(value)
            for name, value in sorted(study.best_params.items())
        },
        "score": study.best_value,
        "n_trials": len(done),
    }


def _value(value: Any) -> Any:
    """Undo Hydra's encoding of choices, which keeps everything but numbers as text."""
    words = {"true": True, "false": False, "null": None}
    return words.get(value, value) if isinstance(value, str) else value
