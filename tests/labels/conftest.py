import numpy as np
import pytest

from pairforest.labels.curves import Curve
from pairforest.labels.settings import Bounds, DimerSettings
from pairforest.potential import Buckingham, energy

BOUNDS = Bounds(A=(10.0, 1e7), B=(0.001, 1.0), C=(-1.0, 0.0))


def curve_of(A: float, B: float, C: float, element="X", charge=0.0, n=20, r_min=0.3) -> Curve:
    distance = np.linspace(r_min, 6.0, n)
    values = energy(distance, Buckingham(A, B, C))
    return Curve(element, charge, distance, values, np.zeros(n, dtype=bool))


@pytest.fixture
def settings() -> DimerSettings:
    return DimerSettings.model_validate(
        {
            "fit": {"method": "variable_projection", "n_grid": 400},
            "bounds": BOUNDS._asdict(),
            "cluster": {"A": 20.0, "B": 0.002, "C": 0.0005},
            "r2_min": 0.9,
            "mixing_rule": "lal2023",
            "charges": "lal2023",
            "learning_scale": {"A": "log", "B": "linear", "C": "signed_log"},
        }
    )
