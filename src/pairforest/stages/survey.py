"""Stage `survey`: every liquid in every potential of ours, accurately. Hours; frozen.

A row of the table is kept for as long as its key, a hash of all that its density hangs on, is the
one wanted: a survey that was cut short goes on with what is missing, on any machine. What had not
converged goes on when it may take longer than it did.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.base import clone

from pairforest import stages, tables, tracking
from pairforest.compute import stream_tasks
from pairforest.config import SurveySettings, load_liquid, load_params, load_profile
from pairforest.errors import PairForestError
from pairforest.files import write_text
from pairforest.forest.features import TARGETS, features, training_rows
from pairforest.labels import constants
from pairforest.labels.settings import DimerSettings, LabelsSettings, Recipe
from pairforest.md import engine
from pairforest.md.liquid import Outcome, Task, simulate_all, temperature_of
from pairforest.md.replica import TRANSIENT
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.md.system import System, fingerprint
from pairforest.stages.potentials import ATOMS, direct, learned, load_registered

TABLE = Path("data/survey/densities.csv")
COLUMNS = [
    "liquid", "role", "source", "temperature", "density", "stderr", "n_eff", "status", "reason",
    "profile", "max_ps", "commit", "key",
]  # fmt: skip
_NO_MATTER = {"timeout_s", "stall_s", "dump_every", "may_promote", "profile", "max_ps"}

ROLES = ("paper_test", "test", "calibration", "extra")
"""The most wanted first."""


class Sources:
    """Force fields by source: the registered models, the labels, and models held out."""

    def __init__(self, labels: LabelsSettings, sources: Iterable[str]) -> None:
        self.labels = labels
        recipes: set[Recipe] = {"dimer" if source == "dimer" else "aim" for source in sources}
        self.models = {recipe: load_registered(recipe)[1] for recipe in recipes}
        self.atoms = tables.read(ATOMS, tables.ATOMS)

    def system(self, source: str, name: str, liquid: LiquidSettings, seed: int) -> System | None:
        """Give a liquid's force field; None if the source has no charges or walls for it."""
        aim = self.labels.aim
        if source == "dimer":
            return learned(self.models["dimer"], liquid, self._dimer(liquid), seed).system
        if source == "aim":
            return learned(self.models["aim"], liquid, aim, seed).system
        if source == "aim_held_out":
            return learned(self.without(name), liquid, aim, seed).system
        return direct(liquid, self.atoms, constants.load(aim.constants, aim.mixing_rule), seed)

    def _dimer(self, liquid: LiquidSettings) -> DimerSettings:
        """Give recipe `dimer`, with computed charges for what the paper has none for."""
        dimer = self.labels.dimer
        if dimer.charges in liquid.charges:
            return dimer
        return dimer.model_copy(update={"charges": "qe"})

    def without(self, molecule: str) -> Any:
        """Fit the forest of `aim` again, without a molecule's rows."""
        rows = training_rows(tables.read(Path("data/labels/aim/labels.parquet"), tables.LABELS))
        held = rows["molecule"] == molecule
        if not held.any():
            raise PairForestError(f"{molecule} is a liquid, but no molecule of the labels")
        rows = rows[~held]
        model = clone(self.models["aim"])
        return model.fit(features(rows).to_numpy(), rows[TARGETS].to_numpy())


def plan(settings: SurveySettings, sources: Sources, md: MdSettings) -> dict[str, Task]:
    """Give every run wanted, by ``source:liquid``, in the order of the sources and of `ROLES`."""
    liquids = {name: load_liquid(name) for name in settings.liquids}
    tasks = {}
    for source, of in settings.sources.items():
        limits = of.model_dump(include={"target_stderr_percent", "max_ps"})
        protocol = md.model_copy(update=limits)
        for name in sorted(liquids, key=lambda name: ROLES.index(liquids[name].role)):
            if (liquid := liquids[name]).role in of.roles:
                label = f"{source}:{name}"
                system = sources.system(source, name, liquid, md.seed)
                tasks[label] = Task(label, system, liquid, protocol, 1)
    return tasks


