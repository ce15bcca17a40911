"""Stage `controls`: published force fields through the same engine, beside their known answers."""

from pathlib import Path
from typing import Any

from pairforest import stages
from pairforest.config import load_liquid, load_params
from pairforest.files import write_json
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate_all
from pairforest.md.settings import ControlSettings
from pairforest.md.summary import describe, summarise


def main() -> None:
    """Run every control and write its density beside the reference."""
    params = load_params()
    md = params.md
    liquids = {name: load_liquid(control.liquid) for name, control in params.controls.items()}
    tasks = [
        Task(
            name,
            FORCE_FIELDS[control.potential](liquids[name], md.seed),
            liquids[name],
            md,
            params.compute.mpi_ranks,
        )
        for name, control in params.controls.items()
    ]
    outcomes = simulate_all(tasks, params.compute.runs_at_once(params.compute.mpi_ranks))
    rows = summarise(outcomes, liquids, md, params.validation.max_density_error_percent)["liquids"]
    found = {name: {**row, **_reference(row, params.controls[name])} for name, row in rows.items()}
    for name, row in found.items():
        print(f"{name}: {describe(row)}")
    write_json(Path("metrics/controls.json"), {"profile": md.profile, **found})


def _reference(row: dict[str, Any], control: ControlSettings) -> dict[str, Any]:
    """Give what the density should be: the model's published one, else experiment."""
    published = control.published
    reference = row["experiment"] if published is None else published.value
    error = None
    if row["density"] is not None and reference is not None:
        error = round(100 * (row["density"] - reference) / reference, 2)
    return {
        "liquid": control.liquid,
        "potential": control.potential,
        "reference": reference,
        "reference_source": "experiment" if published is None else published.source,
        "error_percent": error,
    }


if __name__ == "__main__":
    stages.run(main)
