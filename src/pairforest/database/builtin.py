"""The project's own Quantum ESPRESSO database: tables in data/raw, checked against a manifest."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pairforest import tables
from pairforest.database.assembly import LEDGER, Database
from pairforest.errors import PairForestError
from pairforest.files import sha256, write_text

DIMERS = Path("data/raw/qe_dimers.parquet")
ATOMS = Path("data/raw/qe_atoms.parquet")
MANIFEST = Path("data/raw/qe.sha256")


def verify(manifest: Path) -> None:
    """Check every file of a manifest, which names them beside itself as ``sha256sum`` does.

    Raises
    ------
    PairForestError
        If the manifest or a file is missing, or a file is not what the manifest says.
    """
    try:
        lines = manifest.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise PairForestError(f"{manifest} is missing: 'git restore {manifest}'") from None
    for expected, name in (line.split(maxsplit=1) for line in lines if line):
        path = manifest.parent / name
        if not path.exists():
            raise PairForestError(f"{path} is missing: 'git restore {path}' brings it back")
        if sha256(path) != expected:
            raise PairForestError(
                f"{path} is not what {manifest} says: 'git restore {path}' brings it back"
            )


def write_manifest(manifest: Path, files: Sequence[Path]) -> None:
    """Write the SHA-256 of files that lie beside the manifest, in the form of ``sha256sum``."""
    lines = [f"{sha256(path)}  {path.name}\n" for path in sorted(files) if path.exists()]
    write_text(manifest, "".join(lines))


def assemble(rows: pd.DataFrame) -> Database:
    """Turn our own pairs into the `dimers` table; a point without an energy is left out.

    Parameters
    ----------
    rows : DataFrame
        Of schema `tables.QE_DIMERS`.

    Raises
    ------
    PairForestError
        If no row has an energy.
    """
    rows = rows.sort_values(["element", "charge", "distance"], ignore_index=True)
    known = rows["energy"].notna()
    if not known.any():
        raise PairForestError(f"{DIMERS} has no energies")
    dimers = rows.loc[known, ["element", "charge", "distance", "energy", "status", "source"]]
    dimers.insert(4, "published_relative_energy", np.nan)
    ledger = []
    for (element, charge), points in rows.groupby(["element", "charge"]):
        n, suspect = int(points["energy"].notna().sum()), points["status"] != "converged"
        notes = [f"{one.distance:g} Å: {one.status}" for one in points[suspect].itertuples()]
        outcome = "read" if n else "left out"
        ledger.append((DIMERS.name, element, charge, n, outcome, "; ".join(notes)))
    return Database(dimers.reset_index(drop=True), pd.DataFrame(ledger, columns=LEDGER))


def atoms(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn our own atoms in molecules into the `atoms` table: those of converged molecules.

    Bonds make the partners of a complex alike, but one gives a hydrogen bond and the other takes
    it: there every atom stands for itself.

    Parameters
    ----------
    rows : DataFrame
        Of schema `tables.QE_ATOMS`.
    """
    complexes = rows["smiles"].str.contains(".", regex=False)
    alike = rows["equivalence"].where(~complexes, rows["atom_index"])
    kept = rows.assign(equivalence=alike)[rows["status"] == "converged"]
    return kept[list(tables.ATOMS.columns)].reset_index(drop=True)


def summary(pairs: pd.DataFrame, in_molecules: pd.DataFrame) -> dict[str, float]:
    """Count what there is, and the fraction of SCFs, of pairs and molecules, that converged.

    Parameters
    ----------
    pairs, in_molecules : DataFrame
        Of schemas `tables.QE_DIMERS` and `tables.QE_ATOMS`.
    """
    molecules = in_molecules.drop_duplicates("molecule")
    free = molecules["molecule"].str.startswith("free ")
    status = pd.concat([pairs["status"], molecules["status"]])
    return {
        "n_elements": pairs["element"].nunique(),
        "n_dimers": len(pairs),
        "n_molecules": int((~free).sum()),
        "n_atoms": int((~in_molecules["molecule"].str.startswith("free ")).sum()),
        "n_free_atoms": int(free.sum()),
        "converged_fraction": round(float((status == "converged").mean()), 4),
        "wall_hours": round(float(pairs["wall_s"].sum() + molecules["wall_s"].sum()) / 3600, 2),
    }
