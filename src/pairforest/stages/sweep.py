"""Stage `sweep`: search the forest's knobs with Hydra and Optuna; continues where it was killed."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from hydra_plugins.pairforest_sweeper.sweeper import BEST
from pairforest import stages
from pairforest.config import load_params
from pairforest.errors import PairForestError
from pairforest.files import write_json


def main() -> None:
    """Run `pairforest-train -m` on params.yaml and write the best parameters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer", "aim"])
    recipe = parser.parse_args().recipe
    sweep = load_params().sweep
    search = sweep.search.get(recipe)
    if search not in (known := sorted(one.stem for one in Path("conf/hparams_search").glob("*"))):
        raise PairForestError(
            f"params.yaml: sweep.search.{recipe}: {search!r} is not one of {known}"
        )
    folder = Path(f"scratch/hydra/sweeps/stage-{recipe}")
    (folder / BEST).unlink(missing_ok=True)
    command = [
        *(sys.executable, "-m", "pairforest.train_cli", "--multirun"),
        *("--config-path", str(Path.cwd()), "--config-name", "params"),
        *("--config-dir", str(Path("conf").resolve())),
        f"+hparams_search={search}",
        f"hydra.sweep.dir={folder}",
        f"recipe={recipe}",
    ]
    if subprocess.run(command, check=False).returncode != 0:
        raise PairForestError("the sweep failed; its own message stands above")
    found = json.loads((folder / BEST).read_text(encoding="utf-8"))
    write_json(Path(f"models/{recipe}/best_params.json"), found)
    print(f"{found['n_trials']} trials, best mean R² {found['score']:.3f} in the learning scale")


if __name__ == "__main__":
    stages.run(main)
