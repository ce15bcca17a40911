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
        The gate: passed only if every liquid converged and errs by no more.

    Returns
    -------
    dict
        ``profile``; ``liquids``: density, stderr, experiment (g/cm³), temperature (K),
        error_percent, n_eff, converged, status, reason, last_density, seeds, set_pressure
        (bar) where it makes up for the time step; ``mae_percent`` and
        ``max_error_percent`` over the liquids that have a density; ``passed``.
    """
    rows = {outcome.name: _row(outcome, liquids[outcome.name], settings) for outcome in outcomes}
    errors = [abs(r["error_percent"]) for r in rows.values() if r["error_percent"] is not None]
    complete = len(errors) == len(rows) and all(row["converged"] for row in rows.values())
    return {
        "profile": settings.profile,
        "liquids": rows,
        "mae_percent": _rounded(float(np.mean(errors)), 2) if errors else None,
        "max_error_percent": _rounded(max(errors), 2) if errors else None,
        "passed": bool(complete and max(errors) <= max_error_percent),
    }


def describe(row: dict[str, Any]) -> str:
    """Say a row of `summarise` in one line."""
    density = "" if row["density"] is None else f"{row['density']:.4f} ± {row['stderr']:.4f} g/cm³ "
    return f"{density}({row['status']}{': ' + row['reason'] if row['reason'] else ''})"


def _row(outcome: Outcome, liquid: LiquidSettings, settings: MdSettings) -> dict[str, Any]:
    temperature = temperature_of(liquid, settings)
    experiment = liquid.density_at(temperature)
    error = None
    if outcome.density is not None and experiment is not None:
        error = 100 * (outcome.density - experiment) / experiment
    return {
        "density": _rounded(outcome.density, 5),
        "stderr": _rounded(outcome.stderr, 5),
        "experiment": experiment,
        "temperature": temperature,
        "error_percent": _rounded(error, 2),
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
