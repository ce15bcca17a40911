"""Stage `register`: the trained model into MLflow's registry, once."""

import argparse
import json
from pathlib import Path
from typing import Any

from pairforest import stages
from pairforest.config import load_params
from pairforest.files import write_json
from pairforest.forest.registry import Registered, register
from pairforest.forest.settings import with_best
from pairforest.labels.settings import Recipe


def register_recipe(recipe: Recipe) -> Registered:
    """Register the recipe's model with its parameters and scores; idempotent."""
    params = load_params()
    best = json.loads(Path(f"models/{recipe}/best_params.json").read_text(encoding="utf-8"))
    scores = json.loads(Path(f"metrics/train/{recipe}.json").read_text(encoding="utf-8"))
    chosen: dict[str, Any] = {
        "model": with_best(params.model, best["params"]).model_dump(),
        "labels": params.labels.of(recipe).model_dump(),
        "database": params.database.name,
    }
    return register(recipe, Path(f"models/{recipe}/model.skops"), chosen, scores)


def main() -> None:
    """Register and write which version it became."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer", "aim"])
    recipe = parser.parse_args().recipe
    registered = register_recipe(recipe)
    write_json(Path(f"models/{recipe}/registered.json"), registered._asdict())
    print(f"{registered.name} version {registered.version}, SHA-256 {registered.sha256[:12]}…")


if __name__ == "__main__":
    stages.run(main)
