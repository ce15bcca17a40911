"""A molecule from SMILES: geometry, symmetry classes of its atoms, masses."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers
from scipy import constants

from pairforest.errors import PairForestError

Array = NDArray[np.float64]

_POOL = 60  # conformers looked at
_APART = 0.3  # Å of root mean square between heavy atoms
_KCAL_PER_K = constants.R / constants.calorie / 1e3


class Molecule(NamedTuple):
    """A molecule of n atoms, hydrogens included.

    Attributes
    ----------
    rdkit : rdkit.Chem.Mol
        Bonds and one conformer.
    elements : list of str
        Symbols, length n.
    masses : array of shape (n,)
        u.
    positions : array of shape (n, 3)
        Å, centred.
    classes : array of int, shape (n,)
        Atoms that symmetry makes alike share a number, from 0 without gaps.
    """

    rdkit: Chem.Mol
    elements: list[str]
    masses: Array
    positions: Array
    classes: NDArray[np.int64]

    @property
    def first_of_class(self) -> NDArray[np.int64]:
        """Give the first atom of each class, in the classes' order."""
        return np.unique(self.classes, return_index=True)[1]


def build(smiles: str, seed: int) -> Molecule:
    """Build a molecule: ETKDG geometry, relaxed with MMFF94.

    Parameters
    ----------
    smiles : str
        One molecule.
    seed : int
        Of the embedding.

    Raises
    ------
    PairForestError
        If the SMILES cannot be read, is more than one molecule, or MMFF94 lacks an atom type.
    """
    parsed = Chem.MolFromSmiles(smiles)
    if parsed is None:
        raise PairForestError(f"{smiles!r} is not a SMILES string RDKit can read")
    if "." in smiles:
        raise PairForestError(f"{smiles!r} is more than one molecule")
    molecule = Chem.AddHs(parsed)
    if not rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        raise PairForestError(f"{smiles!r}: MMFF94 has no parameters for one of its atoms")
    if rdDistGeom.EmbedMolecule(molecule, randomSeed=seed) != 0:
        raise PairForestError(f"{smiles!r}: RDKit finds no geometry")
    rdForceFieldHelpers.MMFFOptimizeMolecule(molecule, maxIters=2000)
    positions = molecule.GetConformer().GetPositions()
    ranks = list(Chem.CanonicalRankAtoms(molecule, breakTies=False))
    return Molecule(
        rdkit=molecule,
        elements=[atom.GetSymbol() for atom in molecule.GetAtoms()],
        masses=np.array([atom.GetMass() for atom in molecule.GetAtoms()]),
        positions=positions - positions.mean(axis=0),
        classes=np.unique(ranks, return_inverse=True)[1],
    )


def relaxed(molecule: Molecule, seed: int) -> tuple[Array, Array]:
    """Give a molecule's conformers that differ, each at its minimum of MMFF94.

    Parameters
    ----------
    molecule : Molecule
        Of n_atoms atoms.
    seed : int
        Of the embedding.

    Returns
    -------
    tuple of arrays
        Positions (Å), shape (n, n_atoms, 3), centred; energies (kcal/mol), shape (n,).
    """
    pool = Chem.Mol(molecule.rdkit)
    rdDistGeom.EmbedMultipleConfs(pool, _POOL, randomSeed=seed, pruneRmsThresh=_APART)
    found = rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(pool, maxIters=2000)
    positions = np.array([conformer.GetPositions() for conformer in pool.GetConformers()])
    centred = np.asarray(positions - positions.mean(axis=1, keepdims=True))
    return centred, np.array([energy for _, energy in found])


def conformers(molecule: Molecule, n: int, temperature: float, seed: int) -> Array:
    """Draw conformers as often as MMFF94's energies of the free molecule ask at a temperature.

    Packed all alike, chains take tens of picoseconds to find their torsions.

    Parameters
    ----------
    molecule : Molecule
        Of n_atoms atoms.
    n : int
        How many.
    temperature : float
        K.
    seed : int
        Of the embedding and the draw.

    Returns
    -------
    array of shape (n, n_atoms, 3)
        Å, centred, equal ones next to each other.
    """
    positions, energies = relaxed(molecule, seed)
    weights = np.exp((energies.min() - energies) / (_KCAL_PER_K * temperature))
    random = np.random.default_rng(seed)
    return positions[np.sort(random.choice(len(weights), n, p=weights / weights.sum()))]


def repartition(molecule: Molecule, hydrogen_mass: float) -> Molecule:
    """Move mass from heavy atoms to the hydrogens they hold, the molecule's mass unchanged.

    A density does not depend on masses, and heavier hydrogens allow longer steps
    (Hopkins et al. 2015).

    Parameters
    ----------
    molecule : Molecule
        Of n atoms.
    hydrogen_mass : float
        What each bonded hydrogen shall weigh, u.
    """
    masses = molecule.masses.copy()
    for atom in molecule.rdkit.GetAtoms():
        if atom.GetSymbol() == "H":
            heavy = atom.GetNeighbors()[0].GetIdx()
            masses[heavy] -= hydrogen_mass - masses[atom.GetIdx()]
            masses[atom.GetIdx()] = hydrogen_mass
    if (masses <= 1).any():
        raise PairForestError(f"md.hydrogen_mass: {hydrogen_mass} u leaves a heavy atom too light")
    return molecule._replace(masses=masses)
