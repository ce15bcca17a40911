import shutil

import pytest
import yaml
from dvc.utils.hydra import compose_and_dump

from pairforest.config import (
    ComputeSettings,
    check_params,
    load_liquid,
    load_params,
    write_params,
)
from pairforest.errors import PairForestError
from pairforest.md.settings import LiquidSettings, MdSettings
from tests.liquids import ROOT


def test_params_yaml_is_the_image_of_conf(tmp_path):
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    write_params(tmp_path)
    composed = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    assert (ROOT / "params.yaml").read_text(encoding="utf-8") == composed, (
        "params.yaml has drifted from conf/: run 'make params' to compose it anew, or "
        "'git restore params.yaml' after 'dvc exp run -S'"
    )


@pytest.mark.parametrize("profile", ["smoke", "quick", "calibration", "accurate", "paper"])
def test_every_profile_is_valid_and_names_itself(profile):
    content = yaml.safe_load((ROOT / f"conf/md/{profile}.yaml").read_text(encoding="utf-8"))
    assert MdSettings.model_validate(content).profile == profile


@pytest.mark.parametrize(
    "path", sorted((ROOT / "conf/liquid").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_liquid_is_valid(path):
    LiquidSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _changed(**changes):
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for path, value in changes.items():
        section = params
        *folders, key = path.split("__")
        for folder in folders:
            section = section[folder]
        section[key] = value
    return params


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"database__colour": "red"}, r"database\.colour: Extra inputs are not permitted"),
        ({"md__cutof": 9.0}, r"md\.cutof: Extra inputs are not permitted"),
        ({"stray": 1}, "stray: Extra inputs"),
        ({"md__cutoff": -1, "sweep__n_trials": 0}, r"md\.cutoff: .*; sweep\.n_trials: "),
        ({"labels__dimer__bounds__B": [1.0, 0.1]}, r"B: the lower bound 1\.0 is not below"),
        ({"labels__dimer__bounds__A": [-1.0, 10.0]}, "learning_scale.A: log, but A may be -1"),
        ({"labels__dimer__learning_scale__A": "cube"}, r"learning_scale\.A: Input should be"),
    ],
)
def test_every_fault_of_the_whole_tree_is_named_before_anything_runs(changes, message):
    with pytest.raises(PairForestError, match=message):
        check_params(_changed(**changes), "params.yaml")


def test_a_liquid_that_is_not_there_names_those_that_are():
    with pytest.raises(PairForestError, match=r"mercury\.yaml; the choices are .*water"):
        load_liquid("mercury", ROOT / "conf/liquid")


def test_a_missing_file_says_what_to_run(tmp_path):
    with pytest.raises(PairForestError, match="make params"):
        load_params(tmp_path / "params.yaml")


def test_the_papers_study_composes_what_it_says(tmp_path):
    """``dvc exp run -S experiment=paper``: their fit, their grid, their Table 2."""
    compose_and_dump(
        tmp_path / "p.yaml", str(ROOT / "conf"), None, "config", "", ["experiment=paper"]
    )
    params = load_params(tmp_path / "p.yaml")
    assert params.labels.dimer.fit.method == "levenberg_marquardt"
    assert params.sweep.search["dimer"] == "paper_grid"
    assert params.md.profile == "paper"


@pytest.mark.parametrize(
    ("workers", "ranks", "runs"), [(2, 2, 1), (2, 1, 2), (8, 2, 4), (7, 2, 3), (1, 4, 1)]
)
def test_runs_at_once_share_the_cores_among_their_ranks(workers, ranks, runs):
    assert ComputeSettings(workers=workers, mpi_ranks=ranks).runs_at_once(ranks) == runs
