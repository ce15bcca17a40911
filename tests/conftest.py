"""What tests share: a database like Lal 2023's, made here from known constants, quirks included."""

import csv
import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pytest

from pairforest.config import load_params
from pairforest.md.settings import MdSettings
from pairforest.potential import Buckingham, energy
from pairforest.qe.settings import QeSettings
from tests.liquids import ROOT, profile

os.environ.pop("MLFLOW_TRACKING_URI", None)  # tests never write to a server of the user's
GIVEN = os.environ.pop("PAIRFOREST_LAL2023", None)  # nor take the user's database for a made-up one

SHARED = ROOT.parent / "shared" / "lal2023"
HEADING = [
    "Distance (A)",
    "Total Energy (eV)",
    "Coulombic Energy",
    "LJ Enrgy",
    "Relative LJ Enrgy",
]


class Synthetic(NamedTuple):
    """A made-up database: archive, manifest, and the constants behind each configuration."""

    archive: Path
    manifest: Path
    truth: dict[tuple[str, float], Buckingham]


def workbook(rows: list[list[object]], heading: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(HEADING if heading is None else heading)
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows_of(
    constants: Buckingham, charge: float, n: int = 18, noise: float = 0.0
) -> list[list[object]]:
    """Points as published: total energy, Coulomb of 8.99 q²/r, the rest, and the rest relative."""
    distance = np.geomspace(0.3, 8.0, n)
    relative = energy(distance, constants) * (1 + noise * (-1.0) ** np.arange(n))
    relative = relative - relative[-1]
    coulomb = 8.99 * charge**2 / distance
    less = relative - 750.0
    table = np.column_stack([distance, less + coulomb, coulomb, less, relative])
    return np.random.default_rng(0).permutation(table).tolist()


def write_manifest(path: Path, workbooks: dict[str, bytes]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["workbook", "sha256"])
        for name, content in workbooks.items():
            writer.writerow([name, hashlib.sha256(content).hexdigest()])


def write_archive(path: Path, workbooks: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("predmodel-0262d45/README.md", "not a workbook")
        for name, content in workbooks.items():
            archive.writestr(f"predmodel-0262d45/sim_data/{name}", content)


NOISY = "Argon/Ar.+0.0.xlsx"

_NAMES = {
    ("H", 0.0): "Hydrogen/H.+0.0.xlsx",
    ("N", 1.0): "Nitrogen/N.1.0.xlsx",
    ("Al", 2.99): "Aluminum/AL.+02.99.xlsx",
    ("O", -1.5): "Oxygen/O. -1.5.xlsx",
    ("O", 0.0): "Oxygen/O. 0.xlsx",
    ("Mn", 1.0): "Manganese/Mn.+1.0.xlsx.xlsx",
    ("P", 0.0): "Phosphorus/P.+0.0_double_check.xlsx",
    ("Tl", -1.0): "Thallium/TII.-1.0.xlsx",
    ("Po", 0.0): "Lead/Po.+0.0.xlsx",
    ("Pb", 0.0): "Lead/Pb.+0.0.xlsx",
}


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    """32 configurations of 14 elements, a noisy one (R² 0.93) of argon, an empty workbook."""
    folder = tmp_path_factory.mktemp("synthetic")
    systems = dict.fromkeys(_NAMES)
    for element in ("H", "C", "N", "O", "F", "S", "Si", "Li"):
        for charge in (-1.0, 0.0, 0.5):
            systems.setdefault((element, charge))
    generator = np.random.default_rng(1)
    constants_of = {
        element: (10 ** generator.uniform(2.5, 4.0), generator.uniform(0.12, 0.3), 1e-3)
        for element in sorted({element for element, _ in systems})
    }
    truth, workbooks = {}, {}
    for element, charge in systems:
        A, B, C = constants_of[element]
        constants = Buckingham(A * (1 + 1e-3 * charge), B, -C)
        name = _NAMES.get((element, charge), f"{element}/{element}.{charge:+.1f}.xlsx")
        truth[element, charge] = constants
        workbooks[name] = workbook(rows_of(constants, charge))
    rough = Buckingham(2000.0, 0.2, -1e-3)
    workbooks[NOISY] = workbook(rows_of(rough, 0.0, noise=0.4))
    truth["Ar", 0.0] = rough
    workbooks["Boron/B.+3.0.xlsx"] = workbook([])
    write_manifest(folder / "manifest.csv", workbooks)
    write_archive(folder / "archive.zip", workbooks)
    return Synthetic(folder / "archive.zip", folder / "manifest.csv", truth)


@pytest.fixture(scope="session")
def lal2023_workbooks() -> dict[str, bytes]:
    """The published workbooks, where they are at hand."""
    from pairforest.database.sources import read_workbooks

    source = GIVEN or str(SHARED / "sim_data.zip")
    if not Path(source).exists():
        pytest.skip("the published database is not at hand (PAIRFOREST_LAL2023 names it)")
    return read_workbooks([source], ROOT / "data/raw/lal2023_workbooks.csv", Path("unused"))


@pytest.fixture(scope="session")
def authors() -> Path:
    """The authors' own results, where they are at hand."""
    if not SHARED.exists():
        pytest.skip("the authors' results are not at hand (../shared/lal2023)")
    return SHARED / "authors"


@pytest.fixture
def smoke() -> MdSettings:
    return profile("smoke")


@pytest.fixture
def settings(tmp_path) -> QeSettings:
    """The shipped settings of Quantum ESPRESSO, with scratch folders of the test's own."""
    return load_params(ROOT / "params.yaml").qe.model_copy(
        update={"scratch": tmp_path / "scratch"}, deep=True
    )


@pytest.fixture
def data_sets(settings) -> None:
    """What quantum-espresso-data and cp2k-data install."""
    for path in (settings.gth.table, settings.paw.folder):
        if not Path(path).exists():
            pytest.skip(f"{path} is missing: 'make qe-setup' installs it")


@pytest.fixture
def pw_x(data_sets) -> None:
    """Quantum ESPRESSO itself."""
    for program in ("pw.x", "pp.x"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: 'make qe-setup' installs it")
