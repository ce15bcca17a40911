"""What MLflow calls to load a registered model: the very bytes that were trained, by skops."""

from pathlib import Path
from typing import Any

import pandas as pd

from pairforest.forest import store
from pairforest.forest.features import FEATURES, TARGETS


class PairForestModel:
    """The model as MLflow's ``pyfunc`` serves it."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, inputs: pd.DataFrame) -> pd.DataFrame:
        """Give A (eV), B (Å), C (eV Å⁶) for rows of mass, radius, atomic_number and charge."""
        return pd.DataFrame(self.model.predict(inputs[FEATURES].to_numpy()), columns=TARGETS)


def _load_pyfunc(path: str) -> PairForestModel:
    """Load a model; MLflow looks for this name."""
    return PairForestModel(store.load(Path(path)))
