"""The tables that cross a stage: their columns, units and checks, and how they are stored."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.parquet as parquet

from pairforest.errors import PairForestError
from pairforest.files import replacing


def _column(
    dtype: type, unit: str, check: pa.Check | None = None, nullable: bool = False
) -> pa.Column:
    return pa.Column(dtype, check, nullable=nullable, metadata={"unit": unit})


def _is_status(status: pd.Series) -> pd.Series:
    return status.eq("converged") | status.str.startswith("suspect: ")


DIMERS = pa.DataFrameSchema(
    {
        "element": _column(str, ""),
        "charge": _column(float, "e"),
        "distance": _column(float, "Å", pa.Check.gt(0)),
        "energy": _column(float, "eV"),
        "published_relative_energy": _column(float, "eV", nullable=True),
        "status": _column(str, "", pa.Check(_is_status, name="converged or 'suspect: why'")),
        "source": _column(str, ""),
    },
    name="dimers",
    unique=["element", "charge", "distance"],
    strict=True,
)
"""Same-element pairs: total charge of the pair (e), distance (Å), total energy (eV), the
published relative energy (eV, empty for our own data), status, file the point came from."""

QE_DIMERS = pa.DataFrameSchema(
    {
        "element": _column(str, ""),
        "charge": _column(float, "e"),
        "distance": _column(float, "Å", pa.Check.gt(0)),
        "energy": _column(float, "eV", nullable=True),
        "correction": _column(float, "eV"),
        "force": _column(float, "eV/Å", nullable=True),
        "iterations": _column(int, "", pa.Check.ge(0)),
        "attempts": _column(int, "", pa.Check.ge(1)),
        "wall_s": _column(float, "s"),
        "status": _column(str, "", pa.Check(_is_status, name="converged or 'suspect: why'")),
        "family": _column(str, "", pa.Check.isin(["gth", "paw"])),
        "ecutwfc": _column(float, "Ry", pa.Check.gt(0)),
        "ecutrho": _column(float, "Ry", pa.Check.gt(0)),
        "cell": _column(float, "Å", pa.Check.gt(0)),
        "nspin": _column(int, "", pa.Check.isin([1, 2])),
        "key": _column(str, ""),
        "source": _column(str, ""),
    },
    name="qe_dimers",
    unique=["element", "charge", "distance"],
    strict=True,
)
"""Our own same-element pairs: total charge (e), distance (Å), total energy (eV) including the
finite-size correction (eV) and the smearing's −TS, force along the axis on the second atom (eV/Å,
positive is repulsive, without the correction's share);
iterations of the attempt kept and attempts tried, wall time (s), status; family of the
pseudopotential, cutoffs (Ry), edge of the cubic cell (Å), spin channels, the SCF's key, engine and
pseudopotential. A failed SCF is a row too, its energy empty."""

QE_ATOMS = pa.DataFrameSchema(
    {
        "molecule": _column(str, ""),
        "smiles": _column(str, ""),
        "atom_index": _column(int, "", pa.Check.ge(0)),
        "element": _column(str, ""),
        "equivalence": _column(int, "", pa.Check.ge(0)),
        "x": _column(float, "Å", nullable=True),
        "y": _column(float, "Å", nullable=True),
        "z": _column(float, "Å", nullable=True),
        "charge": _column(float, "e", nullable=True),
        "volume": _column(float, "bohr³", pa.Check.gt(0), nullable=True),
        "population": _column(float, "e", pa.Check.gt(0), nullable=True),
        "sigma": _column(float, "bohr", pa.Check.gt(0), nullable=True),
        "energy": _column(float, "eV", nullable=True),
        "iterations": _column(int, "", pa.Check.ge(0)),
        "wall_s": _column(float, "s"),
        "status": _column(str, "", pa.Check(_is_status, name="converged or 'suspect: why'")),
        "family": _column(str, "", pa.Check.isin(["gth", "paw"])),
        "ecutwfc": _column(float, "Ry", pa.Check.gt(0)),
        "ecutrho": _column(float, "Ry", pa.Check.gt(0)),
        "cell_x": _column(float, "Å", nullable=True),
        "cell_y": _column(float, "Å", nullable=True),
        "cell_z": _column(float, "Å", nullable=True),
        "key": _column(str, ""),
        "source": _column(str, ""),
    },
    name="qe_atoms",
    unique=["molecule", "atom_index"],
    strict=True,
)
"""Atoms in molecules: index in RDKit's order, hydrogens last; atoms of one `equivalence` are alike
by their bonds, not by the conformer; position (Å); charge (e), volume ⟨r³⟩ (bohr³), valence
population (e) and width σ (bohr) of MBIS; energy (eV) and SCF iterations of the whole molecule,
wall time (s), status; family of the atom's pseudopotential, cutoffs (Ry), cell (Å), the molecule's
key, how it was made. Rows of molecule `free X` are free atoms. A failed molecule keeps its rows,
their numbers empty."""

QE_POTENTIALS = pa.DataFrameSchema(
    {
        "molecule": _column(str, ""),
        "x": _column(float, "Å"),
        "y": _column(float, "Å"),
        "z": _column(float, "Å"),
        "potential": _column(float, "V"),
        "key": _column(str, ""),
    },
    name="qe_potentials",
    unique=["molecule", "x", "y", "z"],
    strict=True,
)
"""Electrostatic potentials (V) of molecules of `QE_ATOMS`, whose key they carry, on shells around
them: x, y, z (Å) are in that table's frame."""

