"""Stage `report`: the paper beside this run, our own database, and DVC's plots."""

import json
from pathlib import Path
from typing import Any

import ase.io
import pandas as pd
import yaml
from optuna.trial import FrozenTrial

from pairforest import stages, tables
from pairforest.calibration import study
from pairforest.calibration.parameters import logarithms
from pairforest.config import Params, load_liquid, load_params
from pairforest.elements import element_table
from pairforest.files import write_text
from pairforest.labels import constants, curves
from pairforest.report import (
    benchmarks,
    calibration,
    comparison,
    coverage,
    database,
    figures,
    paper,
    style,
)
from pairforest.walls import law

_REPORTS = Path("reports")
_RAW = Path("data/raw")
_CALIBRATION = Path("data/calibration")
SURVEY = Path("data/survey/densities.csv")
_PLOT_EVERY = 10  # samples between points of the density plot


def main() -> None:
    """Draw and write everything about the recipes that ran."""
    params = load_params()
    style.use()
    for recipe in params.recipes:
        series = tables.read(Path(f"data/density/{recipe}/series.parquet"), tables.SERIES)
        first = series[series["replica"] == 0]
        wide = first.pivot_table(index="time", columns="liquid", values="density")
        wide = wide.reindex(columns=params.validation.liquids).iloc[::_PLOT_EVERY]
        write_text(
            _REPORTS / "plots" / "density" / f"{recipe}.csv",
            wide.reset_index().to_csv(index=False, float_format="%.5g"),
        )
    results = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in Path("benchmarks/results").glob("*.json")
    }
    write_text(_REPORTS / "benchmarks.md", benchmarks.render(results))
    _database(results)
    _calibration(params)
    _comparison(params)
    if "dimer" in params.recipes:
        _paper(params)


def _calibration(params: Params) -> None:
    """Write what the shipped studies found."""
    found: dict[str, dict[str, Any]] = {}
    trials = []
    for rule in params.calibrate.n_trials:
        found[rule] = constants.load(_CALIBRATION / f"{rule}.json", rule).model_dump()
        of = found[rule]["provenance"]
        for trial in study.finished(of["study"], Path(of["journal"])):
            of_trial = {
                "rule": rule,
                "objective": study.objective(trial, params.calibrate),
                "prior": study.prior_penalty(trial.params, params.calibrate),
            }
            trials += [of_trial | row for row in _responses(trial)]
        at = logarithms(found[rule], list(params.calibrate.parameters))
        of["foretold"]["prior"] = study.prior_penalty(at, params.calibrate)
    table = pd.DataFrame(trials)
    style.save(calibration.figure(table), _REPORTS / "figures" / "calibration.png")
    page = calibration.render(found, table, params.labels.aim.mixing_rule)
    write_text(_REPORTS / "calibration.md", page)


def _responses(trial: FrozenTrial) -> list[dict[str, Any]]:
    """Give a row for each liquid of a trial, experiment beside."""
    rows = []
    for name, response in trial.user_attrs[study.RESPONSES].items():
        liquid = load_liquid(name)
        heat = liquid.heat_of_vaporisation
        rows.append(
            {
                "trial": trial.number,
                "liquid": name,
                **response,
                "experiment": liquid.density_at(liquid.temperature),
                "heat_experiment": None if heat is None else heat.value,
            }
        )
    return rows


def _comparison(params: Params) -> None:
    """Write what this run and the survey found, beside the paper and the controls."""
    survey = pd.read_csv(SURVEY)
    survey["experiment"] = [
        load_liquid(name).density_at(temperature)
        for name, temperature in zip(survey["liquid"], survey["temperature"], strict=True)
    ]
    published = yaml.safe_load((_RAW / "lal2023_published.yaml").read_text(encoding="utf-8"))
    paper = {name: (density, known) for name, known, density in published["table_5"]["rows"]}
    controls = json.loads(Path("metrics/controls.json").read_text(encoding="utf-8"))
    controlled = [found["liquid"] for found in controls.values() if isinstance(found, dict)]
    names = dict.fromkeys([*params.survey.liquids, *survey["liquid"], *paper, *controlled])
    liquids = {name: load_liquid(name) for name in names}
    experiment: dict[str, tuple[str, float | None]] = {
        name: (liquid.role, liquid.density_at(liquid.temperature))
        for name, liquid in liquids.items()
    }
    whole = comparison.table(survey, experiment, paper, controls)
    write_text(_REPORTS / "comparison.csv", whole.to_csv(index=False, float_format="%.6g"))
    profiles = ", ".join(f"`{name}`" for name in survey["profile"].unique())
    commits = ", ".join(f"`{str(commit)[:7]}`" for commit in survey["commit"].unique())
    provenance = f"Profile {profiles}, begun at commits {commits}."
    if survey.empty:
        provenance = "No liquid has been run for it yet."
    run: dict[str, Any] = {
        recipe: json.loads(Path(f"metrics/density/{recipe}.json").read_text(encoding="utf-8"))
        for recipe in params.recipes
    }
    write_text(_REPORTS / "comparison.md", comparison.render(whole, provenance, run))


