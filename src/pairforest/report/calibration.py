"""`reports/calibration.md`: what the calibration of recipe `aim` found, by mixing rule."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

RULE_COLOURS = {"smith": "#1f77b4", "geometric": "#ff7f0e", "w99": "#2ca02c"}
TITLES = {
    "charge": "charges",
    "wall": "wall",
    "c6": "C6",
    "contact": "what is left of the repulsion of N, O, F and",
}


def best_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of each mixing rule's trial of the lowest objective."""
    lowest = trials.groupby("rule")["objective"].transform("min")
    return trials[trials["objective"] == lowest]


def figure(trials: pd.DataFrame) -> Figure:
    """Draw each trial's objective, and each liquid's density error at its rule's best trial.

    Parameters
    ----------
    trials : DataFrame
        As `report.calibration.render` takes it.
    """
    drawn = Figure(figsize=(9, 3.6))
    left, right = drawn.subplots(1, 2, width_ratios=[1, 1.7])
    for rule, rows in trials.groupby("rule", sort=False):
        objective = rows.drop_duplicates("trial")["objective"].to_numpy()
        colour = RULE_COLOURS[str(rule)]
        left.plot(np.arange(1, len(objective) + 1), objective, "o-", color=colour, label=rule)
    left.set_yscale("log")
    left.xaxis.get_major_locator().set_params(integer=True)
    left.set_xlabel("trial")
    left.set_ylabel("objective")
    left.legend(fontsize=7)
    best = best_trials(trials)
    names = list(dict.fromkeys(best["liquid"]))
    for shift, (rule, rows) in zip((-0.12, 0.12), best.groupby("rule", sort=False), strict=False):
        percent = 100 / rows["experiment"]
        right.errorbar(
            [names.index(name) + shift for name in rows["liquid"]],
            percent * (rows["density"] - rows["experiment"]),
            yerr=percent * rows["density_stderr"],
            fmt="o", ms=4, capsize=2, color=RULE_COLOURS[str(rule)], label=rule,
        )  # fmt: skip
    right.axhline(0, lw=0.8, color="#1b1b1b")
    labels = [name.replace("_", " ") for name in names]
    right.set_xticks(range(len(names)), labels, rotation=45, ha="right")
    right.set_ylabel("density, error (%)")
    return drawn


def render(
    constants: Mapping[str, Mapping[str, Any]],
    trials: pd.DataFrame,
    chosen: str,
) -> str:
    """Write the page.

    Parameters
    ----------
    constants : mapping
        By mixing rule: charge, wall and c6 by kind; under
        provenance where the first trial was, what was foretold, and the relative standard errors
        of the constants.
    trials : DataFrame
        A row for each liquid of each trial: rule, trial, objective, prior, liquid; density,
        density_stderr, experiment (g/cm³); heat, heat_stderr, heat_experiment (kJ/mol).
    chosen : str
        The mixing rule of `labels.aim`.
    """
    n_trials = trials.groupby("rule", sort=False)["trial"].nunique()
    counts = ", ".join(f"{n} with `{rule}`" for rule, n in n_trials.items())
    n_liquids = trials["liquid"].nunique()
    return f"""# The calibration of recipe `aim`

Factors on the atoms' walls, on DFT-D4's C6, on charges that Onsager's factor has already raised
from the gas phase's, and on the repulsion between hydrogens and N, O or F: found on {n_liquids}
calibration liquids by Gauss–Newton steps, each liquid's derivatives from the fluctuations of one
run ([how](../docs/aim.md)). Trials: {counts}. Recipe `aim` takes `{chosen}`
([why](../docs/aim.md#the-mixing-rule)). No test liquid is in the fit; the recipe's form was
changed while the paper's were known ([how far](../docs/aim.md#what-is-not-known)).

![Objective by trial, errors of the best](figures/calibration.png)

## Constants

{constants_table(constants)}

These are what all trials of a rule together foretell as its best, not a point that was run; what
they make of liquids is in [comparison.md](comparison.md). A second rule starts from the first's
optimum. A few trials of short steps do not forget where they began
([docs/aim.md](../docs/aim.md#laws-that-were-tried-before)). Errors are how well these liquids tie a
constant down, each alone; wall and C6 of an element go together.

{held_line(constants)}

## The calibration liquids

Foretold errors are those at the constants above, by the lines through all of a rule's trials: a
trial's runs are short, and the one that did best owes part of that to luck. Errors are mean
unsigned ones. The objective's error is the runs' noise in it, *the prior's* that part of it which
says how far liquids pull constants from what quantum mechanics has. A liquid left out is foretold
by constants that the others alone give.

{summary_table(constants, trials)}

{foretold_table(constants)}

At each rule's trial of the lowest objective, at constants near the above, measured:

{liquids_table(trials)}
"""


def constants_table(constants: Mapping[str, Mapping[str, Any]]) -> str:
    """Write a row for each constant that moved: where the search began and each mixing rule."""
    flat = _columns(constants)
    errors = {title: of["provenance"]["relative_stderr"] for title, of in constants.items()}
    errors["start"] = {}
    held = _held(constants)
    named = dict.fromkeys(name for of in flat.values() for name in of)
    names = [name for name in named if name not in held]
    titles = [one if one == "start" else f"`{one}`" for one in flat]
    lines = [_line(["constant", *titles]), "|---" * (1 + len(flat)) + "|"]
    for name in names:
        cells = [_constant(of.get(name), errors[title].get(name)) for title, of in flat.items()]
        lines.append(_line([_title(name), *cells]))
    return "\n".join(lines)


