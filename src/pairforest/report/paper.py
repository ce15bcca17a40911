"""``reports/paper.md``: Lal et al. 2023 beside a run of the pipeline and experiment."""

from typing import Any

import numpy as np
import pandas as pd

_CONSTANTS = ["A", "B", "C"]
_DATABASES = {
    "lal2023": "the same database, bounds, clustering, features and mixing rule",
    "builtin": "the same bounds, clustering, features and mixing rule, but this project's own\n"
    "database of pair energies ([database.md](database.md); `database=lal2023` takes theirs)",
}


def accuracy(predicted: float, reference: float) -> float:
    """Give the paper's "R²" of one constant: 100 (1 − |predicted − reference|/|reference|)."""
    return float(100 * (1 - abs(predicted - reference) / abs(reference)))


def neighbours_mean(labels: pd.DataFrame, element: str, charge: float) -> pd.Series:
    """Give the mean A, B, C of the kept labels next below and next above a charge.

    Parameters
    ----------
    labels : DataFrame
        Of schema `tables.LABELS`.
    element : str
        Symbol.
    charge : float
        e. Beyond the element's last label, that label alone counts.
    """
    own = labels[labels["kept"] & (labels["element"] == element)].sort_values("charge")
    below, above = own[own["charge"] <= charge].tail(1), own[own["charge"] > charge].head(1)
    return pd.concat([below, above])[_CONSTANTS].mean()


