"""One table of all liquids: errors against experiment, statuses, roles."""

import numpy as np
import pandas as pd
import pytest

from pairforest.report import comparison

SURVEY = pd.DataFrame(
    [
        ("water", "aim", 1.007, 0.002, 0.997, "ok"),
        ("water", "dimer", np.nan, np.nan, 0.997, "collapsed"),
        ("benzene", "aim", 0.865, 0.002, 0.8735, "not_converged"),
        ("1_butanol", "aim", np.nan, np.nan, 0.8057, "collapsed"),
        ("ethyl_methyl_carbonate", "aim", 1.01, 0.002, np.nan, "ok"),
    ],
    columns=["liquid", "source", "density", "stderr", "experiment", "status"],
)
EXPERIMENT = {
    "water": ("paper_test", 0.997),
    "benzene": ("test", 0.8735),
    "1_butanol": ("test", 0.8057),
    "2_propanol": ("test", 0.7818),
    "ethyl_methyl_carbonate": ("extra", None),
}
RUN = {
    "aim": {
        "profile": "quick", "mae_percent": 1.0, "max_error_percent": 1.0, "passed": True,
        "liquids": {
            "water": {
                "density": 1.007, "stderr": 0.004, "experiment": 0.997, "temperature": 298.15,
                "error_percent": 1.003, "status": "ok",
            },
        },
    },
    "dimer": {
        "profile": "quick", "mae_percent": None, "max_error_percent": None, "passed": False,
        "liquids": {
            "water": {
                "density": None, "stderr": None, "experiment": 0.997, "temperature": 298.15,
                "error_percent": None, "status": "collapsed",
            },
        },
    },
}  # fmt: skip
CONTROLS = {
    "profile": "quick",
    "spce_water": {
        "liquid": "water", "density": 0.999, "stderr": 0.001, "experiment": 0.997, "status": "ok",
    },
}  # fmt: skip


@pytest.fixture
def whole():
    return comparison.table(SURVEY, EXPERIMENT, {"water": (0.95, 0.99)}, CONTROLS)


def test_errors_are_against_experiment_where_there_is_one(whole):
    found = whole.set_index(["liquid", "source"])
    assert found["error_percent"]["water", "aim"] == pytest.approx(1.003, abs=1e-3)
    assert found["error_percent"]["water", "paper"] == pytest.approx(-4.04, abs=0.01)
    assert found["error_percent"]["water", "spce_water"] == pytest.approx(0.2, abs=0.01)
    assert np.isnan(found["error_percent"]["water", "experiment"])
    assert np.isnan(found["error_percent"]["ethyl_methyl_carbonate", "aim"])
    assert found["role"]["benzene", "aim"] == "test"


def test_the_page_shows_means_by_role_and_what_was_lost(whole):
    page = comparison.render(whole, "Profile `accurate`.", RUN)
    means = "1.0 % (0.010), 1 liquid | 0 of 1 liquid | 4.0 % (0.040), 1 liquid"
    assert f"| the paper's tests | {means} |" in page
    assert "| further tests | 1.0 % (0.009), 1 of 3 liquids, 1 not converged | – | – |" in page
    assert "| 0.9970 | 1.0070 ± 0.0020 (+1.0 %) | collapsed | 0.9500 (-4.0 %) | " in page
    assert "| spce_water: 0.9990 ± 0.0010 (+0.2 %) |" in page
    assert "| 2 propanol | further tests | 0.7818 | – | – | – | – |" in page  # not run yet
    assert "0.8650 ± 0.0020 (-1.0 %), not converged" in page
    assert "| ethyl methyl carbonate | extra | – | 1.0100 ± 0.0020 | – | – | – |" in page


def test_the_page_begins_with_this_run_and_its_gate(whole):
    page = comparison.render(whole, "Profile `accurate`.", RUN)
    assert "| water | 298.15 | 0.9970 | 1.0070 ± 0.0040 (+1.0 %) | collapsed |" in page
    assert "mean unsigned error 1.0 %, largest 1.0 %; the gate is passed." in page
    assert "- `dimer`, profile `quick`: the gate is not passed." in page