ATOMS = pa.DataFrameSchema(
    {
        "molecule": _column(str, ""),
        "smiles": _column(str, ""),
        "atom_index": _column(int, "", pa.Check.ge(0)),
        "element": _column(str, ""),
        "equivalence": _column(int, "", pa.Check.ge(0)),
        "charge": _column(float, "e"),
        "charge_esp": _column(float, "e"),
        "offset": _column(float, "Å", pa.Check.ge(0)),
        "wall": _column(float, "Å", pa.Check.gt(0)),
        "range": _column(float, "Å", pa.Check.gt(0)),
        "c6": _column(float, "eV Å⁶", pa.Check.ge(0)),
        "onsager": _column(float, "", pa.Check.ge(1)),
        "self_energy": _column(float, "eV", pa.Check.ge(0)),
        "source": _column(str, ""),
    },
    name="atoms",
    unique=["molecule", "atom_index"],
    strict=True,
)
"""Atoms in molecules of the converged ones: index in RDKit's order, hydrogens last; atoms of one
`equivalence` are alike; charge (e) of the partition; charge_esp (e), fitted to the molecule's
potential and drawn towards a part of the partition's, and offset (Å), how far from the atom it
lies, towards the hydrogens of a molecule like water; wall (Å), where two like it repel each other
by 1 kcal/mol, and the range (Å) over which they cease to; c6 (eV Å⁶) of the two, a polar hydrogen's
with the atom that holds it; onsager, how much the dipole of the molecule grows in its liquid, and
self_energy (eV), what it costs to double it."""

PROBES = pa.DataFrameSchema(
    {
        "molecule": _column(str, ""),
        "x": _column(float, "Å"),
        "y": _column(float, "Å"),
        "z": _column(float, "Å"),
        "energy": _column(float, "eV"),
        "atoms_key": _column(str, ""),
        "key": _column(str, ""),
        "source": _column(str, ""),
    },
    name="probes",
    unique=["molecule", "x", "y", "z"],
    strict=True,
)
"""First-order energies (eV) of a molecule of `QE_ATOMS` and a neon atom at x, y, z (Å) in that
table's frame; the molecule's key there, a key of all that an energy hangs on, how it was made. Rows
of `free Ne` are two neon atoms, one at the origin."""

