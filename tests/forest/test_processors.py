"""The same labels, search and forest on every processor."""

import os
import subprocess
import sys

import pytest

from tests.liquids import ROOT

SCRIPT = """
import hashlib
import optuna
import yaml
from hydra_plugins.hydra_optuna_sweeper._impl import create_params_from_overrides
from pairforest import tables
from pairforest.config import load_params
from pairforest.database import builtin
from pairforest.forest.features import TARGETS, features, training_rows
from pairforest.forest.model import build
from pairforest.forest.store import save
from pairforest.labels import aim, constants, curves, dimer
from pairforest.stages.database import atoms_of
from pairforest.stages.labels import settled
from pairforest.walls import law
from pathlib import Path

params = load_params()
pairs = builtin.assemble(tables.read(builtin.DIMERS, tables.QE_DIMERS)).dimers
probes, rows = (tables.read(*one) for one in (
    (builtin.PROBES, tables.PROBES), (builtin.ATOMS, tables.QE_ATOMS)))
walls = law.fit(law.gather(probes, rows), law.of_neon(probes)).walls
atoms = atoms_of(rows, tables.read(builtin.POTENTIALS, tables.QE_POTENTIALS), walls)
made = {
    "dimer": dimer.label(curves.cut(pairs, params.database.coulomb), params.labels.dimer).clustered,
    "aim": aim.label(
        atoms, constants.load(params.labels.aim.constants, params.labels.aim.mixing_rule)),
}
for recipe, labels in made.items():
    labels = settled(labels)
    print(recipe, "labels", hashlib.sha256(labels.to_csv().encode()).hexdigest())
    rows = training_rows(labels)
    kind = {"dimer": "random_forest", "aim": "extra_trees"}[recipe]
    knobs = params.model.model_copy(update={"kind": kind})
    model = build(knobs, params.labels.of(recipe).learning_scale)
    model.fit(features(rows).to_numpy(), rows[TARGETS].to_numpy())
    print(recipe, "forest", save(model, Path(FOLDER) / recipe))

space = yaml.safe_load(Path("conf/hparams_search/forest.yaml").read_text())["hydra"]["sweeper"]
space, _, _ = create_params_from_overrides([f"{k}={v}" for k, v in space["params"].items()])
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=15))
for _ in range(40):
    trial = study.ask(space)
    numbers = [float(value) for value in trial.params.values()]
    study.tell(trial, sum(i / (i + number) for i, number in enumerate(numbers, 1)))
    print(trial.params)
"""

PLAIN = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL", "OPENBLAS_CORETYPE": "Nehalem"}


def answer(folder, **variables: str) -> list[str]:
    script = SCRIPT.replace("FOLDER", repr(str(folder)))
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, env=os.environ | variables,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout.splitlines()


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="switches of x86-64 processors")
def test_another_processor_has_the_same_labels_search_and_forest(tmp_path):
    """NumPy without its vector instructions, BLAS with those of 2008."""
    here = answer(tmp_path)
    assert len(here) == 44
    assert answer(tmp_path, **PLAIN) == here
