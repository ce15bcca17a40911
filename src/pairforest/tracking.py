"""MLflow: where runs go, and what each of them says of its origin."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairforest.files import sha256

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

EXPERIMENT = "pairforest"

_CHOSEN_URI = os.environ.get("MLFLOW_TRACKING_URI")
"""What the user set; read at once, since MLflow sets the variable itself later."""


def project_root() -> Path:
    """Give the project's folder: DVC says it to its stages, else it is the working directory."""
    return Path(os.environ.get("DVC_ROOT", ".")).resolve()


def tracking_uri() -> str:
    """Give the tracking database: the user's choice, or SQLite in the project.

    The address is absolute, since Hydra and DVC change the working directory.
    """
    return _CHOSEN_URI or f"sqlite:///{project_root()}/mlflow.db"


def artifact_location() -> str:
    """Give where artifacts go when the database is the project's own."""
    return (project_root() / "mlartifacts").as_uri()


def upgrade() -> None:
    """Migrate a database that an older MLflow made; a new one needs nothing."""
    if not _CHOSEN_URI and (project_root() / "mlflow.db").exists():
        command = [sys.executable, "-m", "mlflow", "db", "upgrade", tracking_uri()]
        subprocess.run(command, check=True, capture_output=True)


def client() -> "MlflowClient":
    """Give a client of the tracking database, which is made on first use.

    ``MLFLOW_TRACKING_URI`` names another than the project's own.
    """
    os.environ.setdefault("MLFLOW_SKIP_PIP_REQUIREMENTS_CHECK", "true")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import mlflow

    mlflow.set_tracking_uri(tracking_uri())
    tracker = mlflow.MlflowClient()
    if tracker.get_experiment_by_name(EXPERIMENT) is None:
        location = None if _CHOSEN_URI else artifact_location()
        tracker.create_experiment(EXPERIMENT, artifact_location=location)
    mlflow.set_experiment(EXPERIMENT)
    return tracker


def origin() -> dict[str, str]:
    """Give the tags of every run: git commit, dirty flag, SHA-256 of dvc.lock, DVC stage."""
    root = project_root()

    def git(*arguments: str) -> str:
        answer = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
        return answer.stdout.strip() if answer.returncode == 0 else "unknown"

    # What a running pipeline rewrites itself does not make the code dirty.
    written = [":!dvc.lock", ":!metrics", ":!reports"]
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", *written)
    lock = root / "dvc.lock"
    return {
        "git_commit": git("rev-parse", "HEAD"),
        "git_dirty": changed if changed == "unknown" else str(bool(changed)).lower(),
        "dvc_lock_sha256": sha256(lock) if lock.exists() else "none",
        "dvc_stage": os.environ.get("DVC_STAGE", "none"),
    }


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested keys to dotted ones, as MLflow's params and metrics want them."""
    result: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            result |= flat(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = value
    return result


@contextmanager
def run(
    name: str,
    *,
    run_id: str | None = None,
    parent: str | None = None,
    tags: dict[str, str] | None = None,
) -> Iterator["Run"]:
    """Open an MLflow run with the tags of its origin; it is marked failed if the block raises.

    Parameters
    ----------
    name : str
        Of a new run.
    run_id : str, optional
        A run to go on with instead.
    parent : str, optional
        The run it belongs to.
    tags : dict, optional
        Beside those of its origin.
    """
    client()
    import mlflow

    tags = {**origin(), **(tags or {})}
    with mlflow.start_run(
        run_id=run_id,
        run_name=None if run_id else name,
        parent_run_id=parent,
        nested=parent is not None,
        tags=tags,
    ) as active:
        yield active
