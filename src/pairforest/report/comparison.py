"""`reports/comparison.csv` and `.md`: every liquid by every potential, the paper and experiment."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["liquid", "role", "source", "density", "stderr", "error_percent"]
_SOURCES = {
    "aim": "`aim`",
    "aim_held_out": "`aim`, the molecule held out",
    "aim_labels": "`aim`, labels",
    "dimer": "`dimer`",
    "paper": "paper",
}
_ROLES = {
    "paper_test": "the paper's tests",
    "test": "further tests",
    "calibration": "calibration",
    "extra": "extra",
}


def table(
    survey: pd.DataFrame,
    experiment: dict[str, tuple[str, float | None]],
    paper: dict[str, tuple[float, float]],
    controls: dict[str, dict[str, Any]],
) -> pd.DataFrame:
    """Put all densities (g/cm³) into one table.

    Parameters
    ----------
    survey : DataFrame
        liquid, source, density, stderr, experiment (at the run's temperature), status.
    experiment : dict
        Role and density by liquid, at its own temperature; None where there is no trustworthy one.
    paper : dict
        The paper's densities by liquid, and the experimental ones it is compared with there.
    controls : dict
        Of ``metrics/controls.json``, by name: liquid, density, stderr, experiment, status.

    Returns
    -------
    DataFrame
        `COLUMNS`, and status.
    """
    columns = ["liquid", "source", "density", "stderr", "experiment", "status"]
    rows = [
        (name, "experiment", known, np.nan, np.nan, "ok") for name, (_, known) in experiment.items()
    ]
    rows += [
        (name, "paper", density, np.nan, known, "ok") for name, (density, known) in paper.items()
    ]
    rows += list(survey[columns].itertuples(index=False, name=None))
    rows += [
        (found["liquid"], name, *(found[column] for column in columns[2:]))
        for name, found in controls.items()
        if isinstance(found, dict)
    ]
    numbers = dict.fromkeys(columns[2:5], float)
    whole = pd.DataFrame(rows, columns=columns).astype(numbers)
    whole["role"] = [experiment[name][0] for name in whole["liquid"]]
    whole["error_percent"] = 100 * (whole["density"] / whole["experiment"] - 1)
    return whole[[*COLUMNS, "experiment", "status"]]


def render(whole: pd.DataFrame, provenance: str, run: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the page: this run's densities, the survey's errors by role, then its every liquid.

    Parameters
    ----------
    whole : DataFrame
        As `table` gives it.
    provenance : str
        Profile and commit of the survey.
    run : mapping
        Of ``metrics/density/<recipe>.json``, by recipe.
    """
    shown = [source for source in _SOURCES if source in set(whole["source"])]
    return f"""# Every liquid, every potential

Densities at 1 bar in g/cm³ with one standard error, from LAMMPS, beside experiment.

## This run

{of_run(run)}

## The survey

{provenance} `aim` is the forest's prediction; with *the molecule held out* the forest has not seen
its atoms: what a new molecule gets. *Labels* are its own atoms' constants without the forest; where
they are the forest's too, one run stands for both, and `aim` shows nothing of what the forest
costs. Constants were calibrated on the calibration liquids and on no other; tests moved none, but
the recipe's form was changed while some were known ([which](../docs/aim.md#what-is-not-blind)).
`dimer` has the paper's charges for the paper's liquids, for others those of the partition (MBIS).
Controls are published force fields through the same engine. The paper's errors are against its own
experimental values, at its own temperature.

{errors(whole, shown)}

{densities(whole, shown)}
"""


def of_run(run: Mapping[str, Mapping[str, Any]]) -> str:
    """Write a row a liquid, a column a recipe, and the gate below.

    Parameters
    ----------
    run : mapping
        As `render` takes it.
    """
    lines = [
        "| " + " | ".join(["liquid", "T (K)", "experiment", *(f"`{one}`" for one in run)]) + " |",
        "|---" * (3 + len(run)) + "|",
    ]
    for name, of in next(iter(run.values()))["liquids"].items():
        title = name.replace("_", " ")
        cells = [title, f"{of['temperature']:.2f}", _known(of["experiment"])]
        cells += [_cell(found["liquids"][name]) for found in run.values()]
        lines.append("| " + " | ".join(cells) + " |")
    notes = [_gate(recipe, of) for recipe, of in run.items()]
    return "\n".join([*lines, "", *notes])


def _gate(recipe: str, found: Mapping[str, Any]) -> str:
    """Write a line on a recipe's run: profile, mean and largest error, and whether it passed."""
    passed = "the gate is passed" if found["passed"] else "the gate is not passed"
    if found["mae_percent"] is None:
        return f"- `{recipe}`, profile `{found['profile']}`: {passed}."
    return (
        f"- `{recipe}`, profile `{found['profile']}`: mean unsigned error "
        f"{found['mae_percent']:.1f} %, largest {found['max_error_percent']:.1f} %; {passed}."
    )


def errors(whole: pd.DataFrame, sources: list[str]) -> str:
    """Write mean unsigned errors by role: per cent, and g/cm³ in brackets, of how many liquids.

    Those without a density, lost or not run yet, are not in the mean but in the number.
    """
    lines = [
        "| liquids | " + " | ".join(_SOURCES[source] for source in sources) + " |",
        "|---" * (1 + len(sources)) + "|",
    ]
    for role, title in _ROLES.items():
        of_role = whole[whole["role"] == role]
        n_known = int(((of_role["source"] == "experiment") & of_role["density"].notna()).sum())
        if n_known == 0:
            continue
        compared = of_role[of_role["experiment"].notna()]
        cells = [_mean_error(compared[compared["source"] == one], n_known) for one in sources]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _mean_error(rows: pd.DataFrame, n_liquids: int) -> str:
    if rows.empty:
        return "–"
    found = rows[rows["density"].notna()]
    text = f"{n_liquids} liquid" + "s" * (n_liquids > 1)
    if len(found) < n_liquids:
        text = f"{len(found)} of {text}"
    if n := (found["status"] == "not_converged").sum():
        text += f", {n} not converged"
    if found.empty:
        return text
    unsigned = (found["density"] - found["experiment"]).abs()
    return f"{found['error_percent'].abs().mean():.1f} % ({unsigned.mean():.3f}), {text}"


def densities(whole: pd.DataFrame, sources: list[str]) -> str:
    """Write a row a liquid: experiment, then each source with its error."""
    titles = ["liquid", "role", "experiment", *(_SOURCES[s] for s in sources), "controls"]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    order = {role: i for i, role in enumerate(_ROLES)}
    names = whole.drop_duplicates("liquid").set_index("liquid")["role"]
    for name in sorted(names.index, key=lambda one: (order[names[one]], one)):
        rows = whole[whole["liquid"] == name].set_index("source")
        known = rows["density"]["experiment"]
        cells = [_known(known)]
        cells += [_cell(rows.loc[s]) if s in rows.index else "–" for s in sources]
        controls = rows.drop(index=["experiment", *_SOURCES], errors="ignore")
        named = [f"{source}: {_cell(row)}" for source, row in controls.iterrows()]
        cells.append("; ".join(named) or "–")
        title = str(name).replace("_", " ")
        lines.append(f"| {title} | {_ROLES[names[name]]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _known(density: float | None) -> str:
    return "–" if pd.isna(density) else f"{density:.4f}"


def _cell(row: pd.Series | Mapping[str, Any]) -> str:
    if pd.isna(row["density"]):
        return str(row["status"]).replace("_", " ")
    text = f"{row['density']:.4f}"
    if not pd.isna(row["stderr"]):
        text += f" ± {row['stderr']:.4f}"
    if not pd.isna(row["error_percent"]):
        text += f" ({row['error_percent']:+.1f} %)"
    return text if row["status"] == "ok" else f"{text}, {row['status'].replace('_', ' ')}"
