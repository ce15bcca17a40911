"""The law of the walls: at what distance like atoms repel, by kind of atom and volume.

Two like atoms of volume V repel each other by `WALL` at w = w₀ (V/V̄)^p, and one of them and a neon
atom at (w + w_Ne)/2, as radii add. What a molecule does to the neon is the sum over its atoms,
each wall an exponential; w₀ is by kind, p by element.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.data import atomic_numbers, vdw_radii
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares
from scipy.spatial.distance import cdist

from pairforest.elements import element_of
from pairforest.errors import PairForestError
from pairforest.potential import WALL
from pairforest.walls.kinds import kinds_of
from pairforest.walls.probe import PAIR

Array = NDArray[np.float64]

_WINDOW = (0.2, 4.0)  # energies that count, in units of WALL
_NOISE = 0.15  # what sums of exponentials miss in the logarithm of an energy
_PRIOR = {"distance": 0.3, "exponent": 0.3, "range": 0.3}  # standard deviations; Å for the first
_EXPONENT, _RANGE = 1 / 3, 0.25  # means: a sphere's; Å


class _Felt(NamedTuple):
    """A molecule's energies (in WALL), its atoms' distances from the neon (Å), kinds, volumes."""

    energies: Array
    distances: Array
    kinds: NDArray[np.int64]
    volumes: Array


def fit(probes: pd.DataFrame, atoms: pd.DataFrame) -> pd.DataFrame:
    """Find the walls of atoms in molecules.

    Parameters
    ----------
    probes : DataFrame
        Of schema `tables.PROBES`.
    atoms : DataFrame
        Of schema `tables.QE_ATOMS`: where the molecules' atoms are, and their volumes.

    Returns
    -------
    DataFrame
        Of schema `tables.WALLS`. A kind that molecules do not show keeps a weak prior: van der
        Waals radii, and the power of a sphere.

    Raises
    ------
    PairForestError
        If neon has not been felt, or a molecule has no atoms in the table.
    """
    neon = _of_neon(probes)
    names = sorted(set(probes["molecule"]) - {PAIR})
    rows = {name: atoms[atoms["molecule"] == name].sort_values("atom_index") for name in names}
    if lacking := [name for name, of in rows.items() if of.empty]:
        raise PairForestError(f"walls: no atoms of {', '.join(lacking)}")
    kinds_by_name = {name: kinds_of(of["smiles"].iloc[0]) for name, of in rows.items()}
    all_kinds = sorted(set().union(*map(set, kinds_by_name.values())))
    felt = [
        _felt(probes[probes["molecule"] == name], of, kinds_by_name[name], all_kinds)
        for name, of in rows.items()
    ]
    kind, volume = (np.concatenate([getattr(one, of) for one in felt]) for of in _Felt._fields[2:])
    counts = np.bincount(kind)
    mean = np.exp(np.bincount(kind, np.log(volume)) / counts)

    elements = [element_of(one) for one in all_kinds]
    distinct = sorted(set(elements))
    element = np.array([distinct.index(one) for one in elements])
    n, m = len(all_kinds), len(distinct)
    radii = np.array([vdw_radii[atomic_numbers[one]] for one in elements])
    start = np.concatenate([1.8 * radii, np.full(m, _EXPONENT), np.full(n, np.log(_RANGE))])
    width = np.repeat(list(_PRIOR.values()), [n, m, n])

    def residuals(x: Array) -> Array:
        wall, power, log_range = np.split(x, [n, n + m])
        left = [(x - start) / width]
        for one in felt:
            scaled = (one.volumes / mean[one.kinds]) ** power[element][one.kinds]
            reach = (wall[one.kinds] * scaled + neon) / 2 - one.distances
            energy = np.exp(reach / np.exp(log_range[one.kinds])).sum(axis=1)
            left.append(np.log(energy / one.energies) / _NOISE)
        return np.concatenate(left)

    found = least_squares(residuals, start)
    scatter = max(1.0, (found.fun**2).sum() / (len(found.fun) - len(start)))
    error = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)) * scatter)
    return pd.DataFrame(
        {
            "kind": all_kinds,
            "volume": mean,
            "distance": found.x[:n],
            "distance_stderr": error[:n],
            "exponent": found.x[n + element],
            "exponent_stderr": error[n + element],
            "n_atoms": counts,
        }
    )


def _of_neon(probes: pd.DataFrame) -> float:
    """Give where two neon atoms repel each other by `WALL`, Å."""
    pair = probes[probes["molecule"] == PAIR]
    if pair.empty:
        raise PairForestError(f"walls: no row of {PAIR}")
    distance = np.sqrt((pair[["x", "y", "z"]].to_numpy() ** 2).sum(axis=1))
    slope, intercept = np.polyfit(distance, np.log(pair["energy"] / WALL), 1)
    return float(-intercept / slope)


def _felt(
    probes: pd.DataFrame, of: pd.DataFrame, own_kinds: list[str], all_kinds: list[str]
) -> _Felt:
    energies = probes["energy"].to_numpy() / WALL
    counts = (energies > _WINDOW[0]) & (energies < _WINDOW[1])
    xyz = ["x", "y", "z"]
    return _Felt(
        energies[counts],
        cdist(probes[xyz].to_numpy()[counts], of[xyz].to_numpy()),
        np.array([all_kinds.index(kind) for kind in own_kinds]),
        of["volume"].to_numpy(),
    )


def distances(kinds: Sequence[str], volumes: ArrayLike, walls: pd.DataFrame) -> Array:
    """Give where like atoms repel each other by `WALL`, Å, shape (n,).

    Parameters
    ----------
    kinds : sequence of str
        Length n.
    volumes : array of shape (n,)
        bohr³.
    walls : DataFrame
        Of schema `tables.WALLS`.

    Raises
    ------
    PairForestError
        If a kind is not in the table.
    """
    known = walls.set_index("kind")
    if lacking := sorted(set(kinds) - set(known.index)):
        raise PairForestError(f"no wall of {', '.join(lacking)}: no molecule with it was felt")
    of = known.loc[list(kinds)]
    scaled = np.asarray(volumes, dtype=float) / of["volume"].to_numpy()
    return np.asarray(of["distance"].to_numpy() * scaled ** of["exponent"].to_numpy())
