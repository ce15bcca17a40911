"""Stage `survey`: every liquid in every potential of ours, accurately. Hours; frozen."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.base import clone

from pairforest import stages, tables, tracking
from pairforest.compute import stream_tasks
from pairforest.config import load_liquid, load_params, load_profile
from pairforest.files import write_text
from pairforest.forest.features import TARGETS, features, holds, training_rows
from pairforest.labels import constants
from pairforest.labels.settings import LabelsSettings, Recipe
from pairforest.md.liquid import Outcome, Task, simulate_all, temperature_of
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.md.system import System
from pairforest.stages.potentials import ATOMS, direct, learned, load_registered

TABLE = Path("data/survey/densities.csv")
COLUMNS = [
    "liquid", "role", "source", "temperature", "density", "stderr", "n_eff", "status", "reason",
    "profile", "commit",
]  # fmt: skip


class Sources:
    """Force fields by source: the registered models, the labels, and models held out."""

    def __init__(self, labels: LabelsSettings, sources: Iterable[str]) -> None:
        self.labels = labels
        recipes: set[Recipe] = {"dimer" if source == "dimer" else "aim" for source in sources}
        self.models = {recipe: load_registered(recipe)[1] for recipe in recipes}
        self.atoms = tables.read(ATOMS, tables.ATOMS)

    def system(self, source: str, name: str, liquid: LiquidSettings, seed: int) -> System | None:
        """Give a liquid's force field; None if the source has no charges or volumes for it."""
        aim = self.labels.aim
        if source == "dimer":
            return learned(self.models["dimer"], liquid, self.labels.dimer, seed).system
        if source == "aim":
            return learned(self.models["aim"], liquid, aim, seed).system
        if source == "aim_held_out":
            return learned(self.without(name), liquid, aim, seed).system
        return direct(liquid, self.atoms, constants.load(aim.constants, aim.mixing_rule), seed)

    def without(self, molecule: str) -> Any:
        """Fit the forest of `aim` again, without a molecule's rows, its complexes' included."""
        rows = training_rows(tables.read(Path("data/labels/aim/labels.parquet"), tables.LABELS))
        rows = rows[~holds(rows["molecule"], molecule)]
        model = clone(self.models["aim"])
        return model.fit(features(rows).to_numpy(), rows[TARGETS].to_numpy())


def run(task: Task) -> tuple[str, Outcome]:
    """Run one liquid, all its replicas in this process."""
    return task.name, simulate_all([task], 1)[0]


def row(name: str, source: str, outcome: Outcome, md: MdSettings) -> dict[str, Any]:
    """Give a line of the survey's table."""
    liquid = load_liquid(name)
    return {
        "liquid": name,
        "role": liquid.role,
        "source": source,
        "temperature": temperature_of(liquid, md),
        "density": outcome.density,
        "stderr": outcome.stderr,
        "n_eff": outcome.n_eff,
        "status": outcome.status,
        "reason": outcome.reason,
        "profile": md.profile,
        "commit": tracking.origin()["git_commit"],
    }


def main() -> None:
    """Run what is missing, and write the table anew after each liquid."""
    params = load_params()
    settings = params.survey
    changes = {"target_stderr_percent": settings.target_stderr_percent}
    md = load_profile(settings.md).model_copy(update=changes)
    sources = Sources(params.labels, settings.sources)
    found: list[dict[str, Any]] = []
    tasks = []
    liquids = {name: load_liquid(name) for name in settings.liquids}
    for source, roles in settings.sources.items():
        for name, liquid in liquids.items():
            if liquid.role not in roles:
                continue
            system = sources.system(source, name, liquid, md.seed)
            tasks.append(Task(f"{source}:{name}", system, liquid, md, 1))
    for label, outcome in stream_tasks(run, tasks, params.compute.workers):
        of, name = label.split(":")
        found.append(row(name, of, outcome, md))
        print(f"{label}: {outcome.density} ± {outcome.stderr} ({outcome.status})", flush=True)
        table = pd.DataFrame(found, columns=COLUMNS)
        write_text(TABLE, table.to_csv(index=False, float_format="%.6g"))


if __name__ == "__main__":
    stages.run(main)
