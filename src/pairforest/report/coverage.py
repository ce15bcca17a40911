"""Figures of our own database: its curves, its atoms, and how converged it is."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pairforest.report.style import ELEMENT_COLOURS, OTHER_COLOUR

_WANTED_MEV = 10.0
_WANTED_PERCENT = 1.0
_N_COLUMNS = 3
_FEW = 5
_NEUTRAL_COLOUR = "#1b1b1b"
_LINES = {"ours": "o-", "published, half charge": "--", "published, as published": ":"}


def pairs(rows: pd.DataFrame) -> Figure:
    """Draw each element's energies against distance, one line per total charge.

    Parameters
    ----------
    rows : DataFrame
        Of schema `tables.QE_DIMERS`. Energies are shown relative to that of the largest distance.
    """
    elements = list(dict.fromkeys(rows["element"]))
    n_rows = -(-len(elements) // _N_COLUMNS)
    figure = Figure(figsize=(9, 2.6 * n_rows))
    axes = np.atleast_1d(figure.subplots(n_rows, _N_COLUMNS)).ravel()
    for axis in axes[len(elements) :]:
        axis.set_visible(False)
    charges = sorted(rows["charge"].unique())
    colours = mpl.colormaps["coolwarm"](np.linspace(0, 1, max(2, len(charges))))
    for axis, element in zip(axes, elements, strict=False):
        for shade, charge in zip(colours, charges, strict=False):
            colour = shade if charge else _NEUTRAL_COLOUR  # the map's middle is too pale
            curve = rows[(rows["element"] == element) & (rows["charge"] == charge)]
            curve = curve.dropna(subset=["energy"]).sort_values("distance")
            if curve.empty:
                continue
            energy = curve["energy"] - curve["energy"].iloc[-1]
            good = (curve["status"] == "converged").to_numpy()
            axis.plot(curve["distance"], energy, "-", lw=0.9, color=colour, label=f"{charge:+g}")
            axis.plot(curve["distance"][good], energy[good], "o", ms=2.5, color=colour)
            axis.plot(curve["distance"][~good], energy[~good], "x", ms=5, color=colour)
        axis.set_yscale("symlog", linthresh=1)
        axis.set_title(f"{element}–{element}")
        axis.set_xlabel("distance (Å)")
        axis.set_ylabel("energy (eV, symlog)")
    axes[0].legend(fontsize=7, title="total charge (e)", title_fontsize=7)
    return figure


def atoms(rows: pd.DataFrame) -> Figure:
    """Draw each atom's volume over that of the free atom against its charge.

    Parameters
    ----------
    rows : DataFrame
        Of schema `tables.QE_ATOMS`, free atoms included.
    """
    free = rows["molecule"].str.startswith("free ")
    of_free = rows[free & rows["volume"].notna()].set_index("element")["volume"]
    bound = rows[~free & rows["volume"].notna() & rows["element"].isin(of_free.index)]
    figure = Figure(figsize=(9, 4))
    axis = figure.subplots()
    for element, group in bound.groupby("element"):
        ratio = group["volume"] / of_free[element]
        colour = ELEMENT_COLOURS.get(str(element), OTHER_COLOUR)
        axis.plot(group["charge"], ratio, "o", ms=3, color=colour, label=element)
    axis.set_xlabel("MBIS charge (e)")
    axis.set_ylabel("volume in the molecule / free")
    axis.legend(fontsize=7, ncols=2)
    return figure


def walls(single: pd.DataFrame, law: pd.DataFrame) -> Figure:
    """Draw where atoms repel against their volume: each that was felt, the law, and a sphere's ⅓.

    Parameters
    ----------
    single : DataFrame
        kind, volume (bohr³) and distance (Å), as `walls.law.each` gives them.
    law : DataFrame
        Of schema `tables.WALLS`; kinds of fewer than five atoms are not drawn.
    """
    drawn = law[law["n_atoms"] >= _FEW].to_dict("records")
    figure = Figure(figsize=(9, 2.6 * -(-len(drawn) // _N_COLUMNS)))
    axes = np.atleast_1d(figure.subplots(-(-len(drawn) // _N_COLUMNS), _N_COLUMNS)).ravel()
    for axis in axes[len(drawn) :]:
        axis.set_visible(False)
    for axis, row in zip(axes, drawn, strict=False):
        of = single[single["kind"] == row["kind"]]
        colour = ELEMENT_COLOURS.get(row["kind"].split("_")[0], OTHER_COLOUR)
        axis.plot(of["volume"], of["distance"], "o", ms=3, color=colour)
        volume = np.linspace(of["volume"].min(), of["volume"].max(), 50)
        for power, line in ((row["exponent"], "-"), (1 / 3, ":")):
            wall = row["distance"] * (volume / row["volume"]) ** power
            axis.plot(volume, wall, line, lw=1, color="#1b1b1b", label=f"$V^{{{power:.2f}}}$")
        axis.set_title(row["kind"].replace("_", ", "))
        axis.set_xlabel("volume (bohr³)")
        axis.set_ylabel("wall (Å)")
        axis.legend(fontsize=7)
    return figure


def pair_convergence(measured: dict[str, dict[str, dict[str, Any]]]) -> Figure:
    """Draw errors of relative energies against cutoff and against the cell's edge.

    Parameters
    ----------
    measured : dict
        Of ``benchmarks/results/qe_convergence.json``.
    """
    figure = Figure(figsize=(9, 3.6))
    left, right = figure.subplots(1, 2)
    for name, steps in measured["cutoff"].items():
        element, family = name.split()
        colour = ELEMENT_COLOURS.get(element, OTHER_COLOUR)
        line = "o-" if family == "paw" else "s--"
        _errors(left, steps, "error_mev", line, color=colour, label=name)
    left.set_xlabel("cutoff of the wavefunctions (Ry)")
    for name, steps in measured["cell"].items():
        element, charge = name.split()
        colour = ELEMENT_COLOURS.get(element, OTHER_COLOUR)
        line = {"+0": "o-", "+1": "^:", "-1": "v:"}[charge]
        _errors(right, steps, "error_mev", line, color=colour, label=name)
    right.set_xlabel("edge of the cell (Å)")
    for axis in (left, right):
        axis.axhline(_WANTED_MEV, lw=0.8, color="#1b1b1b")
        axis.set_yscale("log")
        axis.set_ylabel("error of relative energies (meV)")
        axis.legend(fontsize=6, ncols=2)
    return figure


def volume_convergence(measured: dict[str, dict[str, dict[str, Any]]]) -> Figure:
    """Draw errors of volumes against each knob of the molecules.

    Parameters
    ----------
    measured : dict
        Of ``benchmarks/results/mbis_convergence.json``.
    """
    knobs = [name for name in measured if name != "families"]
    figure = Figure(figsize=(9, 5.4))
    n_rows = -(-len(knobs) // _N_COLUMNS)
    for place, name in enumerate(knobs, 1):
        axis = figure.add_subplot(n_rows, _N_COLUMNS, place)
        _errors(axis, measured[name], "volume_percent", "o-", color="#1f77b4")
        axis.axhline(_WANTED_PERCENT, lw=0.8, color="#1b1b1b")
        axis.set_yscale("log")
        axis.set_title(name)
        unit = next(iter(measured[name])).split()[-1]
        axis.set_xlabel(f"({unit})")
        axis.set_ylabel("error of a volume (%)")
    return figure


def published_curves(measured: dict[str, Any]) -> Figure:
    """Draw our energies beside the published, with either Coulomb energy taken out.

    Parameters
    ----------
    measured : dict
        Of ``benchmarks/results/published_curves.json``.
    """
    pairs = {name: found for name, found in measured.items() if isinstance(found, dict)}
    figure = Figure(figsize=(9, 3))
    for axis, (name, found) in zip(figure.subplots(1, len(pairs)), pairs.items(), strict=True):
        for label, line in _LINES.items():
            axis.plot(found["distance"], found[label], line, ms=3, lw=1, label=label)
        axis.set_yscale("symlog", linthresh=2)
        axis.set_title(f"{name} e")
        axis.set_xlabel("distance (Å)")
    figure.axes[0].set_ylabel("energy (eV, symlog)")
    figure.axes[0].legend(fontsize=7)
    return figure


def _errors(axis: Axes, steps: dict[str, Any], what: str, line: str, **style: Any) -> None:
    """Draw the error of every step but the reference, which is the last, against its number."""
    numbers = [float(name.split()[0].split("/")[0]) for name in steps][:-1]
    axis.plot(numbers, [step[what] for step in steps.values()][:-1], line, ms=3, lw=0.9, **style)
