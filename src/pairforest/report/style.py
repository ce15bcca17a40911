"""One look for all figures: the same colour for the same thing throughout."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from pairforest.files import replacing

ELEMENT_COLOURS = {
    "H": "#7f7f7f",
    "C": "#1b1b1b",
    "N": "#3050f8",
    "O": "#d62728",
    "F": "#2ca02c",
    "P": "#ff7f0e",
    "S": "#bcbd22",
    "Li": "#9467bd",
    "B": "#e377c2",
    "Cl": "#17becf",
    "Si": "#8c6d31",
}
OTHER_COLOUR = "#b0c4de"
LIQUID_COLOURS = {
    "water": "#1f77b4",
    "ethanol": "#2ca02c",
    "octane": "#8c564b",
    "ethylene_carbonate": "#d62728",
}


def use() -> None:
    """Set the look, without a screen."""
    mpl.use("Agg")
    mpl.rcParams.update(
        {
            "figure.dpi": 110,
            "font.size": 9,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
        }
    )


def save(figure: Figure, path: Path) -> None:
    """Write a PNG in one step, the same bytes for the same picture."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})
