"""Between a force field's factors and the vector that a calibration moves: their logarithms."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pairforest.elements import element_of


def logarithms(factors: Mapping[str, Any], names: list[str]) -> dict[str, float]:
    """Give the natural logarithms of named factors.

    Parameters
    ----------
    factors : mapping
        charge, and wall and c6 by kind of atom with a ``default``: a kind that is not there
        has its element's, as in `AimConstants`.
    names : list of str
        ``charge``, ``wall.H``, …
    """
    found = {}
    for name in names:
        which, _, kind = name.partition(".")
        value = factors[which]
        if kind:
            value = value.get(kind, value.get(element_of(kind), value["default"]))
        found[name] = float(np.log(value))
    return found


def factors_at(start: Mapping[str, Any], values: Mapping[str, float]) -> dict[str, Any]:
    """Give factors with some of them replaced by their logarithms' exponentials."""
    moved = {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in start.items()
    }
    for name, value in values.items():
        which, _, kind = name.partition(".")
        if kind:
            moved[which][kind] = float(np.exp(value))
        else:
            moved[which] = float(np.exp(value))
    return moved
