"""Registering a model in MLflow and getting exactly it back."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pairforest import tracking
from pairforest.errors import PairForestError
from pairforest.files import sha256 as sha256_of
from pairforest.forest import store
from pairforest.forest.features import FEATURES, TARGETS

CANDIDATE = "candidate"
CHAMPION = "champion"


class Registered(NamedTuple):
    """A version in the registry: its name, number, MLflow model id and the model's SHA-256."""

    name: str
    version: int
    model_id: str
    sha256: str


def register(recipe: str, path: Path, params: dict[str, Any], scores: dict[str, Any]) -> Registered:
    """Register a model once; the same bytes give the same version again.

    Parameters
    ----------
    recipe : str
        The model's recipe; the registered name is ``pairforest-<recipe>``.
    path : Path
        The model's file.
    params, scores : dict
        What to log with it, nested.

    Returns
    -------
    Registered
        The version, which carries the alias ``candidate`` from now on.
    """
    name, digest = f"pairforest-{recipe}", sha256_of(path)
    tracker = tracking.client()
    known = _find(tracker, name, digest)
    if known and not _is_whole(known):  # its artifacts were moved or deleted
        known = None
    version = known or _log(recipe, name, path, digest, params, scores)
    tracker.set_registered_model_alias(name, CANDIDATE, str(version.version))
    return version


def _find(tracker: Any, name: str, digest: str) -> Registered | None:
    """Give the version with these bytes, if there is one."""
    for found in tracker.search_model_versions(f"name='{name}'"):
        if found.tags.get("sha256") == digest and "model_id" in found.tags:
            return Registered(name, int(found.version), found.tags["model_id"], digest)
    return None


def _is_whole(registered: Registered) -> bool:
    try:
        load(registered)
    except PairForestError:
        return False
    return True


def _log(
    recipe: str,
    name: str,
    path: Path,
    digest: str,
    params: dict[str, Any],
    scores: dict[str, Any],
) -> Registered:
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    signature = ModelSignature(
        inputs=Schema([ColSpec("double", feature) for feature in FEATURES]),
        outputs=Schema([ColSpec("double", target) for target in TARGETS]),
    )
    example = pd.DataFrame([[15.999, 63.0, 8.0, -0.7]], columns=FEATURES)
    with tracking.run(f"{recipe}-model", tags={"recipe": recipe, "kind": "model"}):
        mlflow.log_params(tracking.flat(params))
        mlflow.log_metrics(tracking.flat(scores))
        logged = mlflow.pyfunc.log_model(
            name=name,
            loader_module="pairforest.forest.mlflow_flavor",
            data_path=str(path),
            signature=signature,
            input_example=example,
            pip_requirements=["pairforest"],
            registered_model_name=name,
        )
    version = int(logged.registered_model_version or 0)
    registered = Registered(name, version, str(logged.model_id), digest)
    for key in ("model_id", "sha256"):  # what `_find` asks for; MLflow's search omits model_id
        tag = getattr(registered, key)
        tracking.client().set_model_version_tag(name, str(version), key, tag)
    return registered


def load(registered: Registered) -> Any:
    """Load exactly a registered version, its bytes checked by SHA-256 first.

    Raises
    ------
    PairForestError
        If the version is not in the registry or its bytes are others.
    """
    import mlflow

    tracking.client()
    uri = f"models:/{registered.name}/{registered.version}"
    try:
        folder = Path(mlflow.artifacts.download_artifacts(uri))
    except (mlflow.exceptions.MlflowException, OSError) as error:
        raise PairForestError(f"{uri} cannot be had from MLflow: {error}") from None
    files = list(folder.rglob("*.skops"))
    if len(files) != 1:
        raise PairForestError(f"{uri}: expected one .skops file, found {len(files)}")
    return store.load(files[0], registered.sha256)


def promote(registered: Registered) -> None:
    """Let the alias ``champion`` point to a version that has passed the gate."""
    tracking.client().set_registered_model_alias(registered.name, CHAMPION, str(registered.version))
