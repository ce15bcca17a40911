"""Stage `controls`: published force fields through the same engine, beside their known answers."""

from pathlib import Path

from pairforest import stages
from pairforest.config import load_liquid, load_params
from pairforest.files import write_json
from pairforest.md.controls import CONTROLS
from pairforest.md.liquid import Task, simulate_all


def main() -> None:
    """Run every control and write its density beside the reference."""
    params = load_params()
    tasks = []
    for name, control in CONTROLS.items():
        liquid = load_liquid(control.liquid)
        system = control.build(liquid, params.md.seed)
        tasks.append(Task(name, system, liquid, params.md, params.compute.mpi_ranks))
    outcomes = simulate_all(tasks, params.compute.workers)
    found = {}
    for task, outcome in zip(tasks, outcomes, strict=True):
        control = CONTROLS[outcome.name]
        reference = control.reference or task.liquid.densities[0].value
        error = None
        if outcome.density is not None:
            error = round(100 * (outcome.density - reference) / reference, 2)
        found[outcome.name] = {
            "density": None if outcome.density is None else round(outcome.density, 5),
            "stderr": None if outcome.stderr is None else round(float(outcome.stderr), 5),
            "reference": reference,
            "reference_source": control.source,
            "error_percent": error,
            "n_eff": None if outcome.n_eff is None else round(outcome.n_eff, 1),
            "converged": outcome.status == "ok",
            "status": outcome.status,
            "reason": outcome.reason,
        }
        print(f"{outcome.name}: {outcome.density} ± {outcome.stderr} ({outcome.status})")
    write_json(Path("metrics/controls.json"), {"profile": params.md.profile, **found})


if __name__ == "__main__":
    stages.run(main)
