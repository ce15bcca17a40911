"""The law of the walls: where and how steeply like atoms repel, by kind of atom and volume.

Two like atoms of volume V repel each other by `WALL` at w = w₀ (V/V̄)^p, over a range B = B₀ w/w₀:
a kind has one shape, whose size goes with the volume. One of them and a neon atom are a mixed pair
(`potential.smith`), and what a molecule does to the neon is the sum over its atoms. w₀, p and B₀
are by kind.
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
from pairforest.kinds import kinds_of
from pairforest.potential import WALL, Buckingham, smith
from pairforest.walls.probe import PAIR

Array = NDArray[np.float64]

_WINDOW = (0.2, 4.0)  # energies that count, in units of `WALL`
_DECIMALS = 5  # of walls: fewer than machines differ in, more than are known
_ALONE = 0.7  # the part of an energy that an atom makes where it is felt nearly alone
_NOISE = 0.15  # what sums of exponentials miss in the logarithm of an energy
_PRIOR = {"distance": 0.3, "exponent": 0.3, "range": 0.3}  # standard deviations; Å for the first
_EXPONENT, _RANGE = 1 / 3, 0.3  # means: a sphere's; Å
_HELD = 1e-6  # standard deviation of an exponent that is given
_FELT_AS = {"C_carbonyl": "C_planar", "C_pi": "C_planar"}  # a tenth apart in energy to neon
_SHARED = {"H_polar": "H"}  # kinds that have the exponent of another: their volumes are too alike


class Repulsion(NamedTuple):
    """Where like atoms repel each other by `WALL`, and over what range they cease to, Å."""

    wall: Array
    range: Array

    def like_pairs(self) -> Buckingham:
        """Give A and B of like pairs; C is zero."""
        return Buckingham(WALL * np.exp(self.wall / self.range), self.range, 0 * self.range)


class Law(NamedTuple):
    """Walls of atoms, of schema `tables.WALLS`, and the repulsion of two neon atoms."""

    walls: pd.DataFrame
    neon: Repulsion

    def energies(self, kinds: Sequence[str], volumes: ArrayLike, distances: Array) -> Array:
        """Give what each of a molecule's atoms adds to its energy with a neon atom at m places.

        Parameters
        ----------
        kinds : sequence of str
            Of the molecule's n atoms.
        volumes : array of shape (n,)
            bohr³.
        distances : array of shape (m, n)
            From the neon to each atom, Å.

        Returns
        -------
        array of shape (m, n)
            eV.

        Raises
        ------
        PairForestError
            If a kind is not in the table.
        """
        return _with_neon(repulsion(kinds, volumes, self.walls), self.neon, distances)


class Felt(NamedTuple):
    """A molecule that was felt: its atoms' kinds and volumes (bohr³), how far the neon was.

    Attributes
    ----------
    molecule : str
    kinds : list of str
        Length n.
    volumes : array of shape (n,)
    distances : array of shape (m, n)
        Å.
    energies : array of shape (m,)
        eV, those that count.
    """

    molecule: str
    kinds: list[str]
    volumes: Array
    distances: Array
    energies: Array


def gather(probes: pd.DataFrame, atoms: pd.DataFrame) -> list[Felt]:
    """Give what was felt of each molecule, energies from a fifth of `WALL` to four of it.

    Parameters
    ----------
    probes : DataFrame
        Of schema `tables.PROBES`.
    atoms : DataFrame
        Of schema `tables.QE_ATOMS`: where the molecules' atoms are, and their volumes.

    Raises
    ------
    PairForestError
        If a molecule has other atoms in the table, or none.
    """
    found, xyz = [], ["x", "y", "z"]
    for name, rows in probes[probes["molecule"] != PAIR].groupby("molecule"):
        of = atoms[atoms["key"].isin(rows["atoms_key"]) & (atoms["status"] == "converged")]
        of = of[of["molecule"] == name].sort_values("atom_index")
        if of.empty:
            raise PairForestError(
                f"{name} was felt in another geometry than its atoms have now: run "
                "'python -m pairforest.stages.probes'"
            )
        counted = rows[rows["energy"].between(_WINDOW[0] * WALL, _WINDOW[1] * WALL)]
        distances = cdist(counted[xyz], of[xyz])
        kinds, volumes = as_felt(kinds_of(of["smiles"].iloc[0])), of["volume"].to_numpy()
        found.append(Felt(str(name), kinds, volumes, distances, counted["energy"].to_numpy()))
    return found


def of_neon(probes: pd.DataFrame) -> Repulsion:
    """Give the repulsion of two neon atoms.

    Raises
    ------
    PairForestError
        If they have not been felt.
    """
    pair = probes[probes["molecule"] == PAIR]
    if pair.empty:
        raise PairForestError(f"walls: no row of {PAIR}")
    distance = np.sqrt((pair[["x", "y", "z"]].to_numpy() ** 2).sum(axis=1))
    return through(distance, pair["energy"].to_numpy())


def through(distances: Array, energies: Array) -> Repulsion:
    """Give the exponential through the energies (eV) of a pair at k distances (Å)."""
    slope, intercept = np.polyfit(distances, np.log(energies / WALL), 1)
    return Repulsion(np.array(-intercept / slope), np.array(-1 / slope))


def fit(felt: Sequence[Felt], neon: Repulsion, exponent: float | None = None) -> Law:
    """Find the walls of atoms in molecules.

    Parameters
    ----------
    felt : sequence of Felt
        As `gather` gives them.
    neon : Repulsion
        As `of_neon` gives it.
    exponent : float, optional
        The power of the volume for all kinds; found for each if not given.

    Returns
    -------
    Law
        A kind that molecules hardly show keeps a weak prior: 1.8 van der Waals radii, a sphere's
        power, a range of 0.3 Å. Errors know that the energies of a molecule err together.
    """
    kinds = sorted(set().union(*(one.kinds for one in felt)))
    index = [np.array([kinds.index(kind) for kind in one.kinds]) for one in felt]
    counts = np.bincount(np.concatenate(index))
    volumes = np.concatenate([one.volumes for one in felt])
    mean = np.exp(np.bincount(np.concatenate(index), np.log(volumes)) / counts)
    powered = [_SHARED.get(kind, kind) for kind in kinds]
    distinct = sorted(set(powered))
    power_of = np.array([distinct.index(one) for one in powered])
    n, m = len(kinds), len(distinct)
    radii = np.array([vdw_radii[atomic_numbers[element_of(kind)]] for kind in kinds])
    power = _EXPONENT if exponent is None else exponent
    start = np.concatenate([1.8 * radii, np.full(m, power), np.full(n, np.log(_RANGE))])
    widths = _PRIOR if exponent is None else _PRIOR | {"exponent": _HELD}
    width = np.repeat(list(widths.values()), [n, m, n])

    def residuals(x: Array) -> Array:
        wall, powers, log_range = np.split(x, [n, n + m])
        left = [(x - start) / width]
        for one, of in zip(felt, index, strict=True):
            size = (one.volumes / mean[of]) ** powers[power_of[of]]
            atoms = Repulsion(size * wall[of], size * np.exp(log_range[of]))
            energy = _with_neon(atoms, neon, one.distances).sum(axis=1)
            left.append(np.log(energy / one.energies) / _NOISE)
        return np.concatenate(left)

    tolerance = dict.fromkeys(["ftol", "xtol", "gtol"], 1e-15)
    found = least_squares(residuals, start, jac="3-point", **tolerance)
    error = _errors(found.jac, found.fun, [len(start), *(len(one.energies) for one in felt)])
    best = found.x.round(_DECIMALS)
    reach = np.exp(found.x[n + m :]).round(_DECIMALS)
    table = {
        "kind": kinds,
        "volume": mean,
        "distance": best[:n],
        "distance_stderr": error[:n],
        "exponent": best[n + power_of],
        "exponent_stderr": error[n + power_of],
        "range": reach,
        "range_stderr": reach * error[n + m :],
        "n_atoms": counts,
    }
    return Law(pd.DataFrame(table), neon)


def _with_neon(atoms: Repulsion, neon: Repulsion, distances: Array) -> Array:
    """Give the energies of n atoms with a neon atom, shape (m, n), eV."""
    pair = smith(atoms.like_pairs(), neon.like_pairs())
    return np.asarray(pair.A * np.exp(-distances / pair.B))


def _errors(jacobian: Array, residuals: Array, sizes: Sequence[int]) -> Array:
    """Give standard errors: of residuals that err alone, or by molecule if those are larger.

    The latter are the sandwich of residuals in clusters, the first of which is the prior's.
    """
    inverse = np.linalg.inv(jacobian.T @ jacobian)
    n_data, n_parameters = jacobian.shape
    alone = max(1.0, (residuals**2).sum() / (n_data - n_parameters)) * np.diag(inverse)
    ends = np.cumsum(sizes)[:-1]
    pulls = [
        rows.T @ left
        for rows, left in zip(np.split(jacobian, ends), np.split(residuals, ends), strict=True)
    ][1:]
    together = inverse @ (np.transpose(pulls) @ np.array(pulls)) @ inverse
    return np.asarray(np.sqrt(np.maximum(alone, np.diag(together))))


def repulsion(kinds: Sequence[str], volumes: ArrayLike, walls: pd.DataFrame) -> Repulsion:
    """Give the repulsion of like atoms, each of shape (n,).

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
    known, kinds = walls.set_index("kind"), as_felt(kinds)
    if lacking := sorted(set(kinds) - set(known.index)):
        raise PairForestError(f"no wall of {', '.join(lacking)}: no molecule with it was felt")
    of = known.loc[kinds]
    ratio = np.asarray(volumes, dtype=float) / of["volume"].to_numpy()
    size = ratio ** of["exponent"].to_numpy()
    return Repulsion(size * of["distance"].to_numpy(), size * of["range"].to_numpy())


