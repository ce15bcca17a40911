"""The page on the calibration: constants beside their start, errors foretold and measured."""

import pandas as pd
import pytest

from pairforest.report import calibration

START = {"charge": {"default": 1.15}, "wall": {"default": 1.0}, "c6": {"default": 1.0}}
START["contact"] = {"default": 0.7}


def constants(objective: float, density: float, heat: float) -> dict[str, object]:
    found = {"charge": {"default": 1.2}, "wall": {"default": 1.1, "H": 1.3}}
    foretold = {
        "objective": objective,
        "objective_stderr": 2.0,
        "prior": 11.5,
        "held_out": {"density": {"methanol": 2 * density}, "heat_of_vaporisation": {"methanol": 9}},
        "density": {"methanol": density, "n_hexane": -density},
        "heat_of_vaporisation": {"methanol": heat},
    }
    provenance = {"start": START, "foretold": foretold, "relative_stderr": {"wall.H": 0.1}}
    found |= {"c6": {"default": 0.6}, "contact": {"default": 0.7, "H_polar": 0.5}}
    return {**found, "provenance": provenance}


@pytest.fixture
def page():
    columns = [
        "rule", "trial", "objective", "prior", "liquid", "density", "density_stderr", "experiment",
        "heat", "heat_stderr", "heat_experiment",
    ]  # fmt: skip
    rows = [
        (rule, trial, objective, objective / 4, liquid, density, 0.002, known, heat, 0.3, of)
        for rule, trial, objective, shift in (
            ("geometric", 0, 90.0, 1.1), ("geometric", 1, 40.0, 1.01), ("w99", 0, 50.0, 0.98),
        )
        for liquid, density, known, heat, of in (
            ("methanol", shift * 0.8, 0.8, 38.0, 40.0),
            ("n_hexane", shift * 0.65, 0.65, 30.0, None),
        )
    ]  # fmt: skip
    trials = pd.DataFrame(rows, columns=columns).astype({"heat_experiment": float})
    by_rule = {"geometric": constants(30.0, 1.5, -2.0), "w99": constants(45.0, 0.5, 6.0)}
    return calibration.render(by_rule, trials, "geometric")


def test_constants_stand_beside_where_the_search_began(page):
    assert "| constant | start | `geometric` | `w99` |" in page
    assert "| charges, others | 1.150 | 1.200 | 1.200 |" in page
    assert "| wall, H | – | 1.300 ± 0.130 | 1.300 ± 0.130 |" in page
    assert "N, O, F and H, polar | – | 0.500 | 0.500 |" in page
    assert "Trials: 2 with `geometric`, 1 with `w99`. Recipe `aim` takes `geometric`\n" in page


def test_constants_that_no_rule_has_moved_are_held(page):
    assert "\nHeld: contact 0.70 (other H)." in page
    assert "and other H |" not in page


def test_errors_are_those_foretold_and_those_of_the_best_trial(page):
    assert "| `geometric` | foretold | 30.0 ± 2.0 | 11.5 | 1.5 % | 2 % |" in page
    assert "| `geometric` | each left out of the fit | – | – | 3.0 % | 9 % |" in page
    assert "| `geometric` | best trial | 40.0 | 10.0 | 1.0 % | 5 % |" in page
    assert "| `w99` | best trial | 50.0 | 12.5 | 2.0 % | 5 % |" in page
    assert "| n hexane | -1.5 % | -0.5 % | – | – |" in page
    assert "0.8080 ± 0.0020 (+1.0 %) | 0.7840 ± 0.0020 (-2.0 %) | 40.0 | 38.0 ± 0.3" in page
    assert "| 0.6500 | 0.6565 ± 0.0020 (+1.0 %) | 0.6370 ± 0.0020 (-2.0 %) | – | 30.0" in page
