"""Stage `validate`: the registered model's constants through LAMMPS to densities."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest import stages, tables, tracking
from pairforest.compute import map_tasks
from pairforest.config import ComputeSettings, ValidateSettings, load_params, settings
from pairforest.errors import PairForestError
from pairforest.files import write_json
from pairforest.forest import registry
from pairforest.forest.features import TARGETS, features
from pairforest.labels.settings import DimerSettings
from pairforest.md.liquid import Task, molecule_of, simulate
from pairforest.md.molecule import assign_charges, neutralise
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.md.summary import summarise
from pairforest.potential import Buckingham
from pairforest.stages.register import register_recipe


def load_registered(recipe: str) -> tuple[registry.Registered, Any]:
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
    parser.add_argument("recipe")
    recipe = parser.parse_args().recipe
    params = load_params()
    label = settings(params, f"labels.{recipe}", DimerSettings)
    md = settings(params, "md", MdSettings)
    compute = settings(params, "compute", ComputeSettings)
    gate = settings(params, "validate", ValidateSettings)
    liquids = {name: settings(params, f"liquids.{name}", LiquidSettings) for name in gate.liquids}
    registered, model = load_registered(recipe)

    tasks, predictions = [], []
    for name, liquid in liquids.items():
        molecule = molecule_of(liquid, md)
        printed = assign_charges(molecule, liquid.charges.get(label.charges, []))
        constants = None
        if printed is not None:
            table = predict(model, molecule.elements, printed)
            constants = Buckingham(*(table[target].to_numpy() for target in TARGETS))
            neutral = table.assign(neutral_charge=neutralise(printed), liquid=name)
            predictions.append(neutral.iloc[np.unique(molecule.classes, return_index=True)[1]])
        charges = None if printed is None else neutralise(printed)
        tasks.append(
            Task(name, liquid, charges, constants, label.mixing_rule, md, compute.mpi_ranks)
        )
    outcomes = map_tasks(simulate, tasks, compute.workers)

    found = summarise(outcomes, liquids, md, gate.max_density_error_percent)
    write_json(Path(f"metrics/density/{recipe}.json"), found)
    folder = Path(f"data/density/{recipe}")
    series = [outcome.series.assign(liquid=outcome.name) for outcome in outcomes]
    tables.write(
        folder / "series.parquet",
        pd.concat(series, ignore_index=True).astype({"used": bool}),
        tables.SERIES,
    )
    columns = ["liquid", "element", "charge", "neutral_charge", *TARGETS]
    pd.concat(predictions)[columns].to_csv(folder / "predictions.csv", index=False)
    _log(recipe, registered, found)
    if found["passed"]:
        registry.promote(registered)
    for name, row in found["liquids"].items():
        text = (
            "" if row["density"] is None else f"{row['density']:.4f} ± {row['stderr']:.4f} g/cm³ "
        )
        print(f"{name}: {text}({row['status']}{': ' + row['reason'] if row['reason'] else ''})")


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
