"""Cube files: a density on the grid of an orthorhombic cell."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.fft
import scipy.signal

from pairforest.errors import PairForestError


class Cube(NamedTuple):
    """A density on a grid that divides the cell evenly; everything in atomic units.

    Attributes
    ----------
    density : array of shape (nx, ny, nz)
        Electrons/bohr³; point (i, j, k) lies at (i, j, k) times the spacing.
    cell : array of shape (3,)
        Edges, bohr.
    positions : array of shape (n, 3)
        Of the nuclei, bohr.
    atomic_numbers : array of int, shape (n,)
        As the file gives them.
    """

    density: np.ndarray
    cell: np.ndarray
    positions: np.ndarray
    atomic_numbers: np.ndarray

    @property
    def spacing(self) -> np.ndarray:
        """Distance between points along each axis, bohr."""
        return self.cell / self.density.shape

    @property
    def n_electrons(self) -> float:
        """Integral of the density."""
        return float(self.density.sum() * self.spacing.prod())


def read(path: Path) -> Cube:
    """Read a cube file as pp.x writes it: one data set, lengths in bohr.

    Raises
    ------
    PairForestError
        If the file is missing, cut short, in other units, or its cell is not orthorhombic.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            header = [next(stream).split() for _ in range(6)][2:]
            n_atoms, origin = int(header[0][0]), np.array(header[0][1:4], dtype=float)
            shape = tuple(int(line[0]) for line in header[1:])
            steps = np.array([line[1:4] for line in header[1:]], dtype=float)
            atoms = np.array([next(stream).split() for _ in range(n_atoms)], dtype=float)
            values = np.array(stream.read().split(), dtype=float)
    except FileNotFoundError:
        raise PairForestError(f"{path} is missing; run the SCF again") from None
    except (ValueError, IndexError, StopIteration):
        raise PairForestError(f"{path} is not a cube file, or is cut short") from None
    if n_atoms < 1 or min(shape) < 1 or np.any(origin):
        raise PairForestError(f"{path}: expected one data set in bohr, from the origin")
    if np.any(np.abs(steps - np.diag(np.diag(steps))) > 1e-6):
        raise PairForestError(f"{path}: the cell is not orthorhombic")
    if values.size != np.prod(shape):
        raise PairForestError(
            f"{path} is cut short: {values.size} of {np.prod(shape)} points; run the SCF again"
        )
    return Cube(
        values.reshape(shape), np.diag(steps) * shape, atoms[:, 2:5], atoms[:, 0].astype(int)
    )


def coarsen(cube: Cube, spacing: float) -> Cube:
    """Give the density on a coarser grid, its long waves alone (the integral stays exact).

    Parameters
    ----------
    cube : Cube
        Given back as it is where its grid is no finer.
    spacing : float
        The most between points, bohr.
    """
    shape = tuple(
        min(points, scipy.fft.next_fast_len(math.ceil(edge / spacing - 1e-6), real=True))
        for points, edge in zip(cube.density.shape, cube.cell, strict=True)
    )
    density = cube.density
    for axis, points in enumerate(shape):
        if points < density.shape[axis]:
            density = scipy.signal.resample(density, points, axis=axis)
    return cube._replace(density=density)
