import numpy as np
import pandas as pd
import pytest

from pairforest.errors import PairForestError
from pairforest.files import sha256
from pairforest.forest import registry, store
from pairforest.forest.features import FEATURES, TARGETS, features
from pairforest.forest.model import build
from tests.forest.conftest import SCALE


@pytest.fixture
def tracking_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.setenv("DVC_STAGE", "register@test")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


@pytest.fixture
def model_file(model_settings, labels, tmp_path):
    model = build(model_settings, SCALE).fit(
        features(labels).to_numpy(), labels[TARGETS].to_numpy()
    )
    store.save(model, tmp_path / "model.skops")
    return tmp_path / "model.skops"


def test_registered_bytes_come_back_checked_and_the_model_serves(
    tracking_folder, model_file, labels
):
    import mlflow

    scores = {"paper_split": {"original": {"mean": 0.9}}}
    first = registry.register("test", model_file, {"model": {"seed": 0}}, scores)
    assert first.sha256 == sha256(model_file)
    assert (first.name, first.version) == ("pairforest-test", 1)
    X = features(labels).to_numpy()
    expected = store.load(model_file).predict(X)
    assert np.array_equal(registry.load(first).predict(X), expected)

    # The same bytes are the same version; the alias points to it.
    assert registry.register("test", model_file, {}, {}) == first
    client = mlflow.MlflowClient()
    assert client.get_model_version_by_alias("pairforest-test", "candidate").version == 1

    # MLflow's own way to load it, by its signature.
    served = mlflow.pyfunc.load_model("models:/pairforest-test@candidate")
    assert served.metadata.signature.inputs.input_names() == FEATURES
    assert served.input_example is not None
    table = served.predict(pd.DataFrame(X, columns=FEATURES))
    assert table.columns.tolist() == TARGETS
    assert np.allclose(table.to_numpy(), expected)

    run = client.get_run(client.get_model_version("pairforest-test", "1").run_id)
    assert run.data.params == {"model.seed": "0"}
    assert run.data.metrics == {"paper_split.original.mean": 0.9}
    tags = run.data.tags
    assert tags["dvc_stage"] == "register@test"
    assert {"git_commit", "git_dirty", "dvc_lock_sha256"} <= set(tags)

    registry.promote(first)
    assert client.get_model_version_by_alias("pairforest-test", "champion").version == 1


def test_a_version_whose_artifact_was_altered_is_not_loaded(tracking_folder, model_file):
    registered = registry.register("test", model_file, {}, {})
    stored = next(tracking_folder.glob("mlartifacts/**/*.skops"))
    stored.write_bytes(stored.read_bytes() + b"0")
    with pytest.raises(PairForestError, match="not loaded"):
        registry.load(registered)


def test_a_version_that_is_not_there_is_named(tracking_folder):
    missing = registry.Registered("pairforest-test", 7, "", "0" * 64)
    with pytest.raises(PairForestError, match="models:/pairforest-test/7 cannot be had"):
        registry.load(missing)
