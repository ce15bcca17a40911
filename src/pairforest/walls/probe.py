"""First-order energies of a molecule and a neon atom about it, by PySCF.

The energy of the antisymmetrised product of the two Hartree–Fock determinants, less their own
(Heitler and London; Jeziorski, Bulski and Piela 1976): exchange repulsion and what overlapping
charge clouds take off. Nothing is polarised, there is no dispersion, each partner keeps its own
basis, and neon has no charges, so that nothing else is in it.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.data import atomic_numbers, vdw_radii
from ase.units import Hartree
from numpy.typing import NDArray
from rdkit import Chem
from scipy.linalg import block_diag
from scipy.spatial.distance import cdist

from pairforest.errors import PairForestError
from pairforest.walls.settings import WallsSettings

Array = NDArray[np.float64]
Atoms = Sequence[tuple[str, Sequence[float] | NDArray[np.float64]]]
"""Elements and positions, Å."""

PROBE = "Ne"
PAIR = f"free {PROBE}"
"""The probe's own name as a molecule: a pair of them."""

_METHOD = 1  # counts up when a change of the code changes energies
_N_SPHERE = 300


class ProbeTask(NamedTuple):
    """A molecule to be felt: its name, elements, positions (Å), and the classes of like atoms.

    `atoms_key` is the molecule's in `tables.QE_ATOMS`.
    """

    molecule: str
    atoms_key: str
    elements: tuple[str, ...]
    positions: tuple[tuple[float, float, float], ...]
    classes: tuple[int, ...]
    settings: WallsSettings

    @property
    def key(self) -> str:
        """Give a hash of all that its energies hang on."""
        about = self.settings.model_dump(mode="json", exclude={"max_atoms"})
        content = [_METHOD, _version(), self.elements, self.positions, self.classes, about]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]


def _version() -> str:
    import pyscf

    return f"PySCF {pyscf.__version__}"


def _radii(elements: tuple[str, ...]) -> Array:
    return np.array([vdw_radii[atomic_numbers[element]] for element in elements])


def points(task: ProbeTask) -> Array:
    """Give where the neon is put, Å, shape (m, 3).

    About one atom of each class, at every scale of the sum of van der Waals radii: the direction
    farthest from other atoms, and others in which no atom is nearer, by that scale.
    """
    radii = _radii(task.elements) + _radii((PROBE,))
    positions = np.array(task.positions)
    rng = np.random.default_rng(task.settings.seed)
    chosen = []
    for first in np.unique(task.classes, return_index=True)[1]:
        others = np.arange(len(radii)) != first
        for scale in task.settings.scales:
            shell = positions[first] + scale * radii[first] * _sphere(_N_SPHERE)
            reach = cdist(shell, positions[others]) / (scale * radii[others])
            clear = reach.min(axis=1, initial=np.inf)
            most_open = int(np.argmax(clear))
            free = np.setdiff1d(np.flatnonzero(clear > 1), [most_open])
            n_more = min(task.settings.n_directions - 1, len(free))
            chosen.append(shell[[most_open, *rng.choice(free, n_more, replace=False)]])
    return np.concatenate(chosen)


def _sphere(n: int) -> Array:
    """Give n directions spread evenly, on a Fibonacci lattice, shape (n, 3)."""
    z = 1 - (2 * np.arange(n) + 1) / n
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(n)
    across = np.sqrt(1 - z**2)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


def energies(task: ProbeTask, at: Array) -> Array:
    """Give the first-order energy (eV) of the molecule and a neon atom at each point (Å).

    Raises
    ------
    PairForestError
        If Hartree–Fock does not converge.
    """
    atoms = list(zip(task.elements, task.positions, strict=True))
    try:
        return first_order(atoms, [(PROBE, (0.0, 0.0, 0.0))], at, task.settings.basis)
    except PairForestError as error:
        raise PairForestError(f"{task.molecule}: {error}") from None


def first_order(atoms: Atoms, partner: Atoms, at: Array, basis: str) -> Array:
    """Give the first-order energy of closed shells and others moved to each of m places.

    Parameters
    ----------
    atoms, partner : sequence of (str, sequence of float)
        Elements and positions, Å.
    at : array of shape (m, 3)
        How far the partner is moved, Å.
    basis : str
        As PySCF names it.

    Returns
    -------
    array of shape (m,)
        eV.

    Raises
    ------
    PairForestError
        If Hartree–Fock does not converge.
    """
    from pyscf import gto, scf

    def molecule(atoms: Atoms) -> gto.Mole:
        return gto.M(atom=atoms, basis=basis, verbose=0)

    alone = [scf.RHF(molecule(of)).density_fit() for of in (atoms, partner)]
    apart = sum(one.kernel() for one in alone)
    if not all(one.converged for one in alone):
        raise PairForestError("Hartree-Fock did not converge")
    orbitals = block_diag(*(one.mo_coeff[:, one.mo_occ > 0] for one in alone))
    found = []
    for point in at:
        moved = [(element, np.asarray(position) + point) for element, position in partner]
        both = molecule([*atoms, *moved])
        overlap = orbitals.T @ both.intor("int1e_ovlp") @ orbitals
        density = 2 * orbitals @ np.linalg.solve(overlap, orbitals.T)
        found.append(scf.RHF(both).density_fit().energy_tot(dm=density) - apart)
    return np.asarray(np.array(found) * Hartree)


def rows(task: ProbeTask) -> pd.DataFrame:
    """Feel one molecule and give its rows of `tables.PROBES`."""
    from pyscf import lib

    lib.num_threads(1)
    at = points(task)
    table = pd.DataFrame(at, columns=["x", "y", "z"]).assign(energy=energies(task, at))
    table.insert(0, "molecule", task.molecule)
    how = f"{_version()}, {task.settings.basis}"
    return table.assign(atoms_key=task.atoms_key, key=task.key, source=how)


def _canonical(smiles: str) -> str:
    return str(Chem.MolToSmiles(Chem.MolFromSmiles(smiles)))


def plan(atoms: pd.DataFrame, left_out: set[str], settings: WallsSettings) -> list[ProbeTask]:
    """Give the molecules to be felt, the smallest first, and before them two neon atoms.

    Parameters
    ----------
    atoms : DataFrame
        Of schema `tables.QE_ATOMS`: positions of all atoms. Complexes and free atoms are not felt.
    left_out : set of str
        SMILES, however written.
    settings : WallsSettings
        All else.
    """
    canonical = {smiles: _canonical(smiles) for smiles in {*atoms["smiles"], *left_out}}
    unwanted = atoms["smiles"].map(canonical).isin({canonical[smiles] for smiles in left_out})
    atoms = atoms[(atoms["status"] == "converged") & ~unwanted]
    atoms = atoms[~atoms["smiles"].str.contains(".", regex=False)]
    tasks = [ProbeTask(PAIR, "", (PROBE,), ((0.0, 0.0, 0.0),), (0,), settings)]
    for name, of in atoms.groupby("molecule"):
        if 1 < len(of) <= settings.max_atoms:
            of = of.sort_values("atom_index")
            positions = tuple(map(tuple, of[["x", "y", "z"]].to_numpy().tolist()))
            elements, classes = tuple(of["element"]), tuple(of["equivalence"].tolist())
            key = str(of["key"].iloc[0])
            tasks.append(ProbeTask(str(name), key, elements, positions, classes, settings))
    return sorted(tasks, key=lambda task: (len(task.elements), task.molecule))