def as_felt(kinds: Sequence[str]) -> list[str]:
    """Give the kinds that walls go by: carbons in planes and lines are one."""
    return [_FELT_AS.get(kind, kind) for kind in kinds]


def of_atoms(atoms: pd.DataFrame, walls: pd.DataFrame) -> Repulsion:
    """Give the repulsion of two like each atom of a table, each of shape (n,).

    Parameters
    ----------
    atoms : DataFrame
        smiles, atom_index and volume (bohr³) of n atoms.
    walls : DataFrame
        Of schema `tables.WALLS`.

    Raises
    ------
    PairForestError
        If a kind is not in the table.
    """
    of = {smiles: kinds_of(smiles) for smiles in atoms["smiles"].unique()}
    pairs = zip(atoms["smiles"], atoms["atom_index"], strict=True)
    return repulsion([of[smiles][index] for smiles, index in pairs], atoms["volume"], walls)


def each(felt: Sequence[Felt], law: Law) -> pd.DataFrame:
    """Give the wall of every single atom that the neon felt nearly alone.

    Where by the law an atom makes most of the energy, what it says of the others is taken off, and
    the atom's wall is where what is left says, with the law's range.

    Parameters
    ----------
    felt : sequence of Felt
        As `gather` gives them.
    law : Law
        As `fit` gives it.

    Returns
    -------
    DataFrame
        molecule, kind, volume (bohr³) and distance (Å), where two like it repel by `WALL`.
    """
    rows = []
    for one in felt:
        by_law = law.energies(one.kinds, one.volumes, one.distances)
        atoms = repulsion(one.kinds, one.volumes, law.walls)
        for i, kind in enumerate(one.kinds):
            rest = by_law.sum(axis=1) - by_law[:, i]
            own = one.energies - rest
            alone = (rest < (1 - _ALONE) * by_law.sum(axis=1)) & (own > 0)
            if not alone.any():
                continue
            further = np.log(own[alone] / by_law[alone, i]).mean()
            distance = atoms.wall[i] + (atoms.range[i] + law.neon.range) * further
            rows.append((one.molecule, kind, one.volumes[i], distance))
    return pd.DataFrame(rows, columns=["molecule", "kind", "volume", "distance"])
