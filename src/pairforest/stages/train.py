"""Stage `train`: the forest with the sweep's best parameters, judged and saved. Pure: no MLflow."""

import argparse
import json
from pathlib import Path

from pairforest import stages, tables
from pairforest.config import load_params
from pairforest.files import write_json, write_text
from pairforest.forest import store
from pairforest.forest.evaluate import evaluate, held_out_predictions
from pairforest.forest.features import TARGETS, features, training_rows
from pairforest.forest.model import build
from pairforest.forest.settings import with_best


def main() -> None:
    """Train on all kept labels; write model, SHA-256, scores and held-out predictions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer", "aim"])
    recipe = parser.parse_args().recipe
    params = load_params()
    folder = Path("models") / recipe
    best = json.loads((folder / "best_params.json").read_text(encoding="utf-8"))["params"]
    model = build(with_best(params.model, best), params.labels.of(recipe).learning_scale)
    rows = training_rows(tables.read(Path(f"data/labels/{recipe}/labels.parquet"), tables.LABELS))
    scores = evaluate(model, rows, params.evaluation)
    write_json(Path(f"metrics/train/{recipe}.json"), scores)
    plots = Path("reports/plots/predicted")
    write_text(
        plots / f"{recipe}.csv",
        held_out_predictions(model, rows, params.evaluation).to_csv(
            index=False, float_format="%.6g"
        ),
    )
    model.fit(features(rows).to_numpy(), rows[TARGETS].to_numpy())
    sha256 = store.save(model, folder / "model.skops")
    write_text(folder / "model.sha256", f"{sha256}  model.skops\n")
    split = scores["paper_split"]["original"]["mean"]
    honest = scores["leave_element_out"]["original"]["mean"]["mean"]
    print(f"mean R²: {split:.3f} on the paper's split, {honest:.3f} with whole elements left out")


if __name__ == "__main__":
    stages.run(main)
