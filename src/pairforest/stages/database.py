"""Stage `database`: the chosen database into `dimers.parquet`, ours into `atoms.parquet`."""

from pathlib import Path

import pandas as pd

from pairforest import stages, tables
from pairforest.config import load_params
from pairforest.database import builtin, lal2023, sources
from pairforest.database.assembly import Database
from pairforest.database.settings import DatabaseSettings
from pairforest.files import replacing, write_json
from pairforest.walls import law

_TO = Path("data/database")


def read(chosen: DatabaseSettings) -> Database:
    """Read the chosen database's pairs, after checking where they come from."""
    if chosen.name == "builtin":
        return builtin.assemble(tables.read(builtin.DIMERS, tables.QE_DIMERS))
    workbooks = sources.read_workbooks(
        chosen.sources, chosen.manifest, downloads=Path("scratch/downloads")
    )
    return lal2023.assemble(workbooks)


def atoms_of(rows: pd.DataFrame, potentials: pd.DataFrame, walls: pd.DataFrame) -> pd.DataFrame:
    """Turn our own atoms in molecules into the `atoms` table.

    Parameters
    ----------
    rows : DataFrame
        Of schema `tables.QE_ATOMS`.
    potentials : DataFrame
        Of schema `tables.QE_POTENTIALS`.
    walls : DataFrame
        Of schema `tables.WALLS`.

    Raises
    ------
    PairForestError
        If DFT-D4 does not take a molecule, or an atom's kind has no wall.
    """
    found = builtin.atoms(rows, potentials)
    return found.assign(**law.of_atoms(found, walls)._asdict())[list(tables.ATOMS.columns)]


def main() -> None:
    """Read the pairs and our atoms, check them, and write the tables and the ledger."""
    builtin.verify(builtin.MANIFEST)
    database = read(load_params().database)
    in_molecules = tables.read(builtin.ATOMS, tables.QE_ATOMS)
    potentials = tables.read(builtin.POTENTIALS, tables.QE_POTENTIALS)
    probes = tables.read(builtin.PROBES, tables.PROBES)
    felt = law.gather(probes, in_molecules)
    walls = law.fit(felt, law.of_neon(probes)).walls
    atoms = atoms_of(in_molecules, potentials, walls)
    tables.write(_TO / "dimers.parquet", database.dimers, tables.DIMERS)
    tables.write(_TO / "atoms.parquet", atoms, tables.ATOMS)
    tables.write(_TO / "walls.parquet", walls, tables.WALLS)
    with replacing(_TO / "ledger.csv") as temporary:
        database.ledger.to_csv(temporary, index=False)
    pairs = tables.read(builtin.DIMERS, tables.QE_DIMERS)
    write_json(Path("metrics/qe_database.json"), builtin.summary(pairs, in_molecules))
    suspect = (database.dimers["status"] != "converged").sum()
    left_out = (database.ledger["outcome"] == "left out").sum()
    print(
        f"{len(database.dimers)} points of {len(database.ledger) - left_out} configurations, "
        f"{database.dimers['element'].nunique()} elements; {left_out} configurations left out, "
        f"{suspect} points suspect (data/database/ledger.csv); {len(atoms)} atoms in molecules"
    )


if __name__ == "__main__":
    stages.run(main)
