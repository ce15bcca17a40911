"""Between a force field's factors and the vector that a calibration moves: their logarithms."""

from collections.abc import Mapping

import numpy as np

from pairforest.kinds import factor_of


def logarithms(factors: Mapping[str, Mapping[str, float]], names: list[str]) -> dict[str, float]:
    """Give the natural logarithms of named factors.

    Parameters
    ----------
    factors : mapping
        charge, wall, c6 and contact by kind, with a ``default``, as in `AimConstants`.
    names : list of str
        ``charge.donor``, ``wall.H``, …
    """
    found = {}
    for name in names:
        which, _, kind = name.partition(".")
        found[name] = float(np.log(factor_of(kind, factors[which])))
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
