"""Stage `probes`: a neon atom about the molecules of the database. Half an hour; frozen."""

from pathlib import Path

import pandas as pd

from pairforest import stages, tables
from pairforest.compute import stream_tasks
from pairforest.config import LIQUIDS, Params, load_liquid, load_params
from pairforest.database.builtin import ATOMS, MANIFEST, PROBES, alone, write_manifest
from pairforest.walls import probe

_TESTS = {"test", "paper_test"}


def left_out(folder: Path = LIQUIDS) -> set[str]:
    """Give the SMILES of liquids that are tests: nothing that all molecules share is from them."""
    liquids = [load_liquid(path.stem, folder) for path in sorted(folder.glob("*.yaml"))]
    return {liquid.smiles for liquid in liquids if liquid.role in _TESTS}


def _write(rows: pd.DataFrame) -> None:
    tables.write(PROBES, rows.sort_values(["molecule", "x", "y", "z"]), tables.PROBES)
    write_manifest(MANIFEST, [PROBES])


def main() -> None:
    """Drop energies that are not asked for, compute those that lack, and write after each."""
    params = load_params()
    with alone(params.qe.scratch):
        _feel(params)


def _feel(params: Params) -> None:
    tasks = probe.plan(tables.read(ATOMS, tables.QE_ATOMS), left_out(), params.walls)
    wanted = {(task.molecule, task.key) for task in tasks}
    at_hand = tables.read_or_empty(PROBES, tables.PROBES)
    keys = list(zip(at_hand["molecule"], at_hand["key"], strict=True))
    rows = at_hand.loc[[key in wanted for key in keys]]
    todo = [task for task in tasks if (task.molecule, task.key) not in set(keys)]
    print(f"{len(tasks)} molecules, {len(todo)} to feel", flush=True)
    _write(rows)
    for found in stream_tasks(probe.rows, todo, params.compute.workers):
        rows = pd.concat([rows, found], ignore_index=True)
        _write(rows)
        print(f"{found['molecule'].iloc[0]}: {len(found)} points", flush=True)


if __name__ == "__main__":
    stages.run(main)
