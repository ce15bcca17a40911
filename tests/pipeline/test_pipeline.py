"""The promises of `dvc repro`, kept by a real one. The tests run in order on one project."""

import json
import re
import shutil

import mlflow
import pytest
import yaml

from pairforest.forest.features import TARGETS

RECIPES = ["aim", "dimer"]
FOREST = ["labels", "sweep", "train"]
STAGES = [f"{stage}@{of}" for stage in [*FOREST, "register", "validate"] for of in RECIPES]
LIQUIDS = {"water", "ethanol", "octane", "ethylene_carbonate"}
STATUSES = {"ok", "not_converged", "collapsed", "boiled", "unstable", "barrier_too_low"}

pytestmark = pytest.mark.slow


def ran(output: str) -> list[str]:
    return re.findall(r"Running stage '(.+)':", output)


@pytest.fixture(scope="module")
def reproduced(project):
    output = project.run("dvc", "repro")
    assert sorted(ran(output)) == sorted(["database", *STAGES, "report"])
    return project


def _json(project, name):
    return json.loads((project.root / name).read_text(encoding="utf-8"))


def test_one_repro_goes_from_the_database_to_the_report(reproduced, synthetic):
    labels = _json(reproduced, "metrics/labels/dimer.json")
    assert labels["n_configurations"] == len(synthetic.truth)
    assert labels["n_kept"] > 0.9 * labels["n_configurations"]
    for recipe in RECIPES:
        train = _json(reproduced, f"metrics/train/{recipe}.json")
        kinds = {"paper_split", "repeated_kfold", "leave_element_out"}
        for kind in kinds | ({"leave_molecule_out"} if recipe == "aim" else set()):
            assert set(train[kind]) == {"original", "learning"}
            assert set(train[kind]["original"]) == {*TARGETS, "mean"}
        density = _json(reproduced, f"metrics/density/{recipe}.json")
        assert set(density["liquids"]) == LIQUIDS
        for row in density["liquids"].values():
            assert row["status"] in STATUSES
            assert bool(row["reason"]) == (row["status"] != "ok")
    page = (reproduced.root / "reports/paper.md").read_text(encoding="utf-8")
    for figure in re.findall(r"\((figures/\w+\.png)\)", page):
        assert (reproduced.root / "reports" / figure).stat().st_size > 5000
    assert "| water | 0.9970 | 298.15 | 0.95 | -4.0 % |" in page
    ledger = (reproduced.root / "data/database/ledger.csv").read_text(encoding="utf-8")
    assert "Boron/B.+3.0.xlsx,B,3.0,0,left out,no points below the heading" in ledger


def test_a_second_repro_does_nothing(reproduced):
    output = reproduced.run("dvc", "repro")
    assert ran(output) == []
    assert "Data and pipelines are up to date." in output


def test_repro_leaves_nothing_in_odd_places(reproduced):
    changed = reproduced.run("git", "status", "--porcelain").splitlines()
    paths = [line[3:] for line in changed]
    assert all(path.startswith(("dvc.lock", "metrics/", "reports/")) for path in paths), paths


def test_the_sweep_is_one_parent_and_a_child_for_each_trial(reproduced):
    uri = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{reproduced.root}/mlflow.db")
    try:
        runs = mlflow.search_runs(search_all_experiments=True, output_format="list")
        client = mlflow.MlflowClient()
        of_recipe = [run for run in runs if run.data.tags["recipe"] == "dimer"]
        (parent,) = (run for run in of_recipe if run.data.tags["kind"] == "sweep")
        children = [run for run in of_recipe if run.data.tags["kind"] == "trial"]
        assert len(children) == 3
        head = reproduced.run("git", "rev-parse", "HEAD").strip()
        for run in children:
            assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
            assert run.data.tags["git_commit"] == head
            assert run.data.tags["git_dirty"] == "false"
            assert run.data.tags["dvc_stage"] == "sweep@dimer"
            assert {"n_estimators", "min_samples_split", "bootstrap"} <= set(run.data.params)
            assert "cv.learning.mean" in run.data.metrics
            (artifact,) = client.list_artifacts(run.info.run_id)
            assert artifact.path == "config.yaml"
        best = _json(reproduced, "models/dimer/best_params.json")
        assert best["score"] == max(run.data.metrics["cv.learning.mean"] for run in children)
        assert parent.data.metrics["best_score"] == best["score"]
    finally:
        mlflow.set_tracking_uri(uri)