def key_of(task: Task) -> str:
    """Give a hash of what a density hangs on: force field, state point, protocol, engine."""
    content = {
        "system": None if task.system is None else fingerprint(task.system),
        "liquid": task.liquid.model_dump(include={"smiles", "temperature", "pressure"}),
        "md": task.settings.model_dump(mode="json", exclude=_NO_MATTER),
        "engine": engine.lmp_version(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def run(task: Task) -> tuple[str, Outcome]:
    """Run one liquid, all its replicas in this process."""
    return task.name, simulate_all([task], 1)[0]


def result(task: Task, outcome: Outcome, key: str, commit: str) -> dict[str, Any]:
    """Give what a run found, as the survey's table has it; the commit is that of its code."""
    return {
        "temperature": temperature_of(task.liquid, task.settings),
        "density": outcome.density,
        "stderr": outcome.stderr,
        "n_eff": outcome.n_eff,
        "status": outcome.status,
        "reason": outcome.reason,
        "profile": task.settings.profile,
        "max_ps": task.settings.max_ps,
        "commit": commit,
        "key": key,
    }


def main() -> None:
    """Run what is missing, and write the table anew after each run.

    Potentials that are the same to six digits have one run: where the forest has learned a molecule
    by heart, it is its labels.
    """
    commit = _commit()  # before anything is run: commits made meanwhile are not what runs
    params = load_params()
    settings = params.survey
    md = load_profile(settings.md)
    tasks = plan(settings, Sources(params.labels, settings.sources), md)
    keys = {label: key_of(task) for label, task in tasks.items()}
    found = _at_hand()
    to_do = missing(tasks, keys, found)
    print(f"{len(tasks)} densities, {len(to_do)} runs to do", flush=True)
    _write(tasks, keys, found)
    for label, outcome in stream_tasks(run, to_do, params.compute.workers):
        found[keys[label]] = result(tasks[label], outcome, keys[label], commit)
        print(f"{label}: {outcome.density} ± {outcome.stderr} ({outcome.status})", flush=True)
        _write(tasks, keys, found)


def missing(
    tasks: dict[str, Task], keys: dict[str, str], found: dict[str, dict[str, Any]]
) -> list[Task]:
    """Give one task of every key that has not been run, or not long enough and may be longer now.

    Parameters
    ----------
    tasks, keys : dict
        By ``source:liquid``.
    found : dict
        By key: status and max_ps (ps) of a run.
    """
    first: dict[str, Task] = {}
    for label, task in tasks.items():
        of = found.get(keys[label])
        longer = of and of["status"] == "not_converged" and of["max_ps"] < task.settings.max_ps
        if of is None or longer:
            first.setdefault(keys[label], task)
    return list(first.values())


def _commit() -> str:
    """Give the commit of the code at hand, and whether it has been changed since."""
    origin = tracking.origin()
    return origin["git_commit"] + "-dirty" * (origin["git_dirty"] == "true")


def _at_hand() -> dict[str, dict[str, Any]]:
    """Give what the table's runs found, by key."""
    if not TABLE.exists():
        return {}
    table = pd.read_csv(TABLE, dtype={"key": str})  # 16 hexadecimal digits may look like a number
    lines = table.drop(columns=["liquid", "role", "source"]).to_dict("records")
    return {
        line["key"]: {str(name): value for name, value in line.items()}
        for line in lines
        if line["status"] not in TRANSIENT
    }


def _write(tasks: dict[str, Task], keys: dict[str, str], found: dict[str, dict[str, Any]]) -> None:
    """Write a line for each density that has been found, in the order of the tasks."""
    rows = []
    for label, task in tasks.items():
        if keys[label] in found:
            source, name = label.split(":")
            of_liquid = {"liquid": name, "role": task.liquid.role, "source": source}
            rows.append(of_liquid | found[keys[label]])
    table = pd.DataFrame(rows, columns=COLUMNS)
    write_text(TABLE, table.to_csv(index=False, float_format="%.6g"))


if __name__ == "__main__":
    stages.run(main)
