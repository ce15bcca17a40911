"""Fit the whole Lal 2023 database by variable projection and by Levenberg-Marquardt, in one run.

Usage: python benchmarks/labels.py [--seconds 300]
"""

import argparse
import os
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy: one core is the promise

import numpy as np

from pairforest import tables
from pairforest.config import load_params
from pairforest.labels import levenberg_marquardt
from pairforest.labels.curves import cut
from pairforest.labels.dimer import label
from pairforest.labels.fit import N_CONSTANTS, fit
from result import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="for Levenberg-Marquardt")
    limit = parser.parse_args().seconds
    dimers = tables.read(Path("data/database/dimers.parquet"), tables.DIMERS)
    recipe = load_params().labels.dimer
    curves = [c for c in cut(dimers, "as_published") if len(c.distance) >= N_CONSTANTS]
    bounds = recipe.bounds.as_bounds()
    fit(curves[:1], [bounds])  # imports and first calls are not counted

    start = time.process_time()
    fast = fit(curves, [bounds] * len(curves), recipe.fit.n_grid)
    fast_seconds = time.process_time() - start
    start = time.process_time()
    label(curves, recipe)
    recipe_seconds = time.process_time() - start

    # A random order, so that a limit in time still gives a fair sample.
    order = np.random.default_rng(0).permutation(len(curves))
    slow_r2, start = [], time.process_time()
    for i in order:
        slow_r2.append(levenberg_marquardt.fit([curves[i]], [bounds]).r2[0])
        slow_seconds = time.process_time() - start
        if slow_seconds > limit:
            break
    done = len(slow_r2)
    per_curve = slow_seconds / done
    gap = fast.r2[order[:done]] - np.array(slow_r2)
    write(
        "labels",
        compared="bounded Buckingham fits: variable projection against Levenberg-Marquardt from "
        "27 starts, same curves, one core, CPU time",
        ratio=per_curve / (fast_seconds / len(curves)),
        sizes={"curves": len(curves), "curves_levenberg_marquardt": done},
        measured={
            "variable_projection_seconds": fast_seconds,
            "recipe_with_clustering_seconds": recipe_seconds,
            "levenberg_marquardt_seconds_per_curve": per_curve,
            "levenberg_marquardt_seconds_whole_database": per_curve * len(curves),
            "r2_gain_median": float(np.median(gap)),
            "r2_gain_smallest": float(gap.min()),
            "curves_better_by_0.001": int((gap > 1e-3).sum()),
        },
    )


if __name__ == "__main__":
    main()
