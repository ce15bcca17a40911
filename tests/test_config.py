import shutil

import pytest
import yaml

from pairforest.config import ValidateSettings, load_params, settings, write_params
from pairforest.database.settings import DatabaseSettings
from pairforest.errors import PairForestError
from pairforest.labels.settings import DimerSettings
from pairforest.md.settings import LiquidSettings, MdSettings
from tests.conftest import ROOT

PARAMS = load_params(ROOT / "params.yaml")


def test_params_yaml_is_the_image_of_conf(tmp_path):
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    write_params(tmp_path)
    composed = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    assert (ROOT / "params.yaml").read_text(encoding="utf-8") == composed, (
        "params.yaml has drifted from conf/: run 'make params' to compose it anew, or "
        "'git restore params.yaml' after 'dvc exp run -S'"
    )


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper"])
def test_every_profile_is_valid_and_names_itself(profile):
    content = yaml.safe_load((ROOT / f"conf/md/{profile}.yaml").read_text(encoding="utf-8"))
    assert MdSettings.model_validate(content).profile == profile


@pytest.mark.parametrize(
    "path", sorted((ROOT / "conf/liquid").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_liquid_is_valid(path):
    LiquidSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_an_unknown_key_is_named():
    params = {"database": {**PARAMS["database"], "colour": "red"}}
    with pytest.raises(PairForestError, match=r"database\.colour: Extra inputs are not permitted"):
        settings(params, "database", DatabaseSettings)


def test_every_fault_is_named_at_once():
    params = {"validate": {"liquids": [], "max_density_error_percent": -1}}
    with pytest.raises(PairForestError, match=r"validate\.liquids.*max_density_error_percent"):
        settings(params, "validate", ValidateSettings)


def test_bounds_the_wrong_way_round_are_refused():
    dimer = dict(PARAMS["labels"]["dimer"])
    dimer["bounds"] = {**dimer["bounds"], "B": [1.0, 0.1]}
    with pytest.raises(PairForestError, match=r"B: the lower bound 1\.0 is not below"):
        settings({"labels": {"dimer": dimer}}, "labels.dimer", DimerSettings)


def test_a_missing_section_and_a_missing_file_say_what_to_run(tmp_path):
    with pytest.raises(PairForestError, match=r"no section 'labels\.aim'.*make params"):
        settings(PARAMS, "labels.aim", DimerSettings)
    with pytest.raises(PairForestError, match="make params"):
        load_params(tmp_path / "params.yaml")
