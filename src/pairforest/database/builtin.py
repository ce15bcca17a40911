"""The project's own Quantum ESPRESSO database: tables in data/raw, checked against a manifest."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from pairforest.database import dispersion
from pairforest.database.assembly import LEDGER, Database
from pairforest.database.charges import from_potential
from pairforest.database.polarisation import Polarisation, polarisation
from pairforest.errors import PairForestError
from pairforest.files import sha256, write_text

DIMERS = Path("data/raw/qe_dimers.parquet")
ATOMS = Path("data/raw/qe_atoms.parquet")
POTENTIALS = Path("data/raw/qe_potentials.parquet")
PROBES = Path("data/raw/probes.parquet")
MANIFEST = Path("data/raw/qe.sha256")


def verify(manifest: Path) -> None:
    """Check every file of a manifest, which names them beside itself as ``sha256sum`` does.

    Raises
    ------
    PairForestError
        If the manifest or a file is missing, or does not name all tables, or a file is not what
        the manifest says.
    """
    try:
        lines = manifest.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise PairForestError(f"{manifest} is missing: 'git restore {manifest}'") from None
    named = [line.split(maxsplit=1) for line in lines if line]
    for table in (DIMERS, ATOMS, POTENTIALS, PROBES):
        if table.name not in [name for _, name in named]:
            raise PairForestError(
                f"{manifest} does not name {table.name}: 'git restore {manifest}'"
            )
    for expected, name in named:
        path = manifest.parent / name
        if not path.exists():
            raise PairForestError(f"{path} is missing: 'git restore {path}' brings it back")
        if sha256(path) != expected:
            raise PairForestError(
                f"{path} is not what {manifest} says: 'git restore {path}' brings it back"
            )


def write_manifest(manifest: Path, files: Sequence[Path]) -> None:
    """Put the SHA-256 of files that lie beside the manifest into it, in ``sha256sum``'s form.

    Lines of other files stay as they are.
    """
    lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
    sums = {name: known for known, name in (line.split(maxsplit=1) for line in lines)}
    sums |= {path.name: sha256(path) for path in files}
    write_text(manifest, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))


@contextmanager
def alone(scratch: Path) -> Iterator[None]:
    """Keep other processes from data/raw, whose tables one writes at a time.

    Raises
    ------
    PairForestError
        If another process is at work on them.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with (scratch / "tables.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PairForestError("another process is at work on data/raw; let it end") from None
        yield


def assemble(rows: pd.DataFrame) -> Database:
    """Turn our own pairs into the `dimers` table.

    A point that did not converge is left out. So is a curve that lacks its largest distance, to
    which its energies would be relative. The ledger says which and why.

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
    curves, ledger = [], []
    for (element, charge), points in rows.groupby(["element", "charge"]):
        good = points["status"] == "converged"
        notes = [f"{one.distance:g} Å: {one.status}" for one in points[~good].itertuples()]
        if good.iloc[-1]:
            curves.append(points[good])
        else:
            notes.append("no energy to refer to")
        outcome = "read" if good.iloc[-1] else "left out"
        ledger.append((DIMERS.name, element, charge, int(good.sum()), outcome, "; ".join(notes)))
    if not curves:
        raise PairForestError(f"{DIMERS} has no curve that reaches its largest distance")
    dimers = pd.concat(curves, ignore_index=True)
    dimers = dimers[["element", "charge", "distance", "energy", "status", "source"]]
    dimers.insert(4, "published_relative_energy", np.nan)
    return Database(dimers, pd.DataFrame(ledger, columns=LEDGER))


def atoms(rows: pd.DataFrame, potentials: pd.DataFrame) -> pd.DataFrame:
    """Give our own atoms in converged molecules, with their C6 and Onsager's factor.

    C6 is DFT-D4's in the same geometry; a polar hydrogen's is counted with the atom that holds it.
    Charges give the potential from where the atoms are in LAMMPS: in another geometry they would
    have another dipole. Free atoms are left out, and complexes, which have no liquid: the potential
    about one hardly says what the hydrogen within a hydrogen bond has.

    Parameters
    ----------
    rows : DataFrame
        Of schema `tables.QE_ATOMS`.
    potentials : DataFrame
        Of schema `tables.QE_POTENTIALS`.

    Returns
    -------
    DataFrame
        The same columns, c6 (eV Å⁶), charge_esp (e), offset (Å), onsager and self_energy (eV).

    Raises
    ------
    PairForestError
        If DFT-D4 does not take a molecule, or its potential is not at hand.
    """
    apart = rows["molecule"].str.startswith("free ") | rows["smiles"].str.contains(".", regex=False)
    empty = dict.fromkeys(["c6", "charge_esp", "offset", *Polarisation._fields], np.nan)
    kept = rows.assign(**empty)[(rows["status"] == "converged") & ~apart]
    felt = dict(list(potentials.groupby(["molecule", "key"])))
    for name, of in kept.groupby("molecule", sort=False):
        positions, smiles = of[["x", "y", "z"]].to_numpy(), str(of["smiles"].iloc[0])
        found = dispersion.responses(str(name), of["element"].tolist(), positions)
        kept.loc[of.index, "c6"] = dispersion.united(found.c6, smiles)
        if (around := felt.get((name, of["key"].iloc[0]))) is None:
            raise PairForestError(
                f"{POTENTIALS} lacks {name}; 'pairforest-qe molecules name={name}' computes it"
            )
        like, partition = of["equivalence"].to_numpy(), of["charge"].to_numpy()
        charges = from_potential(smiles, positions, like, partition, around)
        whole = polarisation(
            charges.charge_esp, charges.positions, float(found.polarisability.sum())
        )
        kept.loc[of.index, "charge_esp"] = charges.charge_esp
        kept.loc[of.index, "offset"] = charges.offset
        kept.loc[of.index, [*Polarisation._fields]] = [*whole]
    return kept.reset_index(drop=True)


def summary(pairs: pd.DataFrame, in_molecules: pd.DataFrame) -> dict[str, float]:
    """Count what converged, and the fraction of SCFs, of pairs and molecules, that did.

    Parameters
    ----------
    pairs, in_molecules : DataFrame
        Of schemas `tables.QE_DIMERS` and `tables.QE_ATOMS`.
    """
    status = pd.concat([pairs["status"], in_molecules.drop_duplicates("molecule")["status"]])
    pairs = pairs[pairs["status"] == "converged"]
    in_molecules = in_molecules[in_molecules["status"] == "converged"]
    free = in_molecules["molecule"].str.startswith("free ")
    return {
        "n_elements": pairs["element"].nunique(),
        "n_dimers": len(pairs),
        "n_molecules": in_molecules["molecule"][~free].nunique(),
        "n_atoms": int((~free).sum()),
        "n_free_atoms": int(free.sum()),
        "converged_fraction": round(float((status == "converged").mean()), 4),
    }
