"""What the shape of trees makes of molecules seen and not seen before: dispersion and densities.

Usage: python benchmarks/trees.py

Trees choose thresholds at random (extra trees, shipped) or the best (random forest, the paper's),
are whole or cut short, and see all labels or draws of them; all else is as shipped. Test liquids'
molecules are left out, whole. A molecule's C₆ is the square of the sum of its atoms' roots: of
molecules learned from, and of each left out. Densities are the ten calibration liquids', each left
out: foretold from what the forest misses of walls and C₆, by element, and the slopes of the
calibration, which are those of its own factors on them. A polar hydrogen's C₆, of which it has
none, does not count there.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from charges import test_liquids
from pairforest import tables
from pairforest.calibration import study
from pairforest.config import load_params, load_profile
from pairforest.forest.features import TARGETS, features
from pairforest.forest.model import build
from pairforest.labels import constants
from pairforest.potential import Buckingham, walls_of
from pairforest.stages import calibrate
from pairforest.stages.potentials import ATOMS
from result import write

LABELS = Path("data/labels/aim/labels.parquet")
BEST = Path("models/aim/best_params.json")
TREES = {
    f"{thresholds} thresholds, {cut}": {"kind": kind, **depth}
    for thresholds, kind in (("random", "extra_trees"), ("best", "random_forest"))
    for cut, depth in (
        ("whole", {"max_depth": None, "bootstrap": False}),
        ("8 levels", {"max_depth": 8, "bootstrap": False}),
        ("resampled", {"max_depth": None, "bootstrap": True}),
    )
}
FACTORS = {"C": "default", "H": "H", "O": "O"}
"""Calibrated factors on walls and C₆, by element."""

Array = NDArray[np.float64]
PARAMS = load_params()


def learned() -> pd.DataFrame:
    """Give the labels that are no test liquid's molecule's."""
    labels = tables.read(LABELS, tables.LABELS)
    return labels[~labels["molecule"].isin(test_liquids())].reset_index(drop=True)


def whole(rows: pd.DataFrame, C: Array) -> pd.Series:
    """Give each molecule's C₆ (eV Å⁶) from its distinct atoms'."""
    roots = rows["n_points"] * np.sqrt(np.maximum(C, 0.0))
    return roots.groupby(rows["molecule"]).sum() ** 2


def missed(rows: pd.DataFrame, predicted: Array) -> dict[str, float]:
    """Give the mean logarithm of predicted walls and C₆ over known ones, by calibrated factor.

    Atoms without a C₆ do not count for C₆.
    """
    known = rows[TARGETS].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):  # polar hydrogens have no C₆
        errors = {
            "wall": np.log(_walls(predicted) / _walls(known)),
            "c6": np.log(predicted[:, 2] / known[:, 2]),
        }
    found = {}
    for element, kind in FACTORS.items():
        for which, error in errors.items():
            mine = (rows["element"] == element).to_numpy() & np.isfinite(error)
            if mine.any():
                weights = rows.loc[mine, "n_points"]
                found[f"{which}.{kind}"] = float(np.average(error[mine], weights=weights))
    return found


def densities(rows: pd.DataFrame, predicted: Array, answers: dict[str, Array]) -> list[float]:
    """Give what each calibration liquid's density would be off, relative."""
    names = list(PARAMS.calibrate.parameters)
    found = []
    for liquid, slopes in answers.items():
        mine = (rows["molecule"] == liquid).to_numpy()
        shifts = missed(rows[mine], predicted[mine])
        found.append(sum(slopes[names.index(factor)] * by for factor, by in shifts.items()))
    return found


def calibrated() -> dict[str, Array]:
    """Give by calibration liquid the logarithmic slopes of its density by each factor."""
    settings, rule = PARAMS.calibrate, PARAMS.labels.aim.mixing_rule
    liquids = calibrate.calibration_liquids(settings)
    atoms = tables.read(ATOMS, tables.ATOMS)
    job = calibrate.Calibration(rule, settings, load_profile(settings.md), liquids, atoms, 1)
    provenance = constants.load(PARAMS.labels.aim.constants, rule).provenance
    done = study.finished(provenance["study"], calibrate.JOURNAL)
    slopes = study.best(done, job.experiment, settings).slopes
    each = [job.errors(column)["density"] for column in slopes.T]
    return {name: np.array([one[name] for one in each]) / 100 for name in liquids}


def _walls(like: Array) -> Array:
    return walls_of(Buckingham(*like.T))


def main() -> None:
    """Fit every kind of trees and keep what molecules' dispersion and densities are missed by."""
    rows, answers = learned(), calibrated()
    X, Y = features(rows).to_numpy(), rows[TARGETS].to_numpy()
    best = json.loads(BEST.read_text(encoding="utf-8"))["params"]
    truth, measured = whole(rows, Y[:, 2]), {}
    for name, changes in TREES.items():
        settings = PARAMS.model.model_copy(update={**best, **changes})
        model = build(settings, PARAMS.labels.aim.learning_scale)
        seen = model.fit(X, Y).predict(X)
        one_out = LeaveOneGroupOut()
        unseen = cross_val_predict(model, X, Y, groups=rows["molecule"], cv=one_out, n_jobs=-1)
        measured[name] = {
            f"{what} {which}, rms (%)": 100 * float(np.sqrt(np.mean(np.square(errors))))
            for which, predicted in (("seen", seen), ("not seen", unseen))
            for what, errors in (
                ("C6", whole(rows, predicted[:, 2]) / truth - 1),
                ("densities", densities(rows, predicted, answers)),
            )
        }
        print(name, measured[name], flush=True)
    which = "densities not seen, rms (%)"
    ours, others = measured["random thresholds, whole"], measured["best thresholds, whole"]
    write(
        "trees",
        compared="error of densities of molecules not seen: best thresholds over random ones",
        ratio=others[which] / ours[which],
        sizes={"molecules": len(truth), "rows": len(rows), "liquids": len(answers)},
        measured=measured,
    )


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    main()
