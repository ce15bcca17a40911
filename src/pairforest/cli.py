"""`pairforest`: the small commands round the pipeline."""

import argparse
import os
import sys
from collections.abc import Sequence

from pairforest import __version__, tracking
from pairforest.config import write_params
from pairforest.errors import PairForestError


def _init(_: argparse.Namespace) -> None:
    tracking.upgrade()
    tracking.client()


def _params(_: argparse.Namespace) -> None:
    write_params()
    print("params.yaml is now the image of conf/")


def _ui(arguments: argparse.Namespace) -> None:
    tracking.client()
    command = ["mlflow", "server", "--backend-store-uri", tracking.tracking_uri()]
    command += ["--default-artifact-root", tracking.artifact_location()]
    command += ["--host", "127.0.0.1", "--port", str(arguments.port)]
    os.execvp("mlflow", command)


def _density(chosen: argparse.Namespace) -> None:
    # Here, so that the other commands start without loading the forest and RDKit.
    from pairforest.stages.density import density

    print(density(chosen.liquid, chosen.potential, chosen.md, chosen.ranks))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="pairforest", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("init", help="make the MLflow database").set_defaults(run=_init)
    commands.add_parser("params", help="write params.yaml anew from conf/").set_defaults(
        run=_params
    )
    ui = commands.add_parser("ui", help="MLflow's pages on the runs made here")
    ui.add_argument("--port", type=int, default=5000)
    ui.set_defaults(run=_ui)
    density = commands.add_parser("density", help="a liquid of conf/liquid in some potential")
    density.add_argument("liquid")
    density.add_argument(
        "--potential",
        choices=["learned", "spce", "tip4p_2005", "opls", "w99"],
        default="learned",
    )
    density.add_argument("--md", default="quick", help="a profile of conf/md")
    density.add_argument("--ranks", type=int, help="MPI ranks; no more than cores that are free")
    density.set_defaults(run=_density)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except PairForestError as error:
        sys.exit(f"pairforest: {error}")
