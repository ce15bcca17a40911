"""Outcomes of several liquids beside experiment: the contract of ``metrics/density``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pairforest.md.liquid import Outcome, temperature_of
from pairforest.md.settings import LiquidSettings, MdSettings


def summarise(
    outcomes: Sequence[Outcome],
    liquids: dict[str, LiquidSettings],
    settings: MdSettings,
    max_error_percent: float,
) -> dict[str, Any]:
    """Put densities beside experiment.

    Parameters
    ----------
    outcomes : sequence of Outcome
        One per liquid.
    liquids : dict
        The liquids by name, with their experimental densities.
    settings : MdSettings
        The protocol.
    max_error_percent : float
        The gate: passed only if every liquid converged, one at least has a density by experiment at
        its temperature, and none of these errs by more.

    Returns
    -------
    dict
        ``profile``; ``liquids``: density, stderr, experiment (g/cm³), temperature (K),
        error_percent, n_eff, converged, status, reason, last_density, seeds, set_pressure
        (bar) where it makes up for the time step; ``mae_percent`` and
        ``max_error_percent`` over the liquids that have a density; ``passed``.
    """
    rows = {outcome.name: _row(outcome, liquids[outcome.name], settings) for outcome in outcomes}
    found = (_error_percent(one, liquids[one.name], settings) for one in outcomes)
    errors = [abs(error) for error in found if error is not None]
    converged = all(row["converged"] for row in rows.values())
    return {
        "profile": settings.profile,
        "liquids": rows,
        "mae_percent": _rounded(float(np.mean(errors)), 2) if errors else None,
        "max_error_percent": _rounded(max(errors), 2) if errors else None,
        "passed": bool(converged and errors and max(errors) <= max_error_percent),
    }


def describe(row: dict[str, Any]) -> str:
    """Say a row of `summarise` in one line."""
    density = "" if row["density"] is None else f"{row['density']:.4f} ± {row['stderr']:.4f} g/cm³ "
    return f"{density}({row['status']}{': ' + row['reason'] if row['reason'] else ''})"


def _error_percent(outcome: Outcome, liquid: LiquidSettings, settings: MdSettings) -> float | None:
    """Give the error of a density, None if there is none or no experiment at its temperature."""
    experiment = liquid.density_at(temperature_of(liquid, settings))
    if outcome.density is None or experiment is None:
        return None
    return 100 * (outcome.density / experiment - 1)


def _row(outcome: Outcome, liquid: LiquidSettings, settings: MdSettings) -> dict[str, Any]:
    temperature = temperature_of(liquid, settings)
    return {
        "density": _rounded(outcome.density, 5),
        "stderr": _rounded(outcome.stderr, 5),
        "experiment": liquid.density_at(temperature),
        "temperature": temperature,
        "error_percent": _rounded(_error_percent(outcome, liquid, settings), 2),
        "n_eff": _rounded(outcome.n_eff, 1),
        "converged": outcome.status == "ok",
        "status": outcome.status,
        "reason": outcome.reason,
        "last_density": _rounded(outcome.last_density, 4),
        "seeds": outcome.seeds,
        "set_pressure": _rounded(_mean(outcome.set_pressures), 2),
    }


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)
