import numpy as np
import pandas as pd
import pytest

from pairforest.elements import element_table
from pairforest.forest.settings import EvaluationSettings, ModelSettings

SCALE = {"A": "log", "B": "linear", "C": "signed_log"}


@pytest.fixture
def model_settings() -> ModelSettings:
    return ModelSettings(
        kind="random_forest",
        seed=0,
        n_estimators=12,
        min_samples_split=2,
        min_samples_leaf=1,
        max_features=1.0,
        max_depth=None,
        bootstrap=True,
    )


@pytest.fixture
def evaluation() -> EvaluationSettings:
    return EvaluationSettings.model_validate(
        {
            "paper_split": {"test_size": 0.25, "seed": 32, "n_other_seeds": 4},
            "repeated_kfold": {"n_splits": 3, "n_repeats": 2, "seed": 0},
            "sweep_kfold": {"n_splits": 3, "seed": 0},
        }
    )


@pytest.fixture
def labels() -> pd.DataFrame:
    """48 labels: constants that are an element's own, with a slope in the charge."""
    elements = ["H", "Li", "C", "N", "O", "F", "Si", "S"]
    charges = np.linspace(-1, 1, 6)
    rows = [
        {
            "recipe": "dimer",
            "molecule": "",
            "element": element,
            "radius": element_table()["radius"][element],
            "charge": charge,
            "A": 10 ** (2 + i / 2) * (1 + 0.01 * charge),
            "B": 0.1 + 0.02 * i + 0.005 * charge,
            "C": -(10.0 ** (-5 + i / 2)),
            "r2": 0.99,
            "n_points": 20,
            "kept": True,
        }
        for i, element in enumerate(elements)
        for charge in charges
    ]
    return pd.DataFrame(rows)
