import hashlib
import zipfile

import numpy as np
import pytest

from pairforest.errors import PairForestError
from pairforest.forest import store
from pairforest.forest.features import TARGETS, features
from pairforest.forest.model import build
from tests.forest.conftest import SCALE


@pytest.fixture
def trained(model_settings, labels):
    return build(model_settings, SCALE).fit(features(labels).to_numpy(), labels[TARGETS].to_numpy())


def test_a_loaded_model_predicts_the_same_numbers(trained, labels, tmp_path):
    digest = store.save(trained, tmp_path / "model.skops")
    assert digest == hashlib.sha256((tmp_path / "model.skops").read_bytes()).hexdigest()
    loaded = store.load(tmp_path / "model.skops", digest)
    X = features(labels).to_numpy()
    assert np.array_equal(loaded.predict(X), trained.predict(X))


def test_the_same_training_gives_the_same_bytes(model_settings, labels):
    X, Y = features(labels).to_numpy(), labels[TARGETS].to_numpy()
    first, second = (store.dumps(build(model_settings, SCALE).fit(X, Y)) for _ in range(2))
    assert first == second
    other = model_settings.model_copy(update={"seed": 1})
    assert store.dumps(build(other, SCALE).fit(X, Y)) != first


def test_altered_bytes_are_not_loaded(trained, tmp_path):
    path = tmp_path / "model.skops"
    digest = store.save(trained, path)
    path.write_bytes(path.read_bytes() + b"0")
    with pytest.raises(PairForestError, match="was registered; not loaded"):
        store.load(path, digest)


def test_a_file_with_types_that_are_not_trusted_is_not_loaded(tmp_path):
    import skops.io
    from sklearn.preprocessing import FunctionTransformer

    skops.io.dump(FunctionTransformer(func=print), tmp_path / "evil.skops")
    with pytest.raises(PairForestError, match="not a model to be trusted"):
        store.load(tmp_path / "evil.skops")


def test_half_a_file_is_not_loaded(trained, tmp_path):
    path = tmp_path / "model.skops"
    store.save(trained, path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(PairForestError, match="not a model to be trusted"):
        store.load(path)


def test_nothing_pickled_is_in_the_file(trained, tmp_path):
    store.save(trained, tmp_path / "model.skops")
    with zipfile.ZipFile(tmp_path / "model.skops") as archive:
        assert {name.rsplit(".", 1)[-1] for name in archive.namelist()} == {"npy", "json"}
