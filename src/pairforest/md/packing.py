"""A cubic box of molecules, packed by Packmol (Martínez et al. 2009)."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from pairforest.errors import PairForestError
from pairforest.md.molecule import Molecule

Array = NDArray[np.float64]

_TOLERANCE = 2.0  # Å between atoms of different molecules
_TIMEOUT = 120  # s
_CM3 = 1e24  # Å³


class Box(NamedTuple):
    """Positions (Å), shape (n_molecules, n_atoms, 3), in a periodic cube of edge `length` (Å)."""

    positions: Array
    length: float


def box_length(molecule: Molecule, n_molecules: int, density: float) -> float:
    """Give the edge (Å) of the cube that holds the molecules at a density (g/cm³)."""
    grams = molecule.masses.sum() * n_molecules * constants.atomic_mass * 1e3
    return float((grams / density * _CM3) ** (1 / 3))


def pack(molecule: Molecule, shapes: Array, density: float, seed: int) -> Box:
    """Pack molecules into a periodic cube.

    Parameters
    ----------
    molecule : Molecule
        What to pack, of n_atoms atoms.
    shapes : array of shape (n_molecules, n_atoms, 3)
        The conformer of each, Å, equal ones next to each other.
    density : float
        g/cm³.
    seed : int
        Packmol's.

    Raises
    ------
    PairForestError
        If Packmol is missing or does not succeed.
    """
    length = box_length(molecule, len(shapes), density)
    changes = np.flatnonzero((shapes[1:] != shapes[:-1]).any(axis=(1, 2))) + 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [
            f"tolerance {_TOLERANCE}",
            f"seed {seed}",
            "filetype xyz",
            "output packed.xyz",
            f"pbc {length:.6f} {length:.6f} {length:.6f}",
        ]
        for i, alike in enumerate(np.split(shapes, changes)):
            _write_xyz(folder / f"{i}.xyz", molecule.elements, alike[0])
            lines += [f"structure {i}.xyz", f"  number {len(alike)}", "end structure"]
        # Packmol reads its input twice, so it must be a file and not a pipe.
        (folder / "pack.inp").write_text("\n".join(lines) + "\n", encoding="utf-8")
        program = Path(sys.prefix) / "bin" / "packmol"
        try:
            with (folder / "pack.inp").open(encoding="utf-8") as source:
                answer = subprocess.run(
                    [str(program)],
                    stdin=source,
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    timeout=_TIMEOUT,
                    check=False,
                )
        except FileNotFoundError:
            raise PairForestError(f"packmol is missing: {program}; run 'make setup'") from None
        except subprocess.TimeoutExpired:
            raise PairForestError(f"packmol did not finish in {_TIMEOUT} s") from None
        output = folder / "packed.xyz"
        if "Success" not in answer.stdout or not output.exists():
            raise PairForestError("packmol failed: " + " ".join(answer.stdout.split()[-40:]))
        rows = output.read_text(encoding="utf-8").splitlines()[2:]
        flat = np.array([[float(x) for x in row.split()[1:4]] for row in rows])
    return Box(flat.reshape(shapes.shape), length)


def _write_xyz(path: Path, elements: list[str], positions: Array) -> None:
    rows = [
        f"{element} {x:.6f} {y:.6f} {z:.6f}"
        for element, (x, y, z) in zip(elements, positions, strict=True)
    ]
    path.write_text("\n".join([str(len(rows)), "molecule", *rows]) + "\n", encoding="utf-8")