def _database(results: dict[str, dict[str, Any]]) -> None:
    pairs = tables.read(_RAW / "qe_dimers.parquet", tables.QE_DIMERS)
    atoms = tables.read(_RAW / "qe_atoms.parquet", tables.QE_ATOMS)
    probes = tables.read(_RAW / "probes.parquet", tables.PROBES)
    felt = law.gather(probes, atoms)
    walls = tables.read(Path("data/database/walls.parquet"), tables.WALLS)
    single = law.each(felt, law.Law(walls, law.of_neon(probes)))
    folder = _REPORTS / "figures"
    style.save(coverage.pairs(pairs), folder / "dimers.png")
    style.save(coverage.atoms(atoms), folder / "atoms.png")
    style.save(coverage.walls(single, walls), folder / "walls.png")
    drawn = {
        "qe_convergence": coverage.pair_convergence,
        "mbis_convergence": coverage.volume_convergence,
        "published_curves": coverage.published_curves,
    }
    for name, draw in drawn.items():
        if name in results:
            style.save(draw(results[name]["measured"]), folder / f"{name}.png")
    write_text(_REPORTS / "database.md", database.render(pairs, atoms, walls, results))


def _metrics(kind: str) -> dict[str, Any]:
    content = Path(f"metrics/{kind}/dimer.json").read_text(encoding="utf-8")
    return dict(json.loads(content))


def _paper(params: Params) -> None:
    labels = tables.read(Path("data/labels/dimer/labels.parquet"), tables.LABELS)
    unclustered = tables.read(Path("data/labels/dimer/unclustered.parquet"), tables.LABELS)
    dimers = tables.read(Path("data/database/dimers.parquet"), tables.DIMERS)
    predictions = pd.read_csv("data/density/dimer/predictions.csv")
    held_out = pd.read_csv("reports/plots/predicted/dimer.csv")
    series = tables.read(Path("data/density/dimer/series.parquet"), tables.SERIES)
    published = yaml.safe_load((_RAW / "lal2023_published.yaml").read_text(encoding="utf-8"))
    density = _metrics("density")
    numbered = [
        table.assign(
            atomic_number=element_table()["atomic_number"].loc[table["element"]].to_numpy()
        )
        for table in (unclustered, labels[labels["kept"]])
    ]
    shown = {
        (curve.element, curve.charge): pd.DataFrame(
            {
                "distance": curve.distance,
                "energy": curve.energy,
                "suspect": curve.suspect,
            }
        )
        for curve in curves.cut(dimers, params.database.coulomb)
    }
    folder = _REPORTS / "figures"
    style.save(figures.energy_curves(shown, unclustered, labels), folder / "curves.png")
    style.save(figures.constants(*numbered), folder / "constants.png")
    style.save(figures.predicted_against_fitted(held_out), folder / "predicted.png")
    style.save(figures.density_against_time(series, density["liquids"]), folder / "density.png")
    structure = pd.read_csv("data/density/dimer/structure.csv")
    style.save(figures.radial_distributions(structure), folder / "structure.png")
    last = Path("data/density/dimer/snapshots.extxyz")
    frames = ase.io.read(last, ":") if last.stat().st_size else []
    style.save(figures.snapshots(frames), folder / "snapshots.png")
    page = paper.render(
        predictions=predictions,
        labels=labels,
        summary=_metrics("labels"),
        train=_metrics("train"),
        density=density,
        controls=json.loads(Path("metrics/controls.json").read_text(encoding="utf-8")),
        published=published,
        database=params.database.name,
        highest=max(float(curve["energy"].max()) for curve in shown.values()),
    )
    write_text(_REPORTS / "paper.md", page)
    print("reports/paper.md")


if __name__ == "__main__":
    stages.run(main)