def test_metrics_and_plots_are_shown(reproduced):
    shown = json.loads(reproduced.run("dvc", "metrics", "show", "--json").splitlines()[-1])
    names = set(next(iter(shown.values()))["data"])
    assert {f"metrics/{kind}/dimer.json" for kind in ("labels", "train", "density")} <= names
    reproduced.run("dvc", "plots", "show")
    page = (reproduced.root / "dvc_plots/index.html").read_text(encoding="utf-8")
    assert "A_predicted" in page
    assert "density_against_time" in page
    assert (reproduced.root / "dvc_plots/static").is_dir()


def test_push_and_pull_bring_the_outputs_back(reproduced, tmp_path):
    reproduced.run("dvc", "remote", "add", "--local", "--default", "local", str(tmp_path))
    reproduced.run("dvc", "push")
    model = reproduced.root / "models/dimer/model.skops"
    content = model.read_bytes()
    shutil.rmtree(reproduced.root / ".dvc/cache")
    shutil.rmtree(reproduced.root / "models")
    reproduced.run("dvc", "pull")
    assert model.read_bytes() == content
    assert ran(reproduced.run("dvc", "repro")) == []


def test_a_new_tracking_database_gets_the_same_bytes_again(reproduced):
    """After a pull there is no MLflow database: validation registers the model anew."""
    (reproduced.root / "mlflow.db").unlink()
    shutil.rmtree(reproduced.root / "mlartifacts")
    output = reproduced.run("dvc", "repro", "--single-item", "--force", "validate@dimer")
    assert ran(output) == ["validate@dimer"]
    assert "Created version '1'" in output


def test_a_change_of_md_reruns_the_densities_and_the_report_alone(reproduced):
    reproduced.run("git", "add", "-A")
    reproduced.run("git", "commit", "-q", "-m", "before md")
    reproduced.change("md/quick.yaml", seed=7)
    rerun = sorted(ran(reproduced.run("dvc", "repro")))
    assert rerun == ["report", "validate@aim", "validate@dimer"]


def test_an_experiment_composes_conf_and_can_be_compared(reproduced):
    reproduced.run("git", "add", "-A")
    reproduced.run("git", "commit", "-q", "-m", "before the experiment")
    before = _json(reproduced, "metrics/labels/dimer.json")
    output = reproduced.run(
        "dvc", "exp", "run", "-S", "labels.dimer.r2_min=0.95", "-S", "md=smoke",
        "-S", "md.n_atoms=120", "-S", "md.cutoff=5.0", "-S", "md.max_ps=5.0",
        "--name", "strict",
    )  # fmt: skip
    assert "labels@dimer" in ran(output)
    assert "database" not in ran(output)
    composed = yaml.safe_load((reproduced.root / "params.yaml").read_text(encoding="utf-8"))
    assert composed["labels"]["dimer"]["r2_min"] == 0.95
    assert composed["md"]["profile"] == "smoke"
    after = _json(reproduced, "metrics/labels/dimer.json")
    assert after["n_kept"] == before["n_kept"] - 1  # the noisy one
    difference = json.loads(
        reproduced.run("dvc", "exp", "diff", "HEAD", "strict", "--json").splitlines()[-1]
    )
    kept = difference["metrics"]["metrics/labels/dimer.json"]["n_kept"]
    assert (kept["old"], kept["new"]) == (before["n_kept"], after["n_kept"])
    reproduced.run("git", "checkout", "-q", "--", ".")


def test_the_shipped_database_makes_a_forest_too(reproduced):
    output = reproduced.run(
        "dvc", "exp", "run", "-S", "database=builtin", "--name", "shipped", "train@dimer"
    )
    assert ran(output) == ["database", *(f"{stage}@dimer" for stage in FOREST)]
    labels = _json(reproduced, "metrics/labels/dimer.json")
    assert set(labels["n_kept_by_element"]) == {"H", "Li", "B", "C", "N", "O", "F", "P", "S"}
    assert labels["n_kept"] >= 40  # of 45
    reproduced.run("git", "checkout", "-q", "--", ".")


def test_an_unknown_key_is_refused_before_anything_runs(reproduced):
    output = reproduced.run("dvc", "exp", "run", "-S", "labels.dimer.colour=1", ok=False)
    assert "colour" in output
    assert ran(output) == []


def test_bad_data_is_one_clear_line_and_nothing_is_half_written(reproduced, synthetic, tmp_path):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(synthetic.archive.read_bytes()[:3000])
    before = {p: p.read_bytes() for p in (reproduced.root / "data/database").iterdir()}
    output = reproduced.run(
        "python", "-m", "pairforest.stages.database", ok=False, PAIRFOREST_LAL2023=str(cut)
    )
    assert len(output.strip().splitlines()) == 1
    assert output.startswith("error: ")
    assert "cut.zip" in output
    after = {p: p.read_bytes() for p in (reproduced.root / "data/database").iterdir()}
    assert after == before
