"""Between a force field's factors and the vector that a calibration moves: their logarithms."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def logarithms(factors: Mapping[str, Any], names: list[str]) -> dict[str, float]:
    """Give the natural logarithms of named factors.

    Parameters
    ----------
    factors : mapping
        alpha, charge, and radius and c6 by element with a ``default``.
    names : list of str
        ``alpha``, ``charge``, ``radius.H``, …
    """
    found = {}
    for name in names:
        kind, _, element = name.partition(".")
        value = factors[kind]
        if element:
            value = value.get(element, value["default"])
        found[name] = float(np.log(value))
    return found


def factors_at(start: Mapping[str, Any], values: Mapping[str, float]) -> dict[str, Any]:
    """Give factors with some of them replaced by their logarithms' exponentials."""
    moved = {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in start.items()
    }
    for name, value in values.items():
        kind, _, element = name.partition(".")
        if element:
            moved[kind][element] = float(np.exp(value))
        else:
            moved[kind] = float(np.exp(value))
    return moved
