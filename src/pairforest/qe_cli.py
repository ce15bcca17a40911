"""`pairforest-qe`: compute with Quantum ESPRESSO what the database lacks.

``pairforest-qe dimers`` computes the pairs of the settings that data/raw/qe_dimers.parquet lacks,
``pairforest-qe dimers element=Mg`` those of one element. Any setting of the `qe` section of
params.yaml may be given another value: ``dimers.charges=[-2,2] gth.ecutwfc.Mg=80``.
``pairforest-qe molecules`` computes the molecules of data/raw/qe_molecules.csv, and the free atoms
of their elements, that data/raw/qe_atoms.parquet lacks, or whose potential
data/raw/qe_potentials.parquet lacks; ``pairforest-qe molecules name=ethanol`` computes one.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import pandas as pd
import yaml
from pydantic import ValidationError

from pairforest import tables
from pairforest.config import faults, load_params
from pairforest.database.builtin import ATOMS, DIMERS, MANIFEST, POTENTIALS, alone, write_manifest
from pairforest.errors import PairForestError
from pairforest.qe import dimers, molecules
from pairforest.qe.settings import QeSettings


def override(
    settings: QeSettings, overrides: Sequence[str], what: str = "element"
) -> tuple[QeSettings, list[str] | None]:
    """Give the settings with other values, and the elements or molecules asked for, if any.

    Parameters
    ----------
    settings : QeSettings
        Those of params.yaml.
    overrides : sequence of str
        ``key=value``, keys dotted, values in YAML; ``element=Mg`` or ``element=[Mg,Ca]``.
    what : str
        The key that asks, ``element`` or ``name``.

    Raises
    ------
    PairForestError
        If one is not of that form, or the settings may not say so.
    """
    content: dict[str, Any] = settings.model_dump(mode="json")
    asked = None
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals:
            raise PairForestError(f"{text!r}: expected key=value, such as {what}=…")
        try:
            parsed = yaml.safe_load(value)
        except yaml.YAMLError:
            raise PairForestError(f"{text!r}: the value is not YAML") from None
        if key == what:
            asked = [str(one) for one in (parsed if isinstance(parsed, list) else [parsed])]
            continue
        *sections, last = key.split(".")
        section = content
        for name in sections:
            section = section.setdefault(name, {})
            if not isinstance(section, dict):
                raise PairForestError(f"{text!r}: {name} is not a section of qe")
        section[last] = parsed
    try:
        return QeSettings.model_validate(content), asked
    except ValidationError as error:
        raise PairForestError(f"qe: {faults(error)}") from None


def _dimers(arguments: argparse.Namespace) -> None:
    params = load_params()
    settings, elements = override(params.qe, arguments.overrides)
    rows = tables.read_or_empty(DIMERS, tables.QE_DIMERS)
    tasks = dimers.plan(settings, elements)
    replaced = int(dimers.stale(tasks, rows).sum())
    todo = len(dimers.missing(tasks, rows))
    print(f"{len(tasks)} points, {len(tasks) - todo} at hand, {todo} to compute", flush=True)
    if replaced:
        print(f"{replaced} rows of the same curves with other settings are replaced", flush=True)

    def save(table: pd.DataFrame) -> None:
        tables.write(DIMERS, table, tables.QE_DIMERS)
        write_manifest(MANIFEST, [DIMERS])
        left = len(dimers.missing(tasks, table))
        print(f"{todo - left} of {todo} computed", flush=True)

    workers = arguments.workers or params.compute.workers
    table = dimers.compute(tasks, rows, workers, save)
    mine = table[table["key"].isin([task.scf.key for task in tasks])]
    suspect = mine[mine["status"] != "converged"]
    for one in suspect.itertuples():
        print(f"{one.element} {one.charge:+g} at {one.distance:.3f} Å: {one.status}")
    print(f"{len(mine)} points, {len(suspect)} suspect, {mine['wall_s'].sum():.0f} s of pw.x")


def _molecules(arguments: argparse.Namespace) -> None:
    params = load_params()
    settings, names = override(params.qe, arguments.overrides, "name")
    at_hand = molecules.Computed(
        tables.read_or_empty(ATOMS, tables.QE_ATOMS),
        tables.read_or_empty(POTENTIALS, tables.QE_POTENTIALS),
    )
    tasks = molecules.plan(settings, names)
    todo = len(molecules.missing(tasks, at_hand))
    print(f"{len(tasks)} molecules and atoms, {todo} to compute", flush=True)

    def save(table: molecules.Computed) -> None:
        tables.write(ATOMS, table.atoms, tables.QE_ATOMS)
        tables.write(POTENTIALS, table.potentials, tables.QE_POTENTIALS)
        write_manifest(MANIFEST, [ATOMS, POTENTIALS])
        left = len(molecules.missing(tasks, table))
        print(f"{todo - left} of {todo} computed", flush=True)

    workers = arguments.workers or params.compute.workers
    table = molecules.compute(tasks, at_hand, workers, save).atoms
    mine = table[table["key"].isin([task.key for task in tasks])]
    first = mine.drop_duplicates("molecule")
    suspect = first[first["status"] != "converged"]
    for one in suspect.itertuples():
        print(f"{one.molecule}: {one.status}")
    print(f"{len(first)} computed, {len(suspect)} suspect, {first['wall_s'].sum():.0f} s of pw.x")
    if names:
        columns = ["molecule", "atom_index", "element", "charge", "volume", "sigma"]
        print(mine[columns].round(3).to_string(index=False))
        return
    print("The largest differences between atoms alike by their bonds (e, percent of volume):")
    print(molecules.spread(mine).sort_values("charge").tail(5).round(3).to_string())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="pairforest-qe", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    pairs = commands.add_parser("dimers", help="same-element pairs by charge and distance")
    pairs.add_argument("overrides", nargs="*", metavar="key=value", help="element=Mg, or settings")
    pairs.add_argument("--workers", type=int, help="SCFs at once; compute.workers if not given")
    pairs.set_defaults(run=_dimers)
    atoms = commands.add_parser("molecules", help="charges and volumes of atoms in molecules")
    atoms.add_argument("overrides", nargs="*", metavar="key=value", help="name=…, or settings")
    atoms.add_argument("--workers", type=int, help="molecules at once; compute.workers otherwise")
    atoms.set_defaults(run=_molecules)
    chosen = parser.parse_args(arguments)
    try:
        with alone(load_params().qe.scratch):
            chosen.run(chosen)
    except PairForestError as error:
        sys.exit(f"pairforest-qe: {error}")


if __name__ == "__main__":
    main()
