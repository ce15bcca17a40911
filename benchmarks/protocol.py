"""What a density owes to time step, box size, cutoff and luck: published force fields, many runs.

Usage: python benchmarks/protocol.py [--only "water:3 fs" "octane:1 fs"]

Every variant is run in several replicas to a fixed length. Finished runs are taken from scratch/md,
so it goes on where it was; the result is written anew after each variant, and keeps those that
`--only` leaves out. Hours on two cores.
"""

import argparse
from typing import Any

import numpy as np

from pairforest.config import load_liquid, load_profile
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Outcome, Task, simulate_all
from result import earlier, write

POTENTIALS = {"water": "spce", "octane": "opls"}
SAME = {
    "n_atoms": 900, "timestep_fs": 3.0,
    "target_stderr_percent": 1e-6, "dump_every": 0, "timeout_s": 20000.0, "replicas": 1,
}  # fmt: skip
"""One box and time step, no stopping early, and nothing written but samples."""

Variant = tuple[str, dict[str, Any], dict[str, tuple[int, float]]]
PLAIN = {"timestep_correction": False}
NATURAL = {"timestep_fs": 1.0, "hydrogen_mass": None, "sample_every": 60}

VARIANTS: dict[str, Variant] = {
    # name: (reference, changes to `quick` and SAME, {liquid: (replicas, ps of NPT each)})
    "3 fs": ("3 fs", {}, {"water": (4, 144.0), "octane": (4, 264.0)}),
    "1 fs": ("3 fs", NATURAL, {"water": (2, 144.0), "octane": (4, 216.0)}),
    "4 fs": ("3 fs", {"timestep_fs": 4.0}, {"water": (4, 144.0), "octane": (4, 264.0)}),
    "3 fs plain": ("3 fs plain", PLAIN, {"water": (6, 144.0), "octane": (6, 264.0)}),
    "1 fs plain": ("3 fs plain", PLAIN | NATURAL, {"water": (2, 96.0), "octane": (2, 216.0)}),
    "500 atoms": (
        "3 fs plain",
        PLAIN | {"n_atoms": 500},
        {"water": (2, 96.0), "octane": (2, 192.0)},
    ),
    "4000 atoms": (
        "3 fs plain",
        PLAIN | {"n_atoms": 4000},
        {"water": (2, 48.0), "octane": (2, 72.0)},
    ),
    "12 Å": ("3 fs plain", PLAIN | {"cutoff": 12.0}, {"water": (2, 72.0), "octane": (2, 144.0)}),
}
"""The reference has 900 atoms, 9 Å, 3 fs with repartitioned hydrogens and the time step made up
for; the plain variants are without that, on either side of the difference."""


def simulate(liquid: str, variant: str) -> list[Outcome]:
    """Run the replicas of one variant, two at once; one outcome each."""
    _, changes, lengths = VARIANTS[variant]
    replicas, length = lengths[liquid]
    settings = load_profile("quick").model_copy(update=SAME | changes | {"max_ps": length})
    chosen = load_liquid(liquid)
    system = FORCE_FIELDS[POTENTIALS[liquid]](chosen, settings.seed)
    seeds = [settings.seed + i for i in range(replicas)]
    name = f"{liquid} {variant}"
    tasks = [
        Task(name, system, chosen, settings.model_copy(update={"seed": seed}), 1) for seed in seeds
    ]
    return simulate_all(tasks, 2)


def summary(outcomes: list[Outcome]) -> dict[str, float]:
    """Mean of the replicas (g/cm³), its error, their scatter, and the error each states itself.

    The error is the larger of scatter and stated error, over √R.
    """
    lost = [f"{outcome.status}: {outcome.reason}" for outcome in outcomes if not outcome.density]
    if lost:
        raise SystemExit("; ".join(lost))
    means = np.array([outcome.density for outcome in outcomes], dtype=float)
    stated = np.sqrt(np.mean([(outcome.stderr or np.nan) ** 2 for outcome in outcomes]))
    scatter = float(means.std(ddof=1))
    return {
        "density": float(means.mean()),
        "stderr": float(max(scatter, stated) / np.sqrt(len(means))),
        "scatter": scatter,
        "stated": float(stated),
        "replicas": len(means),
        "made_up_for": float(np.mean([_made_up_for(outcome) for outcome in outcomes])),
    }


def _made_up_for(outcome: Outcome) -> float:
    """Give how far below the liquid's pressure the barostat was set for the time step, bar."""
    pressure = load_liquid(outcome.name.split()[0]).pressure
    return pressure - (outcome.set_pressures[0] if outcome.set_pressures else pressure)


def against_reference(found: dict[str, dict[str, float]]) -> None:
    """Add each variant's difference from its reference, in per cent, with its error."""
    for name, row in found.items():
        liquid, variant = name.split(":")
        reference = found.get(f"{liquid}:{VARIANTS[variant][0]}")
        if reference and row is not reference:
            scale = 100 / reference["density"]
            row["difference_percent"] = scale * (row["density"] - reference["density"])
            row["difference_stderr"] = scale * np.hypot(row["stderr"], reference["stderr"])


def over_time_steps(found: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Give what is left of the time step, 3 fs against 1 fs, from all three steps at once.

    All errors of a time step are of order Δt² Σ F²/m, as the correction is; so the density is
    fitted, weighted, as linear in it.
    """
    left = {}
    for liquid in POTENTIALS:
        rows = [found.get(f"{liquid}:{variant}") for variant in ("1 fs", "3 fs", "4 fs")]
        if None not in rows:
            x, y, error = np.array(
                [(row["made_up_for"], row["density"], row["stderr"]) for row in rows if row]
            ).T
            slope, covariance = np.polyfit(x, y, 1, w=1 / error, cov="unscaled")
            scale = 100 * (x[1] - x[0]) / y[0]
            left[liquid] = {
                "percent": float(scale * slope[0]),
                "stderr": float(scale * np.sqrt(covariance[0, 0])),
            }
    return left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="liquid:variant")
    only = parser.parse_args().only
    found: dict[str, dict[str, float]] = earlier("protocol") if only else {}
    found = {name: row for name, row in found.items() if ":" in name and name not in (only or ())}
    for variant, (*_, lengths) in VARIANTS.items():
        for liquid in lengths:
            name = f"{liquid}:{variant}"
            if only and name not in only:
                continue
            found[name] = summary(simulate(liquid, variant))
            against_reference(found)
            write(
                "protocol",
                compared="densities of SPC/E water and OPLS-AA octane (g/cm³) with one thing "
                "changed in profile `quick`; plain: without making up for the time step; the ratio "
                "is that of the time steps, 3 fs to 1 fs",
                ratio=3.0,
                sizes={n: {k: v[k] for k in v if k in lengths} for n, (*_, v) in VARIANTS.items()},
                measured=found | {"3 fs against 1 fs, all steps": over_time_steps(found)},
            )


if __name__ == "__main__":
    main()
