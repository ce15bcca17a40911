"""What trees cut short, or shown a sample, make of molecules' dispersion, seen and not seen before.

Usage: python benchmarks/depth.py

A molecule's C₆ is the square of the sum of its atoms' roots. The forest of recipe `aim`, with the
shipped parameters but for depth and resampling, gives it for molecules that it has learned from,
and by ten folds of molecules for those it has not; a complex is in no fold's training that one of
its parts is not in.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest import tables
from pairforest.config import load_params
from pairforest.forest.features import TARGETS, features, training_rows
from pairforest.forest.model import build
from result import write

LABELS = Path("data/labels/aim/labels.parquet")
BEST = Path("models/aim/best_params.json")
TREES: dict[str, dict[str, int | bool | None]] = {
    "whole": {"max_depth": None, "bootstrap": False},
    "8 levels": {"max_depth": 8, "bootstrap": False},
    "whole, resampled": {"max_depth": None, "bootstrap": True},
    "8 levels, resampled": {"max_depth": 8, "bootstrap": True},
}
N_FOLDS = 10

Array = NDArray[np.float64]


def whole(rows: pd.DataFrame, C: Array) -> pd.Series:
    """Give each molecule's C₆ (eV Å⁶) from its distinct atoms'."""
    roots = rows["n_points"] * np.sqrt(np.maximum(C, 0.0))
    return roots.groupby(rows["molecule"]).sum() ** 2


def folds(rows: pd.DataFrame) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Give training and test rows of each fold."""
    names = np.random.default_rng(0).permutation(rows["molecule"].unique())
    found = []
    for some in np.array_split(names, N_FOLDS):
        test = rows["molecule"].isin(some).to_numpy()
        found.append((~test, test))
    return found


def main() -> None:
    """Fit every kind of trees and keep what molecules' dispersion is missed by."""
    params = load_params()
    rows = training_rows(tables.read(LABELS, tables.LABELS)).reset_index(drop=True)
    X, Y = features(rows).to_numpy(), rows[TARGETS].to_numpy()
    best = json.loads(BEST.read_text(encoding="utf-8"))["params"]
    truth, measured = whole(rows, Y[:, 2]), {}
    for name, changes in TREES.items():
        settings = params.model.model_copy(update={**best, **changes})
        model = build(settings, params.labels.aim.learning_scale)
        seen = model.fit(X, Y).predict(X)[:, 2]
        unseen = np.zeros(len(rows))
        for train, test in folds(rows):
            unseen[test] = model.fit(X[train], Y[train]).predict(X[test])[:, 2]
        for which, C in (("seen", seen), ("not seen", unseen)):
            error = whole(rows, C) / truth - 1
            measured[f"{name}: {which}, rms (%)"] = float(100 * np.sqrt((error**2).mean()))
    write(
        "depth",
        compared="error of C6 of molecules not seen: trees of 8 levels over whole ones",
        ratio=measured["8 levels: not seen, rms (%)"] / measured["whole: not seen, rms (%)"],
        sizes={"molecules": len(truth), "rows": len(rows), "folds": N_FOLDS},
        measured=measured,
    )


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    main()
