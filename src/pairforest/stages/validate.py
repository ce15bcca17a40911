"""Stage `validate`: the registered model's constants through LAMMPS to densities."""

import argparse
from pathlib import Path
from typing import Any

import ase.io
import pandas as pd

from pairforest import stages, tables, tracking
from pairforest.config import load_liquid, load_params
from pairforest.files import replacing, write_json, write_text
from pairforest.forest import registry
from pairforest.forest.features import TARGETS
from pairforest.md import structure
from pairforest.md.liquid import Outcome, Task, simulate_all
from pairforest.md.script import deviations
from pairforest.md.summary import describe, summarise
from pairforest.stages.potentials import labelled, learned, load_registered


def main() -> None:
    """Predict, simulate every liquid, write densities and predictions, log, and hold the gate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer", "aim"])
    recipe = parser.parse_args().recipe
    params = load_params()
    label, md, compute = params.labels.of(recipe), params.md, params.compute
    liquids = {name: load_liquid(name) for name in params.validation.liquids}
    kept = labelled(recipe)
    registered, model = load_registered(recipe)

    tasks, predictions = [], []
    for name, liquid in liquids.items():
        made = learned(model, liquid, label, md.seed)
        predictions.append(made.atoms.assign(liquid=name))
        tasks.append(Task(name, made.system, liquid, md, compute.mpi_ranks))
        if never := sorted({*made.atoms.get("element", [])} - kept):
            print(f"{name}: no label of {', '.join(never)}: the forest extrapolates")
        for text in deviations(made.system, md) if made.system else []:
            print(f"{name}: deviation: {text}")
    outcomes = simulate_all(tasks, compute.runs_at_once(compute.mpi_ranks))

    found = summarise(outcomes, liquids, md, params.validation.max_density_error_percent)
    series = pd.concat([o.series.assign(liquid=o.name) for o in outcomes], ignore_index=True)
    columns = ["liquid", "element", "radius", "charge", "neutral_charge", *TARGETS]
    atoms = pd.concat([pd.DataFrame(columns=columns), *predictions])[columns]
    folder = Path(f"data/density/{recipe}")
    series = series.astype({"used": bool, "replica": int})
    tables.write(folder / "series.parquet", series, tables.SERIES)
    _write_structure(folder, tasks, outcomes)
    write_text(folder / "predictions.csv", atoms.to_csv(index=False))
    write_json(Path(f"metrics/density/{recipe}.json"), found)
    _log(recipe, registered, found)
    if found["passed"] and md.may_promote:
        registry.promote(registered)
    for name, row in found["liquids"].items():
        print(f"{name}: {describe(row)}")


def _write_structure(folder: Path, tasks: list[Task], outcomes: list[Outcome]) -> None:
    """Write g(r) of the main pairs and the last frame of each liquid that has frames."""
    curves, last = [pd.DataFrame(columns=["liquid", "pair", "r", "g"])], []
    for task, outcome in zip(tasks, outcomes, strict=True):
        runs = [structure.read_frames(Path(run)) for run in outcome.folders]
        half = [frame for run in runs for frame in run[len(run) // 2 :]]
        if not half or task.system is None:
            continue
        elements = task.system.molecule.elements
        for pair in structure.main_pairs(elements):
            curve = structure.radial_distribution(half, len(elements), pair)
            curves.append(curve.assign(liquid=outcome.name, pair="–".join(pair)))
        half[-1].info = {"liquid": outcome.name}
        last.append(half[-1])
    write_text(folder / "structure.csv", pd.concat(curves).to_csv(index=False, float_format="%.5g"))
    with replacing(folder / "snapshots.extxyz") as temporary:
        ase.io.write(temporary, last, format="extxyz")


def _log(recipe: str, registered: registry.Registered, found: dict[str, Any]) -> None:
    import mlflow

    tags = {"recipe": recipe, "kind": "validation", "model_version": str(registered.version)}
    with tracking.run(f"{recipe}-density", tags=tags):
        mlflow.log_param("profile", found["profile"])
        mlflow.log_dict(found, "density.json")
        numbers = tracking.flat({"liquids": found["liquids"], "mae_percent": found["mae_percent"]})
        mlflow.log_metrics(
            {key: value for key, value in numbers.items() if isinstance(value, int | float)}
        )


if __name__ == "__main__":
    stages.run(main)