WALLS = pa.DataFrameSchema(
    {
        "kind": _column(str, ""),
        "volume": _column(float, "bohr³", pa.Check.gt(0)),
        "distance": _column(float, "Å", pa.Check.gt(0)),
        "distance_stderr": _column(float, "Å", pa.Check.ge(0)),
        "exponent": _column(float, ""),
        "exponent_stderr": _column(float, "", pa.Check.ge(0)),
        "range": _column(float, "Å", pa.Check.gt(0)),
        "range_stderr": _column(float, "Å", pa.Check.ge(0)),
        "n_atoms": _column(int, "", pa.Check.gt(0)),
    },
    name="walls",
    unique=["kind"],
    strict=True,
)
"""Where two like atoms repel each other by 1 kcal/mol: at `distance` (Å) if they have the kind's
mean volume (bohr³), and as that power of the volume; standard errors; the range (Å) over which they
cease to at the mean volume, which goes as the distance does; atoms in the molecules felt."""

LABELS = pa.DataFrameSchema(
    {
        "recipe": _column(str, ""),
        "molecule": _column(str, ""),
        "element": _column(str, ""),
        "radius": _column(float, "pm", pa.Check.gt(0)),
        "charge": _column(float, "e"),
        "A": _column(float, "eV", nullable=True),
        "B": _column(float, "Å", nullable=True),
        "C": _column(float, "eV Å⁶", nullable=True),
        "r2": _column(float, "", pa.Check.le(1), nullable=True),
        "n_points": _column(int, "", pa.Check.ge(0)),
        "kept": _column(bool, ""),
    },
    name="labels",
    strict=True,
)
"""Buckingham constants to learn from: the atom's covalent radius (pm; of double bonds for
`C_carbonyl`, `C_pi` and `O_terminal` in `aim`); charge (e), in `dimer` the pair's total, in `aim`
the atom's in its molecule's liquid; A (eV), B (Å), C (eV Å⁶), R² of the fit, whether the row is
kept for training. A, B, C and r2 are empty where a configuration has fewer points than
constants."""

SERIES = pa.DataFrameSchema(
    {
        "liquid": _column(str, ""),
        "replica": _column(int, ""),
        "time": _column(float, "ps"),
        "density": _column(float, "g/cm³"),
        "temperature": _column(float, "K"),
        "used": _column(bool, ""),
    },
    name="series",
    strict=True,
)
"""Density against time of each liquid and replica; `used` marks the part after equilibration."""


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Give a table of no rows."""
    columns = schema.columns.items()
    return pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in columns})


def check(table: pd.DataFrame, schema: pa.DataFrameSchema, where: str) -> pd.DataFrame:
    """Give the table back, its columns in the schema's order, if it keeps the schema.

    Raises
    ------
    PairForestError
        Naming the table, `where` it came from and every breach.
    """
    try:
        valid = schema.validate(table, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.head(5)
        breaches = "; ".join(
            f"{case.column or 'table'}: {case.check} (row {case.index}: {case.failure_case})"
            for case in cases.itertuples()
        )
        raise PairForestError(f"{where}: not a valid '{schema.name}' table: {breaches}") from None
    return valid[list(schema.columns)]


def write(path: Path, table: pd.DataFrame, schema: pa.DataFrameSchema) -> None:
    """Check a table and write it as Parquet in one step, units in the columns' metadata."""
    content = arrow.Table.from_pandas(check(table, schema, str(path)), preserve_index=False)
    fields = [
        field.with_metadata({"unit": (schema.columns[field.name].metadata or {})["unit"]})
        for field in content.schema
    ]
    with replacing(path) as temporary:
        parquet.write_table(
            content.cast(arrow.schema(fields, metadata=content.schema.metadata)), temporary
        )


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a Parquet table and check it.

    Raises
    ------
    PairForestError
        If the file is missing, not Parquet, or breaks the schema.
    """
    read_parquet: Callable[..., pd.DataFrame] = pd.read_parquet
    try:
        table = read_parquet(path)
    except FileNotFoundError:
        raise PairForestError(f"{path} is missing: 'dvc repro' makes it") from None
    except arrow.ArrowInvalid as error:
        raise PairForestError(f"{path} is not a readable Parquet file: {error}") from None
    return check(table, schema, str(path))


def read_or_empty(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a table as `read` does, or give one of no rows if there is no file."""
    return read(path, schema) if path.exists() else empty(schema)
