"""Between a force field's factors and the vector that a calibration moves: their logarithms."""

from collections.abc import Mapping

import numpy as np

from pairforest.elements import element_of


def logarithms(factors: Mapping[str, Mapping[str, float]], names: list[str]) -> dict[str, float]:
    """Give the natural logarithms of named factors.

    Parameters
    ----------
    factors : mapping
        charge, wall, c6 and contact by kind, with a ``default``: a kind that is not there has its
        element's, as in `AimConstants`.
    names : list of str
        ``charge.donor``, ``wall.H``, …
    """
    found = {}
    for name in names:
        which, _, kind = name.partition(".")
        of = factors[which]
        found[name] = float(np.log(of.get(kind, of.get(element_of(kind), of["default"]))))
    return found


def factors_at(
    start: Mapping[str, Mapping[str, float]], values: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Give factors with some of them replaced by their logarithms' exponentials."""
    moved = {which: dict(of) for which, of in start.items()}
    for name, value in values.items():
        which, _, kind = name.partition(".")
        moved[which][kind] = float(np.exp(value))
    return moved