def held_line(constants: Mapping[str, Mapping[str, Any]]) -> str:
    """Write which constants are held, at what and why; nothing if none is."""
    by_value: dict[tuple[str, float], list[str]] = {}
    for name, value in _held(constants).items():
        which, _, kind = name.partition(".")
        by_value.setdefault((which, value), []).append(_kind(which, kind))
    parts = [
        f"{'contact' if which == 'contact' else TITLES[which]} {value:.2f} ({'; '.join(kinds)})"
        for (which, value), kinds in by_value.items()
    ]
    why = "No calibration liquid holds such atoms, and quantum mechanics says what they are"
    return f"Held: {', '.join(parts)}.\n{why} ([how](../docs/aim.md#calibration))." if parts else ""


def _columns(constants: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Give the constants where the search began and those of each rule, by title and name."""
    first = next(iter(constants.values()))
    columns = {"start": first["provenance"]["start"], **constants}
    return {title: _flat(of) for title, of in columns.items()}


def _held(constants: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Give the constants that no rule has moved."""
    start, *found = _columns(constants).values()
    moved = {name for of in constants.values() for name in of["provenance"]["relative_stderr"]}
    return {
        name: value
        for name, value in start.items()
        if name not in moved and all(of.get(name) == value for of in found)
    }


def _title(name: str) -> str:
    which, _, kind = name.partition(".")
    return f"{TITLES[which]}{' ' if which == 'contact' else ', '}{_kind(which, kind)}"


def _kind(which: str, kind: str) -> str:
    """Say what a factor is of, in a table."""
    if which == "charge":
        return "molecules with a polar hydrogen" if kind == "donor" else "others"
    if which == "contact":
        return "other H" if kind == "default" else kind.replace("_", ", ")
    return "C" if kind == "default" else kind.replace("_", ", ")


def _flat(of: Mapping[str, Any]) -> dict[str, float]:
    factors = ((which, of[which]) for which in ("charge", "wall", "c6", "contact"))
    return {f"{which}.{kind}": one[kind] for which, one in factors for kind in one}


def _constant(value: float | None, relative_stderr: float | None) -> str:
    if value is None:
        return "–"
    error = "" if relative_stderr is None else f" ± {value * relative_stderr:.3f}"
    return f"{value:.3f}{error}"


def summary_table(constants: Mapping[str, Mapping[str, Any]], trials: pd.DataFrame) -> str:
    """Write each rule's mean unsigned errors: foretold, left out of the fit, at its best trial."""
    lines = [
        "| mixing rule | | objective | the prior's | density, mean error | heat of vaporisation |",
        "|---|---|---|---|---|---|",
    ]
    best = best_trials(trials)
    for rule, of in constants.items():
        foretold = of["provenance"]["foretold"]
        rows = best[best["rule"] == rule]
        measured = {
            name: dict(zip(rows["liquid"], 100 * (rows[column] / rows[known] - 1), strict=True))
            for name, column, known in (
                ("density", "density", "experiment"),
                ("heat_of_vaporisation", "heat", "heat_experiment"),
            )
        }
        objective = f"{foretold['objective']:.1f} ± {foretold['objective_stderr']:.1f}"
        at_best = rows[["objective", "prior"]].iloc[0].map("{:.1f}".format)
        for what, value, prior, errors in (
            ("foretold", objective, f"{foretold['prior']:.1f}", foretold),
            ("each left out of the fit", "–", "–", foretold["held_out"]),
            ("best trial", *at_best, measured),
        ):
            density, heat = (
                np.nanmean(np.abs(list(errors[name].values())))
                for name in ("density", "heat_of_vaporisation")
            )
            cells = [f"`{rule}`", what, value, prior, f"{density:.1f} %", f"{heat:.0f} %"]
            lines.append(_line(cells))
    return "\n".join(lines)


def foretold_table(constants: Mapping[str, Mapping[str, Any]]) -> str:
    """Write a row for each liquid: errors foretold of density and heat (%) by rule."""
    by_rule = {rule: of["provenance"]["foretold"] for rule, of in constants.items()}
    titles = ["liquid", *(f"density, `{rule}`" for rule in by_rule)]
    titles += [f"heat, `{rule}`" for rule in by_rule]
    lines = [_line(titles), "|---" * len(titles) + "|"]
    for name in dict.fromkeys(name for of in by_rule.values() for name in of["density"]):
        cells = [
            f"{of[key][name]:+.{digits}f} %" if name in of[key] else "–"
            for key, digits in (("density", 1), ("heat_of_vaporisation", 0))
            for of in by_rule.values()
        ]
        lines.append(_line([name.replace("_", " "), *cells]))
    return "\n".join(lines)


def liquids_table(trials: pd.DataFrame) -> str:
    """Write a row for each liquid: density (g/cm³) and heat of vaporisation (kJ/mol) by rule."""
    rules = list(dict.fromkeys(trials["rule"]))
    named = [f"`{rule}`" for rule in rules]
    titles = ["liquid", "density, experiment", *named, "heat, experiment", *named]
    lines = [_line(titles), "|---" * len(titles) + "|"]
    for name, rows in best_trials(trials).groupby("liquid", sort=False):
        density, heat = rows[["experiment", "heat_experiment"]].iloc[0]
        found = [rows[rows["rule"] == rule].iloc[0] for rule in rules]
        densities = [
            f"{row['density']:.4f} ± {row['density_stderr']:.4f} "
            f"({100 * (row['density'] / density - 1):+.1f} %)"
            for row in found
        ]
        heats = [f"{row['heat']:.1f} ± {row['heat_stderr']:.1f}" for row in found]
        known = "–" if np.isnan(heat) else f"{heat:.1f}"
        title = str(name).replace("_", " ")
        lines.append(_line([title, f"{density:.4f}", *densities, known, *heats]))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
