"""The frozen stages, small: a calibration and a survey that go on, and the controls."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from pairforest.calibration.parameters import logarithms
from pairforest.calibration.study import finished
from pairforest.stages.calibrate import JOURNAL

pytestmark = pytest.mark.slow

SHORT = {
    "n_atoms": 120, "cutoff": 5.0, "nvt_ps": 0.5, "block_ps": 6.0, "min_ps": 6.0, "max_ps": 6.0,
    "discard_ps": 0.0, "timeout_s": 60,
}  # fmt: skip


@pytest.fixture
def restored(project):
    """Give the project, and leave it as it was: other tests go on with it."""
    yield project
    project.run("git", "checkout", "-q", "--", ".")
    project.run("git", "clean", "-fdq")


def _yaml(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _constants(root, rule):
    return json.loads((root / f"data/calibration/{rule}.json").read_text(encoding="utf-8"))


def test_a_calibration_moves_the_constants_and_goes_on_where_it_stands(restored):
    project = restored
    project.run("dvc", "repro", "database")
    for old in (project.root / "data/calibration").iterdir():
        old.unlink()
    gas = {"length_ps": 3.0, "frame_ps": 0.2, "timestep_fs": 0.5}
    project.change("md/calibration.yaml", **SHORT, dump_every=100)
    short = {"liquids": ["methanol", "n_hexane"], "gas": gas}
    project.change("calibrate/default.yaml", **short, n_trials={"smith": 1, "geometric": 1})
    command = ("python", "-m", "pairforest.stages.calibrate")
    output = project.run(*command)
    assert output.count("objective") == 2
    first, second = _constants(project.root, "smith"), _constants(project.root, "geometric")
    for found in (first, second):
        assert found["provenance"]["liquids"] == ["methanol", "n_hexane"]
    settings = _yaml(project.root / "conf/calibrate/default.yaml")
    longest = {name: of["step"] for name, of in settings["parameters"].items()}
    start = logarithms(settings["start"], list(longest))
    end = logarithms(first, list(longest))
    moved = {name: abs(end[name] - start[name]) for name in longest}
    assert max(moved.values()) > 0
    assert all(moved[name] <= longest[name] + 1e-9 for name in longest)
    trials = finished(second["provenance"]["study"], project.root / JOURNAL)
    assert trials[0].params == pytest.approx(  # the second rule begins where the first ended
        logarithms(first, list(trials[0].params))
    )

    assert "objective" not in project.run(*command)
    project.change("calibrate/default.yaml", **short, n_trials={"smith": 2, "geometric": 2})
    assert project.run(*command).count(": objective") == 2  # one more of each, lost ones aside

    # Another prior is not another study: what was measured stands.
    narrow = {name: of | {"width": 1e-4} for name, of in settings["parameters"].items()}
    two = {"smith": 2, "geometric": 2}
    project.change("calibrate/default.yaml", **short, n_trials=two, parameters=narrow)
    assert "objective" not in project.run(*command)
    found = _constants(project.root, "smith")
    held = logarithms(found, list(longest))
    points = [one.params for one in finished(found["provenance"]["study"], project.root / JOURNAL)]
    for (
        name,
        of,
    ) in narrow.items():  # at the prior's mean, or a whole step nearer to it
        mean = np.log(of.get("mean", 1.0))
        reached = [
            np.clip(mean, at[name] - longest[name], at[name] + longest[name]) for at in points
        ]
        assert min(abs(held[name] - one) for one in reached) < 1e-3
    assert held["wall.default"] == pytest.approx(0, abs=1e-3)


def test_controls_stand_beside_their_known_answers(restored):
    project = restored
    project.change("md/quick.yaml", **SHORT)
    shipped = json.loads((project.root / "metrics/controls.json").read_text(encoding="utf-8"))
    project.run("python", "-m", "pairforest.stages.controls")
    found = json.loads((project.root / "metrics/controls.json").read_text(encoding="utf-8"))
    assert (
        set(found) == set(shipped) == {"profile", *_yaml(project.root / "params.yaml")["controls"]}
    )
    assert found["spce_water"]["reference"] == 0.998
    for name in ("spce_water", "tip4p_2005_water"):  # a small box, hardly at rest
        assert found[name]["density"] != shipped[name]["density"]
        assert abs(found[name]["error_percent"]) < 20
        assert abs(shipped[name]["error_percent"]) < 1


def test_a_survey_does_what_its_table_lacks(restored):
    project = restored
    project.change("config.yaml", recipes=["aim", "dimer"])
    project.run("dvc", "repro", "register@aim", "register@dimer")
    project.change("md/quick.yaml", **SHORT)
    paper = {"roles": ["paper_test"], "target_stderr_percent": 20.0, "max_ps": 6.0}
    of = {
        "md": "quick",
        "sources": {"aim": paper, "aim_labels": paper, "dimer": paper | {"roles": ["test"]}},
        "liquids": ["water", "benzene"],
    }
    project.change("config.yaml", survey=of)
    command = ("python", "-m", "pairforest.stages.survey")
    # Whole trees have learned a molecule by heart: one run for the forest and its labels.
    assert "3 densities, 2 runs to do" in project.run(*command)
    path = project.root / "data/survey/densities.csv"
    table = pd.read_csv(path)
    assert list(table["liquid"] + " " + table["source"]) == [
        "water aim", "water aim_labels", "benzene dimer"
    ]  # fmt: skip
    lost = ("collapsed", "boiled", "unstable", "barrier_too_low")  # it was run: charges are at hand
    assert table["status"].iloc[2] in lost
    commit = project.run("git", "rev-parse", "HEAD").strip()
    assert set(table["commit"]) == {f"{commit}-dirty"}
    kept = path.read_bytes()
    assert "3 densities, 0 runs to do" in project.run(*command)
    assert path.read_bytes() == kept
    project.change("config.yaml", survey=of | {"liquids": ["water", "benzene", "ethanol"]})
    assert "5 densities, 1 runs to do" in project.run(*command)
    assert list(pd.read_csv(path)["liquid"].unique()) == ["water", "ethanol", "benzene"]

    line = pd.read_csv(path)
    line.loc[line["liquid"] == "ethanol", ["status", "max_ps"]] = ["not_converged", 5.0]
    line.to_csv(path, index=False)
    assert "5 densities, 1 runs to do" in project.run(*command)

    held_out = of | {"sources": {"aim_held_out": paper}, "liquids": ["water"]}
    project.change("config.yaml", survey=held_out)
    assert "1 densities, 1 runs to do" in project.run(*command)
    alone = pd.read_csv(path).iloc[0]
    assert alone["source"] == "aim_held_out"
    assert alone["key"] not in set(table["key"])  # another force field than the forest's own
    project.change("md/quick.yaml", **SHORT, seed=5)
    assert "1 densities, 1 runs to do" in project.run(*command)
    assert pd.read_csv(path)["key"].iloc[0] != alone["key"]
