"""The figures of Lal et al. 2023, remade from a run of the pipeline."""

from typing import Any

import numpy as np
import pandas as pd
from ase import Atoms
from ase.visualize.plot import plot_atoms
from matplotlib.figure import Figure

from pairforest.potential import Buckingham, energy
from pairforest.report.style import ELEMENT_COLOURS, LIQUID_COLOURS, OTHER_COLOUR

_SHOWN = [("H", 0.0), ("C", 0.0), ("O", 0.0), ("C", 1.0), ("O", -0.75), ("H", 0.35)]
_UNITS = {"A": "eV", "B": "Å", "C": "eV Å⁶"}


def energy_curves(
    curves: dict[tuple[str, float], pd.DataFrame],
    unclustered: pd.DataFrame,
    clustered: pd.DataFrame,
) -> Figure:
    """Draw energy against distance with both fits.

    Parameters
    ----------
    curves : dict
        By element and total charge (e): distance (Å), energy (eV), suspect (bool).
    unclustered, clustered : DataFrame
        Labels before and after clustering.
    """
    chosen = [system for system in _SHOWN if system in curves] or sorted(curves)[:6]
    rows = -(-len(chosen) // 3)
    figure = Figure(figsize=(9, 2.7 * rows))
    axes = np.atleast_1d(figure.subplots(rows, 3)).ravel()
    for axis in axes[len(chosen) :]:
        axis.set_visible(False)
    for axis, (element, charge) in zip(axes, chosen, strict=False):
        points = curves[element, charge]
        colour = ELEMENT_COLOURS.get(element, OTHER_COLOUR)
        good, bad = points[~points["suspect"]], points[points["suspect"]]
        axis.plot(good["distance"], good["energy"], "o", ms=4, color=colour, label="PBE")
        if len(bad):
            axis.plot(bad["distance"], bad["energy"], "x", ms=5, color=colour, label="suspect")
        r = np.geomspace(points["distance"].min(), points["distance"].max(), 300)
        for name, labels, line in (("fit", unclustered, "-"), ("clustered", clustered, "--")):
            match = labels[(labels["element"] == element) & np.isclose(labels["charge"], charge)]
            if match.empty or match["A"].isna().any():
                continue
            row = match.iloc[0]
            fitted = energy(r, Buckingham(row["A"], row["B"], row["C"]))
            axis.plot(r, fitted, line, lw=1, color="#1f77b4", label=f"{name}, R² {row['r2']:.4f}")
        axis.set_yscale("symlog", linthresh=1)
        axis.set_title(f"{element}–{element}, total charge {charge:+g} e")
        axis.set_xlabel("distance (Å)")
        axis.set_ylabel("energy (eV, symlog)")
        axis.legend(fontsize=7)
    return figure


def constants(unclustered: pd.DataFrame, clustered: pd.DataFrame) -> Figure:
    """Draw A, B and C of every configuration against atomic number, before and after clustering.

    Parameters
    ----------
    unclustered, clustered : DataFrame
        Labels with a column ``atomic_number``.
    """
    figure = Figure(figsize=(9, 6))
    axes = figure.subplots(3, 2, sharex=True, sharey="row")
    for column, (title, labels) in enumerate(
        (("before clustering", unclustered), ("after clustering, kept", clustered))
    ):
        for row, (name, unit) in enumerate(_UNITS.items()):
            axis = axes[row, column]
            colours = [ELEMENT_COLOURS.get(e, OTHER_COLOUR) for e in labels["element"]]
            axis.scatter(labels["atomic_number"], labels[name], s=10, c=colours)
            if name == "A":
                axis.set_yscale("log")
            if name == "C":
                axis.set_yscale("symlog", linthresh=1e-5)
            if column == 0:
                axis.set_ylabel(f"{name} ({unit})")
        axes[0, column].set_title(title)
        axes[2, column].set_xlabel("atomic number")
    return figure


def predicted_against_fitted(table: pd.DataFrame) -> Figure:
    """Draw held-out predictions of A, B and C against the fitted values.

    Parameters
    ----------
    table : DataFrame
        As `forest.evaluate.held_out_predictions` gives it.
    """
    figure = Figure(figsize=(9, 3.2))
    colours = [ELEMENT_COLOURS.get(e, OTHER_COLOUR) for e in table["element"]]
    for axis, (name, unit) in zip(figure.subplots(1, 3), _UNITS.items(), strict=True):
        fitted, predicted = table[name], table[f"{name}_predicted"]
        axis.scatter(fitted, predicted, s=10, c=colours)
        ends = [min(fitted.min(), predicted.min()), max(fitted.max(), predicted.max())]
        axis.plot(ends, ends, lw=0.8, color="#1f77b4")
        if name == "A":
            axis.set_xscale("log")
            axis.set_yscale("log")
        if name == "C":
            axis.set_xscale("symlog", linthresh=1e-4)
            axis.set_yscale("symlog", linthresh=1e-4)
            axis.tick_params(axis="x", rotation=45)
        axis.set_xlabel(f"fitted {name} ({unit})")
        axis.set_ylabel(f"predicted, held out ({unit})")
    return figure


def density_against_time(series: pd.DataFrame, densities: dict[str, dict[str, Any]]) -> Figure:
    """Draw density against time; the discarded part is shaded, experiment a dashed line.

    Parameters
    ----------
    series : DataFrame
        Of schema `tables.SERIES`.
    densities : dict
        The ``liquids`` of ``metrics/density/<recipe>.json``.
    """
    figure = Figure(figsize=(9, 2.6 * -(-len(densities) // 2)))
    axes = np.atleast_1d(figure.subplots(-(-len(densities) // 2), 2)).ravel()
    for axis in axes[len(densities) :]:
        axis.set_visible(False)
    for axis, (name, row) in zip(axes, densities.items(), strict=False):
        one = series[series["liquid"] == name]
        colour = LIQUID_COLOURS.get(name, OTHER_COLOUR)
        marker = "o" if len(one) == 1 else None  # lost before the first sample of NPT
        axis.plot(one["time"], one["density"], lw=0.7, alpha=0.4, color=colour, marker=marker)
        used = one[one["used"]]
        axis.plot(used["time"], used["density"], lw=0.7, color=colour)
        if len(used):
            mean = used.groupby("replica")["density"].expanding().mean().droplevel(0)
            for _, part in used.assign(mean=mean).groupby("replica"):
                axis.plot(part["time"], part["mean"], lw=1.2, color="#1b1b1b", label="running mean")
            axis.axvspan(0, used["time"].min(), color="#1b1b1b", alpha=0.06)
        if row["density"] is not None:
            low, high = row["density"] - row["stderr"], row["density"] + row["stderr"]
            axis.axhspan(low, high, color=colour, alpha=0.2)
        if row["experiment"] is not None:
            axis.axhline(row["experiment"], ls="--", lw=1, color="#1b1b1b", label="experiment")
        if axis.get_legend_handles_labels()[0]:
            axis.legend(fontsize=7)
        axis.set_title(f"{name.replace('_', ' ')}: {row['status'].replace('_', ' ')}")
        axis.set_xlabel("time of NPT (ps)")
        axis.set_ylabel("density (g/cm³)")
    return figure


def radial_distributions(structure: pd.DataFrame) -> Figure:
    """Draw g(r) between molecules of each liquid's main pairs of elements.

    Parameters
    ----------
    structure : DataFrame
        liquid, pair, r (Å), g.
    """
    liquids = structure["liquid"].unique()
    rows = max(1, -(-len(liquids) // 2))
    figure = Figure(figsize=(9, 2.6 * rows))
    axes = np.atleast_1d(figure.subplots(rows, 2)).ravel()
    for axis in axes[len(liquids) :]:
        axis.set_visible(False)
    for axis, name in zip(axes, liquids, strict=False):
        for pair, curve in structure[structure["liquid"] == name].groupby("pair"):
            axis.plot(curve["r"], curve["g"], lw=1, label=pair)
        axis.axhline(1, lw=0.6, color="#1b1b1b")
        axis.set_title(str(name).replace("_", " "))
        axis.set_xlabel("distance (Å)")
        axis.set_ylabel("g(r), between molecules")
        axis.legend(fontsize=7)
    return figure


def snapshots(frames: list[Atoms]) -> Figure:
    """Draw the last frame of each liquid, ``info["liquid"]`` its name."""
    figure = Figure(figsize=(9, 2.6))
    axes = np.atleast_1d(figure.subplots(1, max(1, len(frames))))
    for axis, frame in zip(axes, frames, strict=False):
        symbols = frame.get_chemical_symbols()
        colours = [ELEMENT_COLOURS.get(symbol, OTHER_COLOUR) for symbol in symbols]
        frame.wrap()
        plot_atoms(frame, axis, radii=0.5, colors=colours)
        axis.set_axis_off()
        axis.set_title(frame.info["liquid"].replace("_", " "))
    return figure
