"""Stage `labels`: energy curves, or atoms in molecules, into Buckingham constants."""

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from pairforest import stages, tables
from pairforest.config import Params, load_params
from pairforest.files import write_json
from pairforest.forest.features import TARGETS
from pairforest.labels import aim, constants, curves, dimer

_DATABASE = Path("data/database")


def _dimer(params: Params, folder: Path) -> dict[str, Any]:
    """Fit every curve, and cluster."""
    dimers = tables.read(_DATABASE / "dimers.parquet", tables.DIMERS)
    made = dimer.label(curves.cut(dimers, params.database.coulomb), params.labels.dimer)
    tables.write(folder / "labels.parquet", settled(made.clustered), tables.LABELS)
    tables.write(folder / "unclustered.parquet", settled(made.unclustered), tables.LABELS)
    return {
        "n_configurations": len(made.clustered),
        **_kept(made.clustered),
        "r2_median": round(float(made.clustered["r2"].median()), 6),
        "r2_median_unclustered": round(float(made.unclustered["r2"].median()), 6),
    }


def _aim(params: Params, folder: Path) -> dict[str, Any]:
    """Give every distinct atom its constants."""
    chosen = constants.load(params.labels.aim.constants, params.labels.aim.mixing_rule)
    made = aim.label(tables.read(_DATABASE / "atoms.parquet", tables.ATOMS), chosen)
    tables.write(folder / "labels.parquet", settled(made), tables.LABELS)
    return {"n_configurations": len(made), **_kept(made)}


def settled(labels: pd.DataFrame) -> pd.DataFrame:
    """Give labels to nine digits, as they are stored and learned from.

    Processors differ in the last of sixteen, by which a tree chooses between splits that are alike:
    another forest would grow on each.
    """
    numbers = ["charge", *TARGETS, "r2"]
    return labels.assign(**{name: labels[name].map(_nine_digits) for name in numbers})


def _nine_digits(value: float) -> float:
    return float(f"{value:.9g}")


def _kept(labels: pd.DataFrame) -> dict[str, Any]:
    """Count what the forest learns from, also by element; an element of which nothing is, has 0."""
    by_element = labels.groupby("element")["kept"].sum()
    return {
        "n_kept": int(by_element.sum()),
        "n_kept_by_element": {str(element): int(n) for element, n in by_element.items()},
    }


def main() -> None:
    """Write the labels of a recipe and what they amount to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer", "aim"])
    recipe = parser.parse_args().recipe
    make = {"dimer": _dimer, "aim": _aim}[recipe]
    summary = make(load_params(), Path("data/labels") / recipe)
    write_json(Path(f"metrics/labels/{recipe}.json"), summary)
    print(f"{summary['n_kept']} of {summary['n_configurations']} configurations kept")
    if none := [element for element, n in summary["n_kept_by_element"].items() if n == 0]:
        print(f"no label of {', '.join(none)}: there the forest extrapolates")


if __name__ == "__main__":
    stages.run(main)
