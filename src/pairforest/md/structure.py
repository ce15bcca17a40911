"""Where the atoms are: radial distribution functions and a snapshot, from a run's frames."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path

import ase
import ase.io
import numpy as np
import pandas as pd
from numpy.typing import NDArray

FRAMES = "frames.dump"

_SHELL = 0.05  # Å
_MAIN = 3  # pairs of elements shown


def read_frames(folder: Path) -> list[ase.Atoms]:
    """Read a run's frames, atoms in the order of their molecules; none if there are none.

    A frame that a kill cut short is left out.
    """
    path = folder / FRAMES
    if not path.exists():
        return []
    mark = "ITEM: TIMESTEP\n"
    parts = path.read_text(encoding="utf-8").split(mark)[1:]
    whole = [part for part in parts if part.count("\n") == _lines(part)]
    frames = []
    for part in whole:
        (folder / ".frame").write_text(mark + part, encoding="utf-8")
        frames.append(ase.io.read(folder / ".frame", format="lammps-dump-text"))
        (folder / ".frame").unlink()
    return frames


def _lines(part: str) -> int:
    """Give how many lines a frame has: nine of heading, less its mark, and one an atom."""
    heading = part.split("\n", 3)
    return 8 + int(heading[2]) if len(heading) == 4 and heading[2].isdigit() else -1


def main_pairs(elements: Sequence[str]) -> list[tuple[str, str]]:
    """Give the pairs of elements to look at: the heavier first, three at most."""
    rank = {"H": 0, "C": 1}
    distinct = sorted(set(elements), key=lambda element: (-rank.get(element, 2), element))
    return list(combinations_with_replacement(distinct, 2))[:_MAIN]


def radial_distribution(
    frames: Sequence[ase.Atoms], n_atoms: int, pair: tuple[str, str]
) -> pd.DataFrame:
    """Give g(r) between molecules, mean over frames.

    Parameters
    ----------
    frames : sequence of Atoms
        Periodic cubes, atoms in the order of their molecules.
    n_atoms : int
        Atoms a molecule, which do not see one another.
    pair : tuple of str
        Two elements.

    Returns
    -------
    DataFrame
        r (Å), the middle of each shell, up to half the shortest edge; g.
    """
    r_max = min(frame.cell.lengths().min() for frame in frames) / 2
    edges = np.arange(0, r_max, _SHELL)
    shells = 4 / 3 * np.pi * np.diff(edges**3)
    g = np.zeros(len(shells))
    for frame in frames:
        g += _one_frame(frame, n_atoms, pair, edges) / shells
    return pd.DataFrame({"r": (edges[1:] + edges[:-1]) / 2, "g": g / len(frames)})


def _one_frame(
    frame: ase.Atoms, n_atoms: int, pair: tuple[str, str], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the count of each shell over that of one volume unit of an ideal gas."""
    symbols = np.array(frame.get_chemical_symbols())
    molecule = np.arange(len(frame)) // n_atoms
    first, second = (np.flatnonzero(symbols == element) for element in pair)
    lengths = frame.cell.lengths()
    positions = frame.get_positions()
    counts = np.zeros(len(edges) - 1)
    possible = 0
    for i in first:
        others = second[molecule[second] != molecule[i]]
        gap = positions[others] - positions[i]
        gap -= lengths * np.round(gap / lengths)
        counts += np.histogram(np.linalg.norm(gap, axis=1), edges)[0]
        possible += len(others)
    return np.asarray(counts * frame.get_volume() / possible)
