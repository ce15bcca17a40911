"""Minimal-basis iterative stockholder: a valence density shared among its atoms.

Verstraelen et al. 2016 (doi 10.1021/acs.jctc.6b00456). The pro-atom of a valence density is one
Slater shell, ``N / (8π σ³) exp(−r / σ)``; the populations and widths are those that make the
pro-molecule the closest to the density (Kullback and Leibler), which are the fixed point of
``N = ∫ w ρ``, ``σ = ∫ w ρ r / 3N`` with ``w`` the pro-atom's share of the pro-molecule.
"""

from typing import NamedTuple

import numpy as np

from pairforest.errors import PairForestError
from pairforest.qe.cube import Cube

_RADIUS = 12.0  # bohr; beyond it an atom takes no part
_START = 0.5  # bohr, every σ before the first iteration
_MEMORY = 8  # steps Anderson's acceleration looks back
_WIDTHS = (0.05, 5.0)  # bohr, the σ allowed
_TINY = 1e-300


class Atoms(NamedTuple):
    """What each atom gets; arrays of shape (n,).

    Attributes
    ----------
    population : array
        Valence electrons, N.
    sigma : array
        Width of the Slater shell, bohr.
    volume : array
        ``∫ r³ w ρ``, bohr³.
    residual : float
        Largest change of a population in the last iteration, electrons.
    iterations : int
        Done.
    """

    population: np.ndarray
    sigma: np.ndarray
    volume: np.ndarray
    residual: float
    iterations: int


class _Near(NamedTuple):
    """The grid as the atoms see it: points near each, all atoms in one array.

    `starts` says where each atom's points begin; `points` are their numbers on the grid.
    """

    starts: np.ndarray
    points: np.ndarray
    r: np.ndarray
    density: np.ndarray
    n_points: int
    element: float


def partition(
    cube: Cube,
    n_valence: np.ndarray,
    tolerance: float = 1e-7,
    max_iterations: int = 500,
    radius: float = _RADIUS,
) -> Atoms:
    """Share a periodic valence density among the atoms of one molecule.

    Each atom acts through its nearest image. The fixed point is found with Anderson's
    acceleration (1965), in the logarithms of N and σ; it is the only minimum for fixed σ, and
    nothing here is random.

    Parameters
    ----------
    cube : Cube
        The density and where the atoms are.
    n_valence : array of shape (n,)
        Electrons of the neutral atoms, where the iteration starts.
    tolerance : float
        Largest change of a population (electrons) and, relative, of a width.
    max_iterations : int
        The most.
    radius : float
        Reach of an atom, bohr; what lies beyond every atom's reach is nobody's.

    Raises
    ------
    PairForestError
        If it has not converged after `max_iterations`.
    """
    near = _near(cube, radius)
    n_valence = np.asarray(n_valence, dtype=float)
    state = np.log(np.concatenate([n_valence, np.full(len(n_valence), _START)]))
    history: list[tuple[np.ndarray, np.ndarray]] = []
    for iteration in range(1, max_iterations + 1):
        updated = _update(near, state)
        step = updated - state
        change = np.exp(state[: len(n_valence)]) * np.abs(step[: len(n_valence)])
        if change.max() < tolerance and np.abs(step[len(n_valence) :]).max() < tolerance:
            population, sigma = np.exp(updated).reshape(2, -1)
            volume = _moments(near, population, sigma, 3)[1]
            return Atoms(population, sigma, volume, float(change.max()), iteration)
        history = [*history[-_MEMORY:], (state, step)]
        state = _anderson(history)
    raise PairForestError(
        f"MBIS has not converged: populations still change by {change.max():.1e} e after "
        f"{max_iterations} iterations; is the density of a molecule, in a large enough cell?"
    )


def _near(cube: Cube, radius: float) -> _Near:
    """Find the points within `radius` of each atom, by nearest image."""
    axes = [
        np.arange(points) * step
        for points, step in zip(cube.density.shape, cube.spacing, strict=True)
    ]
    points, distances = [], []
    for position in cube.positions:
        squares = []
        for axis, edge, place in zip(axes, cube.cell, position, strict=True):
            away = axis - place
            squares.append((away - edge * np.round(away / edge)) ** 2)
        x, y, z = squares
        square = (x[:, None, None] + y[None, :, None] + z[None, None, :]).ravel()
        within = np.flatnonzero(square < radius**2)
        points.append(within)
        distances.append(np.sqrt(square[within]))
    joined = np.concatenate(points)
    return _Near(
        np.cumsum([0, *map(len, points[:-1])]),
        joined,
        np.concatenate(distances),
        cube.density.ravel()[joined],
        cube.density.size,
        float(cube.spacing.prod()),
    )


def _moments(
    near: _Near, population: np.ndarray, sigma: np.ndarray, power: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give ∫ w ρ and ∫ r^power w ρ of each atom."""
    counts = np.diff([*near.starts, len(near.r)])
    height = population / (8 * np.pi * sigma**3)
    proatoms = np.repeat(height, counts) * np.exp(-near.r / np.repeat(sigma, counts))
    promolecule = np.bincount(near.points, proatoms, near.n_points)
    shared = near.density * proatoms / np.maximum(promolecule[near.points], _TINY)
    zeroth = np.add.reduceat(shared, near.starts) * near.element
    return zeroth, np.add.reduceat(shared * near.r**power, near.starts) * near.element


def _update(near: _Near, state: np.ndarray) -> np.ndarray:
    """Do one iteration of the method, in logarithms."""
    population, sigma = np.exp(state).reshape(2, -1)
    population, first = _moments(near, population, sigma, 1)
    population = np.maximum(population, 1e-6)
    sigma = np.clip(first / (3 * population), *_WIDTHS)
    updated: np.ndarray = np.log(np.concatenate([population, sigma]))
    return updated


def _anderson(history: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Combine the last steps so that their residual is least; fall back on the plain step."""
    state, step = history[-1]
    plain: np.ndarray = state + step
    if len(history) < 3:
        return plain
    states, steps = (np.array(column) for column in zip(*history, strict=True))
    differences = np.diff(steps, axis=0).T
    weights = np.linalg.lstsq(differences, step, rcond=1e-10)[0]
    mixed: np.ndarray = plain - (np.diff(states, axis=0).T + differences) @ weights
    return mixed if np.abs(mixed - state).max() < 0.5 else plain
