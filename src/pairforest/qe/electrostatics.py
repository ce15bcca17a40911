"""A molecule's electrostatic potential, and where it is asked for.

The potential outside a molecule is the ions' and the valence electrons', straight from the density,
on the shells of Singh and Kollman 1984 (doi 10.1002/jcc.540050204).
"""

import numpy as np
from ase.units import Bohr
from numpy.typing import NDArray
from rdkit import Chem
from scipy.spatial.distance import cdist

from pairforest.qe.cube import Cube

Array = NDArray[np.float64]

SHELLS = (1.4, 1.6, 1.8, 2.0)
"""Radii of the shells, in van der Waals radii."""

_DIRECTIONS = 40  # from each atom on each shell
_EMPTY = 1e-8  # electrons of a grid point that are left out
_BLOCK = 32  # points of a shell at once


def surface(symbols: tuple[str, ...], positions: Array) -> Array:
    """Give points on shells around a molecule, evenly spread over each atom's spheres.

    Parameters
    ----------
    symbols : tuple of str
        Elements, length n.
    positions : array of shape (n, 3)
        bohr.

    Returns
    -------
    array of shape (k, 3)
        bohr; none lies within another atom's sphere of the same shell. Radii are RDKit's.
    """
    table = Chem.GetPeriodicTable()
    radii = np.array([table.GetRvdw(symbol) for symbol in symbols]) / Bohr
    turn = np.pi * (1 + np.sqrt(5)) * (np.arange(_DIRECTIONS) + 0.5)
    height = 1 - (2 * np.arange(_DIRECTIONS) + 1) / _DIRECTIONS
    ring = np.sqrt(1 - height**2)
    directions = np.column_stack([ring * np.cos(turn), ring * np.sin(turn), height])
    shells = []
    for factor in SHELLS:
        spheres = positions[:, None] + factor * radii[:, None, None] * directions
        points = spheres.reshape(-1, 3)
        clear = (cdist(points, positions) > factor * radii - 1e-6).all(axis=1)
        shells.append(points[clear])
    return np.concatenate(shells)


def potential(cube: Cube, n_valence: Array, points: Array) -> Array:
    """Give the electrostatic potential of a molecule's ions and valence electrons.

    The molecule is taken alone, as it lies in the middle of its cell, not its images.

    Parameters
    ----------
    cube : Cube
        Valence density.
    n_valence : array of shape (n,)
        Charges of the ions, e.
    points : array of shape (k, 3)
        bohr, outside the ions and not on a grid point.

    Returns
    -------
    array of shape (k,)
        hartree/e.
    """
    electrons = cube.density.ravel() * cube.spacing.prod()
    kept = np.flatnonzero(np.abs(electrons) > _EMPTY)
    grid = np.column_stack(np.unravel_index(kept, cube.density.shape)) * cube.spacing
    charges = -electrons[kept]
    of_electrons: list[Array] = [
        (charges / cdist(points[start : start + _BLOCK], grid)).sum(axis=1)
        for start in range(0, len(points), _BLOCK)
    ]
    of_ions: Array = (n_valence / cdist(points, cube.positions)).sum(axis=1)
    return of_ions + np.concatenate(of_electrons)
