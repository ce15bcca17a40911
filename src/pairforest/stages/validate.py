"""Stage `validate`: the registered model's constants through LAMMPS to densities."""

import argparse
import json
from pathlib import Path
from typing import Any, Literal

import ase.io
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest import stages, tables, tracking
from pairforest.config import load_liquid, load_params
from pairforest.errors import PairForestError
from pairforest.files import replacing, write_json, write_text
from pairforest.forest import registry
from pairforest.forest.features import TARGETS, features
from pairforest.md import structure
from pairforest.md.liquid import Outcome, Task, simulate_all
from pairforest.md.molecule import assign_charges, build, neutralise
from pairforest.md.summary import summarise
from pairforest.md.system import assemble
from pairforest.potential import Buckingham
from pairforest.stages.register import register_recipe


def load_registered(recipe: Literal["dimer"]) -> tuple[registry.Registered, Any]:
    """Give the version that `register` named, and its model.

    A tracking database that is newer than the pipeline's results does not have it: the same bytes
    are then registered again.
    """
    content = json.loads(Path(f"models/{recipe}/registered.json").read_text(encoding="utf-8"))
    named = registry.Registered(**content)
    try:
        return named, registry.load(named)
    except PairForestError:
        again = register_recipe(recipe)
        if again.sha256 != named.sha256:
            raise
        return again, registry.load(again)


def predict(model: Any, elements: list[str], charges: NDArray[np.float64]) -> pd.DataFrame:
    """Predict A (eV), B (Å), C (eV Å⁶) of atoms from their elements and charges (e)."""
    atoms = pd.DataFrame({"element": elements, "charge": charges})
    return pd.concat(
        [atoms, pd.DataFrame(model.predict(features(atoms).to_numpy()), columns=TARGETS)], axis=1
    )


def main() -> None:
    """Predict, simulate every liquid, write densities and predictions, log, and hold the gate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer"])
    recipe = parser.parse_args().recipe
    params = load_params()
    label, md = params.labels[recipe], params.md
    liquids = {name: load_liquid(name) for name in params.validation.liquids}
    registered, model = load_registered(recipe)

    tasks, predictions = [], []
    for name, liquid in liquids.items():
        molecule = build(liquid.smiles, md.seed)
        printed = assign_charges(molecule, liquid.charges.get(label.charges, []))
        system = None
        if printed is not None:
            charges = neutralise(printed)
            table = predict(model, molecule.elements, printed)
            constants = Buckingham(*(table[target].to_numpy() for target in TARGETS))
            system = assemble(molecule, charges, constants, label.mixing_rule)
            rows = table.assign(neutral_charge=charges, liquid=name)
            predictions.append(rows.iloc[molecule.first_of_class])
        tasks.append(Task(name, system, liquid, md, params.compute.mpi_ranks))
    outcomes = simulate_all(tasks, params.compute.workers)

    found = summarise(outcomes, liquids, md, params.validation.max_density_error_percent)
    series = pd.concat([o.series.assign(liquid=o.name) for o in outcomes], ignore_index=True)
    columns = ["liquid", "element", "charge", "neutral_charge", *TARGETS]
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
        text = (
            "" if row["density"] is None else f"{row['density']:.4f} ± {row['stderr']:.4f} g/cm³ "
        )
        print(f"{name}: {text}({row['status']}{': ' + row['reason'] if row['reason'] else ''})")


def _write_structure(folder: Path, tasks: list[Task], outcomes: list[Outcome]) -> None:
    """Write g(r) of the main pairs and the last frame of each liquid that has frames."""
    curves, last = [pd.DataFrame(columns=["liquid", "pair", "r", "g"])], []
    for task, outcome in zip(tasks, outcomes, strict=True):
        frames = [f for run in outcome.folders for f in structure.read_frames(Path(run))]
        if not frames or task.system is None:
            continue
        elements = task.system.molecule.elements
        half = frames[len(frames) // 2 :]
        for pair in structure.main_pairs(elements):
            curve = structure.radial_distribution(half, len(elements), pair)
            curves.append(curve.assign(liquid=outcome.name, pair="–".join(pair)))
        frames[-1].info = {"liquid": outcome.name}
        last.append(frames[-1])
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
