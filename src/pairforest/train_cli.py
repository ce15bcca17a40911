"""`pairforest-train`: train one forest and score it; with ``-m``, a sweep of them.

``pairforest-train -m hparams_search=forest`` searches, ``pairforest-train model=extra_trees``
scores one configuration. Every run is logged to MLflow with its configuration.
"""

import os
import sys
from pathlib import Path
from typing import Any

import hydra
from omegaconf import DictConfig, OmegaConf

from hydra_plugins.pairforest_sweeper.sweeper import PARENT_RUN
from pairforest import tracking
from pairforest.config import check_params
from pairforest.errors import PairForestError

_CONF = Path("conf").resolve()


def score(job: dict[str, Any]) -> float:
    """Score one configuration by cross-validation, logged to MLflow.

    Parameters
    ----------
    job : dict
        The composed configuration.

    Returns
    -------
    float
        Mean R² of A, B and C over pooled out-of-fold predictions, in the learning scale.
    """
    import mlflow

    from pairforest import tables
    from pairforest.forest.evaluate import cross_validated_score
    from pairforest.forest.features import training_rows
    from pairforest.forest.model import build

    params = check_params(job, "configuration")
    recipe = params.recipe
    rows = training_rows(tables.read(Path(f"data/labels/{recipe}/labels.parquet"), tables.LABELS))
    model = build(params.model, params.labels.of(recipe).learning_scale)
    parent = os.environ.get(PARENT_RUN)
    tags = {"recipe": recipe, "kind": "trial" if parent else "single"}
    with tracking.run(f"{recipe}-{params.model.kind}", parent=parent, tags=tags):
        mlflow.log_params(params.model.model_dump())
        mlflow.log_dict(job, "config.yaml")
        result = cross_validated_score(model, rows, params.evaluation)
        mlflow.log_metrics(tracking.flat({"cv": result}))
    found = result["learning"]["mean"]
    if not parent:
        print(f"{recipe}, {params.model.kind}: mean R² {found:.4f} in the learning scale")
    return found


@hydra.main(config_path=str(_CONF), config_name="config")
def _job(config: DictConfig) -> float:
    job = OmegaConf.to_container(config, resolve=True)
    assert isinstance(job, dict)
    try:
        return score({str(key): value for key, value in job.items()})
    except PairForestError as error:  # Hydra would print a traceback
        sys.exit(f"pairforest-train: {error}")


def main() -> None:
    """Run the Hydra application; a user's mistake is one line, not a traceback."""
    if not _CONF.is_dir():
        sys.exit("pairforest-train: no conf/ here; run it in the project's folder")
    _job()


if __name__ == "__main__":
    main()