def table_4(predictions: pd.DataFrame, labels: pd.DataFrame, published: pd.DataFrame) -> str:
    """Write accuracies of predicted constants, the paper's beside ours.

    Parameters
    ----------
    predictions : DataFrame
        element, charge and predicted A, B, C.
    labels : DataFrame
        Clustered labels, the reference.
    published : DataFrame
        The paper's Table 4: element, charge, A, B, C in per cent.
    """
    lines = [
        "| atom | charge (e) | A, paper | A, ours | B, paper | B, ours | C, paper | C, ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in published.to_dict("records"):
        element, charge = str(row["element"]), float(row["charge"])
        reference = neighbours_mean(labels, element, charge)
        own = predictions[
            (predictions["element"] == element) & np.isclose(predictions["charge"], charge)
        ]
        cells = []
        for name in _CONSTANTS:
            known = len(own) and not reference.isna()[name] and reference[name] != 0
            value = accuracy(own[name].iloc[0], reference[name]) if known else None
            cells += [f"{row[name]:.1f}", "–" if value is None else f"{value:.1f}"]
        lines.append(f"| {element} | {charge:+.4f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table_5(densities: dict[str, Any], published: pd.DataFrame) -> str:
    """Write densities (g/cm³): experiment, the paper, ours with error bar or status."""
    lines = [
        "| liquid | experiment | at (K) | paper | its error | ours | our error | status |",
        "|---|---|---|---|---|---|---|---|",
    ]
    paper = published.set_index("liquid")
    for name, row in densities.items():
        theirs, error = "–", "–"
        if name in paper.index:
            value, measured = paper["density"][name], paper["experiment"][name]
            theirs, error = f"{value:.2f}", f"{100 * (value - measured) / measured:+.1f} %"
        ours, our_error = "–", "–"
        if row["density"] is not None:
            ours = f"{row['density']:.4f} ± {row['stderr']:.4f}"
            if row["error_percent"] is not None:
                our_error = f"{row['error_percent']:+.1f} %"
        elif row["last_density"] is not None:
            ours = f"(last seen {row['last_density']:.2f})"
        experiment = "–" if row["experiment"] is None else f"{row['experiment']:.4f}"
        why = f": {row['reason']}" if row["reason"] else ""
        lines.append(
            f"| {name.replace('_', ' ')} | {experiment} | {row['temperature']:.2f} | {theirs} | "
            f"{error} | {ours} | {our_error} | {row['status']}{why} |"
        )
    return "\n".join(lines)


def verdict(
    train: dict[str, Any], density: dict[str, Any], predictions: pd.DataFrame, claimed: float
) -> str:
    """Say in two sentences what the paper's accuracy is and what its constants do.

    Parameters
    ----------
    train, density : dict
        Metrics of recipe `dimer`.
    predictions : DataFrame
        Predicted A, B, C of the liquids' atoms.
    claimed : float
        The paper's accuracy, per cent.
    """
    split = train["paper_split"]["original"]["mean"]
    others = train["other_splits"]["original"]["mean"]
    left_out = train["leave_element_out"]["original"]["mean"]["mean"]
    liquids = {
        name: row for name, row in density["liquids"].items() if row["status"] != "missing_charges"
    }
    held = [name for name, row in liquids.items() if row["density"] is not None]
    outcomes = ", ".join(
        f"{name} {row['status']}".replace("_", " ") for name, row in liquids.items()
    )
    repelling = 100 * (predictions["C"] < 0).mean() if len(predictions) else float("nan")
    cores = f"{predictions['B'].min():.2f} to {predictions['B'].max():.2f} Å"
    return (
        f"The paper's {claimed} % is the mean R² of one split over labels that clustering has made "
        f"nearly equal within each element, nearly every test element being in the training set: "
        f"such a split gives {split:.2f} here with the paper's seed, {others['mean']:.2f} ± "
        f"{others['std']:.2f} with others, and {left_out:.2f} when whole elements are left out. "
        f"In LAMMPS its constants hold {len(held)} of {len(liquids)} liquids ({outcomes}; profile "
        f"`{density['profile']}`): {repelling:.0f} % of the predicted C are negative and so repel, "
        f"which leaves attraction to the charges, against cores whose range B is {cores}."
    )


def render(
    *,
    predictions: pd.DataFrame,
    labels: pd.DataFrame,
    summary: dict[str, Any],
    train: dict[str, Any],
    density: dict[str, Any],
    controls: dict[str, Any],
    published: dict[str, Any],
    database: str,
    highest: float,
) -> str:
    """Write the whole page.

    Parameters
    ----------
    predictions, labels : DataFrame
        Predicted constants of the liquids' atoms; clustered labels.
    summary, train, density : dict
        The three metrics of recipe `dimer`.
    controls : dict
        ``metrics/controls.json``.
    published : dict
        ``data/raw/lal2023_published.yaml``.
    database : {'builtin', 'lal2023'}
        Which database the labels are from.
    highest : float
        The largest relative energy that was fitted, eV.
    """
    tables = {
        name: pd.DataFrame(published[name]["rows"], columns=published[name]["columns"])
        for name in ("table_4", "table_5")
    }
    return f"""# The paper, remade

Lal et al. 2023 (doi 10.20944/preprints202311.1620.v1) beside recipe `dimer` of this repository:
{_DATABASES[database]}. This page is written by `dvc repro`.

{verdict(train, density, predictions, published["forest_accuracy_percent"])}

**Read with care:** in this recipe a label's charge is the *total* charge of a pair, and the forest
is then asked for the *partial* charge of an atom, as in the paper. The forest sees the paper's
charges as printed; LAMMPS gets them neutralised (none of the four lists sums to zero).

## Labels

{summary["n_kept"]} of {summary["n_configurations"]} configurations reach the least R² after
clustering; the median R² is {summary["r2_median"]:.4f} ({summary["r2_median_unclustered"]:.4f}
before). An unweighted R² sees the nuclear wall, which rises to {highest:,.0f} eV here: the covalent
wells, and anything like a van der Waals well, do not count in it.
{_unlabelled(summary, predictions)}

![Energy curves with fits](figures/curves.png)

![Constants before and after clustering](figures/constants.png)

## The forest

{forest_table(train)}

The spread is the standard deviation over seeds or repeats, and in the last row the jackknife error
over elements. The knobs were tuned by cross-validation over these same rows, so all but the last
are on the kind side. Rows are split in this table's order, by element and charge; the paper split
them in the order of its files, which is not published, and learned A, B and C untransformed.

![Held-out predictions against fits](figures/predicted.png)

## Table 4: predicted constants of the test molecules' atoms

"R²" in per cent as the paper defines it, 100 (1 − |predicted − reference|/|reference|), the
reference being the mean of the clustered labels at the neighbouring charges.

{table_4(predictions, labels, tables["table_4"])}

## Table 5: densities (g/cm³)

Profile `{density["profile"]}`; error bars are one standard error of correlated samples
([how](../docs/density.md)).

{table_5(density["liquids"], tables["table_5"])}

![Density against time](figures/density.png)

*Shaded: discarded as equilibration. Black: running mean of the rest.*

![Radial distribution functions](figures/structure.png)

![Snapshots](figures/snapshots.png)

## Is it the engine?

Published force fields through the same engine, profile `{controls["profile"]}`, beside what they
should give:

{controls_table(controls)}

W99 has its hydrogens 0.1 Å nearer to the carbon, and here has octane without charges and ethylene
carbonate with the paper's: it is reported, not expected to hit.
"""


def _unlabelled(summary: dict[str, Any], predictions: pd.DataFrame) -> str:
    """Say which of the liquids' elements the forest never saw."""
    kept = summary["n_kept_by_element"]
    never = [element for element in predictions["element"].unique() if not kept.get(element)]
    return (
        f"No label of {', '.join(never)} is left: there the forest extrapolates." if never else ""
    )


def controls_table(controls: dict[str, Any]) -> str:
    """Write control densities (g/cm³) beside their references."""
    lines = ["| control | reference | density | error | status |", "|---|---|---|---|---|"]
    for name, row in controls.items():
        if name == "profile":
            continue
        known = row["density"] is not None
        value = f"{row['density']:.4f} ± {row['stderr']:.4f}" if known else "–"
        error = "–" if row["error_percent"] is None else f"{row['error_percent']:+.1f} %"
        reference = "–"
        if row["reference"] is not None:
            reference = f"{row['reference']:.4f} ({row['reference_source']})"
        title = name.replace("_", " ")
        why = f": {row['reason']}" if row["reason"] else ""
        lines.append(f"| {title} | {reference} | {value} | {error} | {row['status']}{why} |")
    return "\n".join(lines)


def forest_table(train: dict[str, Any]) -> str:
    """Write the mean R² of A, B and C by kind of test and scale."""
    lines = ["| R² (mean of A, B, C) | original scale | learning scale |", "|---|---|---|"]
    kinds = {
        "paper_split": "one split like the paper's (75/25, seed 32)",
        "other_splits": "the same with other seeds",
        "repeated_kfold": "k-fold, repeated",
        "leave_element_out": "whole elements left out",
    }
    for kind, title in kinds.items():
        cells = []
        for scale in ("original", "learning"):
            score = train[kind][scale]["mean"]
            spread = isinstance(score, dict)
            cells.append(f"{score['mean']:.2f} ± {score['std']:.2f}" if spread else f"{score:.2f}")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
