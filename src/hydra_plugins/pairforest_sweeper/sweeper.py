"""The plugin: ``override /hydra/sweeper: pairforest_optuna``."""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra_plugins.hydra_optuna_sweeper.config import OptunaSweeperConf
from hydra_plugins.hydra_optuna_sweeper.optuna_sweeper import OptunaSweeper
from omegaconf import OmegaConf

PARENT_RUN = "PAIRFOREST_PARENT_RUN"
"""Environment variable that tells a trial its sweep's MLflow run."""

BEST = "best.json"
"""File in the sweep's folder: study, best parameters, score, completed trials."""


@dataclass
class PairForestOptunaConf(OptunaSweeperConf):  # type: ignore[misc]
    """The Optuna sweeper's own fields; `storage` is chosen here and `n_trials` is a total."""

    _target_: str = "hydra_plugins.pairforest_sweeper.sweeper.PairForestOptunaSweeper"


ConfigStore.instance().store(
    group="hydra/sweeper",
    name="pairforest_optuna",
    node=PairForestOptunaConf,
    provider="pairforest",
)


class PairForestOptunaSweeper(OptunaSweeper):  # type: ignore[misc]
    """Optuna's sweeper, continuing a study to `n_trials` completed trials in total."""

    def sweep(self, arguments: list[str]) -> None:
        """Run what is left of the sweep.

        Heavy imports stay in here: Hydra imports every plugin at every start.
        """
        import mlflow
        import optuna

        from pairforest import tracking
        from pairforest.files import write_json
        from pairforest.forest import search

        inner = self.sweeper
        job = OmegaConf.to_container(inner.config, resolve=False)
        assert isinstance(job, dict)
        recipe = inner.config.recipe
        labels = Path("data/labels") / recipe / "labels.parquet"
        if recipe not in job["labels"]:
            raise SystemExit(f"recipe {recipe!r} has no section in labels: {list(job['labels'])}")
        if not labels.exists():
            raise SystemExit(f"{labels} is missing: run 'dvc repro labels@{recipe}' first")
        counted: dict[str, Any] = {
            "model": job["model"],
            "learning_scale": job["labels"][recipe]["learning_scale"],
            "evaluation": job["evaluation"]["sweep_kfold"],
            "space": OmegaConf.to_container(inner.params) if inner.params else {},
            "sampler": job["hydra"]["sweeper"]["sampler"],
            "from_command_line": [a for a in arguments if a.startswith("model.")],
        }
        name = search.study_key(inner.study_name, counted, labels)
        inner.study_name, inner.storage = name, search.storage(name)
        study = optuna.create_study(
            study_name=name, storage=inner.storage, direction="maximize", load_if_exists=True
        )
        if study.trials and isinstance(inner.sampler, optuna.samplers.BaseSampler):
            inner.sampler.reseed_rng()  # a fixed seed would propose the first trials again
        total = min([inner.n_trials, *_grid_size(inner, arguments)])
        inner.n_trials = search.resume(study, total)
        print(f"{name}: {inner.n_trials} trials to do for {total} in total", flush=True)

        tracker = tracking.client()
        parent = study.user_attrs.get("mlflow_run")
        known = parent if parent and _exists(tracker, parent) else None
        if known:
            _end_killed_children(tracker, known)
        Path(inner.config.hydra.sweep.dir).mkdir(parents=True, exist_ok=True)
        tags = {"recipe": recipe, "kind": "sweep", "n_trials": str(total)}
        with tracking.run(name, run_id=known, tags=tags) as active:
            if not known:
                mlflow.log_dict(counted, "sweep.json")
                study.set_user_attr("mlflow_run", active.info.run_id)
            os.environ[PARENT_RUN] = active.info.run_id
            try:
                super().sweep(arguments)
            finally:
                del os.environ[PARENT_RUN]
            best = search.best(name)
            mlflow.log_metric("best_score", best["score"])
            best_tags = {f"best.{key}": str(value) for key, value in best["params"].items()}
            mlflow.set_tags({"n_trials_done": str(best["n_trials"]), **best_tags})
        write_json(Path(inner.config.hydra.sweep.dir) / BEST, best)


def _grid_size(inner: Any, arguments: list[str]) -> list[int]:
    """Give the number of points of a grid search; nothing for another search."""
    import optuna
    from hydra_plugins.hydra_optuna_sweeper._impl import create_params_from_overrides

    if getattr(inner.sampler, "func", None) is not optuna.samplers.GridSampler:
        return []
    overrides = [f"{name}={choices}" for name, choices in (inner.params or {}).items()]
    space, _, _ = create_params_from_overrides([*overrides, *arguments])
    choices = [inner._to_grid_sampler_choices(distribution) for distribution in space.values()]
    return [math.prod(len(values) for values in choices)]


def _end_killed_children(tracker: Any, parent: str) -> None:
    """Mark trials that a kill left running as killed."""
    experiment = tracker.get_run(parent).info.experiment_id
    query = f"tags.`mlflow.parentRunId` = '{parent}' and attributes.status = 'RUNNING'"
    for child in tracker.search_runs([experiment], query):
        tracker.set_terminated(child.info.run_id, "KILLED")


def _exists(tracker: Any, run_id: str) -> bool:
    """Say whether a run is still in the tracking database, which may be newer than the study."""
    from mlflow.exceptions import MlflowException

    try:
        tracker.get_run(run_id)
    except MlflowException:
        return False
    return True
