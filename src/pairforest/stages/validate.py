"""Stage `validate`: the registered model's constants through LAMMPS to densities."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pairforest import stages, tables, tracking
from pairforest.compute import map_tasks
from pairforest.config import ComputeSettings, ValidateSettings, load_params, settings
from pairforest.errors import PairForestError
from pairforest.files import write_json
from pairforest.forest import registry
from pairforest.forest.features import TARGETS, features
from pairforest.labels.settings import DimerSettings
from pairforest.md.liquid import Outcome, Task, molecule_of, simulate, temperature_of
from pairforest.md.molecule import assign_charges, neutralise
from pairforest.md.settings import LiquidSettings, MdSettings
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


def predict(model: Any, elements: list[str], charges: np.ndarray) -> pd.DataFrame:
    """Predict A (eV), B (Å), C (eV Å⁶) of atoms from their elements and charges (e)."""
    atoms = pd.DataFrame({"element": elements, "charge": charges})
    return pd.concat(
        [atoms, pd.DataFrame(model.predict(features(atoms).to_numpy()), columns=TARGETS)], axis=1
    )


def metrics(
    outcomes: list[Outcome], liquids: dict[str, LiquidSettings], md: MdSettings, gate: float
) -> dict[str, Any]:
    """Give the contract of ``metrics/density/<recipe>.json``."""
    rows: dict[str, Any] = {}
    for outcome in outcomes:
        liquid = liquids[outcome.name]
        temperature = temperature_of(liquid, md)
        experiment = liquid.density_at(temperature)
        error = (
            None
            if outcome.density is None or experiment is None
            else 100 * (outcome.density - experiment) / experiment
        )
        rows[outcome.name] = {
            "density": _rounded(outcome.density, 5),
            "stderr": _rounded(outcome.stderr, 5),
            "experiment": experiment,
            "temperature": temperature,
            "error_percent": _rounded(error, 2),
            "n_eff": _rounded(outcome.n_eff, 1),
            "converged": outcome.status == "ok",
            "status": outcome.status,
            "reason": outcome.reason,
            "last_density": _rounded(outcome.last_density, 4),
        }
    errors = [abs(row["error_percent"]) for row in rows.values() if row["error_percent"] is not None]
    complete = len(errors) == len(rows) and all(row["converged"] for row in rows.values())
    return {
        "profile": md.profile,
        "liquids": rows,
        "mae_percent": _rounded(float(np.mean(errors)), 2) if errors else None,
        "max_error_percent": _rounded(max(errors), 2) if errors else None,
        "passed": bool(complete and max(errors) <= gate),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)


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
    liquids = {
        name: settings(params, f"liquids.{name}", LiquidSettings) for name in gate.liquids
    }
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

    found = metrics(outcomes, liquids, md, gate.max_density_error_percent)
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
        text = "" if row["density"] is None else f"{row['density']:.4f} ± {row['stderr']:.4f} g/cm³ "
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
