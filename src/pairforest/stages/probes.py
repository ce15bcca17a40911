"""Stage `probes`: a neon atom about the molecules of the database. Half an hour; frozen."""

from pathlib import Path

import pandas as pd
from rdkit import Chem

from pairforest import stages, tables
from pairforest.compute import stream_tasks
from pairforest.config import LIQUIDS, load_liquid, load_params
from pairforest.database.builtin import ATOMS, DIMERS, MANIFEST, PROBES, write_manifest
from pairforest.walls import probe

_TESTS = {"test", "paper_test"}


def left_out(folder: Path = LIQUIDS) -> set[str]:
    """Give the SMILES of liquids that are tests: nothing that all molecules share is from them."""
    liquids = [load_liquid(path.stem, folder) for path in sorted(folder.glob("*.yaml"))]
    of = [Chem.MolFromSmiles(one.smiles) for one in liquids if one.role in _TESTS]
    return {Chem.MolToSmiles(one) for one in of}


def main() -> None:
    """Compute the energies that the table lacks, and write it after every molecule."""
    params = load_params()
    atoms = tables.read(ATOMS, tables.QE_ATOMS)
    tasks = probe.plan(atoms, left_out(), params.walls)
    at_hand = tables.read_or_empty(PROBES, tables.PROBES)
    done = at_hand[at_hand["key"].isin([task.key for task in tasks])]
    todo = [task for task in tasks if task.key not in set(done["key"])]
    print(f"{len(tasks)} molecules, {len(todo)} to feel", flush=True)
    for task, rows in zip(
        todo, stream_tasks(probe.rows, todo, params.compute.workers), strict=True
    ):
        done = pd.concat([done, rows], ignore_index=True)
        tables.write(PROBES, done.sort_values(["molecule", "x", "y", "z"]), tables.PROBES)
        write_manifest(MANIFEST, [DIMERS, ATOMS, PROBES])
        print(f"{task.molecule}: {len(rows)} points", flush=True)


if __name__ == "__main__":
    stages.run(main)
