"""Where the neon is put, and what is felt."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from pairforest.config import load_params
from pairforest.database import builtin
from pairforest.walls import probe
from tests.liquids import ROOT


@pytest.fixture
def settings():
    return load_params(ROOT / "params.yaml").walls


@pytest.fixture
def tasks(settings):
    atoms = pd.read_parquet(ROOT / builtin.ATOMS)
    left_out = {"[H]O[H]", "O=C1OCCO1"}  # the table writes them otherwise
    return {task.molecule: task for task in probe.plan(atoms, left_out, settings)}


def test_molecules_are_felt_the_smallest_first_but_those_left_out(tasks, settings):
    sizes = [len(task.elements) for task in tasks.values()]
    assert sizes == sorted(sizes)
    assert next(iter(tasks)) == probe.PAIR
    assert max(sizes) == settings.max_atoms
    assert {"methanol", "acetone"} < set(tasks)
    assert not {"water", "ethylene_carbonate", "water.methanol", "free O", "octane"} & set(tasks)


def test_points_are_about_every_kind_of_atom_at_every_scale_and_no_other_is_nearer(tasks, settings):
    task = tasks["methanol"]
    at = probe.points(task)
    radii = probe._radii(task.elements) + probe._radii((probe.PROBE,))
    scale = (cdist(at, task.positions) / radii).min(axis=1)
    nearest = np.array(task.elements)[(cdist(at, task.positions) / radii).argmin(axis=1)]
    assert set(nearest) == {"C", "O", "H"}
    open_ones = [scale[np.isclose(scale, one)] for one in settings.scales]
    assert sum(map(len, open_ones)) > 0.9 * len(at)
    assert min(map(len, open_ones)) >= len(at) // 4
    assert np.array_equal(at, probe.points(task))


def test_the_key_is_of_what_energies_hang_on(tasks):
    task = tasks["methanol"]
    other_basis = task.settings.model_copy(update={"basis": "aug-cc-pvtz"})
    more_molecules = task.settings.model_copy(update={"max_atoms": 99})
    assert task._replace(settings=other_basis).key != task.key
    assert task._replace(settings=more_molecules).key == task.key
