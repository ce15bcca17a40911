"""The geometry of a molecule or a complex from SMILES: conformers, then GFN2-xTB."""

from typing import NamedTuple

import numpy as np
from ase import Atoms
from ase.optimize import BFGS
from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

from pairforest.errors import PairForestError

_KEPT = 3  # conformers refined by GFN2-xTB, of the lowest energies before


class Geometry(NamedTuple):
    """Atoms in RDKit's order, hydrogens last.

    Attributes
    ----------
    symbols : tuple of str
        Elements, length n.
    positions : array of shape (n, 3)
        Å, along the principal axes, the longest first, centred.
    classes : tuple of int
        Atoms that the bonds make alike share a number (RDKit's canonical rank, ties unbroken).
    energy : float
        GFN2-xTB, eV.
    """

    symbols: tuple[str, ...]
    positions: np.ndarray
    classes: tuple[int, ...]
    energy: float


def optimise(
    smiles: str, seed: int = 1, n_conformers: int = 10, fmax: float = 0.01, steps: int = 500
) -> Geometry:
    """Find a low conformer and relax it with GFN2-xTB (Bannwarth, Ehlert and Grimme 2019).

    ETKDG conformers are relaxed with MMFF94, forces between fragments included; the three lowest
    in GFN2-xTB are relaxed with it, and the lowest of them is the answer. The gas phase likes
    hydrogen bonds within a molecule and folded chains: conformers of a liquid may be others.

    Parameters
    ----------
    smiles : str
        A closed-shell neutral molecule, or a complex of several (``O.O``).
    seed : int
        Of the embedding.
    n_conformers : int
        Embedded.
    fmax : float
        Largest force left, eV/Å.
    steps : int
        The most steps of the relaxation.

    Raises
    ------
    PairForestError
        If the SMILES cannot be read or is charged, RDKit finds no geometry, tblite is missing,
        or GFN2-xTB does not come to the end of a relaxation.
    """
    molecule = _conformers(smiles, seed, n_conformers)
    symbols = tuple(atom.GetSymbol() for atom in molecule.GetAtoms())
    starts = [conformer.GetPositions() for conformer in molecule.GetConformers()]
    energies = [_energy(_atoms(smiles, symbols, start)) for start in starts]
    lowest = np.argsort(energies, kind="stable")[:_KEPT]
    relaxed = [_relax(_atoms(smiles, symbols, starts[i]), smiles, fmax, steps) for i in lowest]
    best = relaxed[int(np.argmin([energy for _, energy in relaxed]))]
    classes = Chem.CanonicalRankAtoms(molecule, breakTies=False)
    return Geometry(symbols, _principal(best[0]), tuple(classes), best[1])


def symbols_of(smiles: str) -> tuple[str, ...]:
    """Give the elements of the atoms of a SMILES, in RDKit's order, hydrogens last.

    Raises
    ------
    PairForestError
        If the SMILES cannot be read or is charged.
    """
    return tuple(atom.GetSymbol() for atom in _parse(smiles).GetAtoms())


def _parse(smiles: str) -> Chem.Mol:
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        raise PairForestError(f"{smiles!r} is not a SMILES string RDKit can read")
    if Chem.GetFormalCharge(molecule) != 0:
        raise PairForestError(f"{smiles!r} is charged; only neutral molecules are computed")
    return Chem.AddHs(molecule)


def _conformers(smiles: str, seed: int, n_conformers: int) -> Chem.Mol:
    """Embed, and relax with MMFF94 where it knows every atom."""
    molecule = _parse(smiles)
    options = rdDistGeom.ETKDGv3()
    options.randomSeed = seed  # type: ignore[assignment]
    if not rdDistGeom.EmbedMultipleConfs(molecule, n_conformers, options):
        raise PairForestError(f"{smiles!r}: RDKit finds no geometry")
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(
            molecule, maxIters=2000, ignoreInterfragInteractions=False
        )
    return molecule


def _atoms(smiles: str, symbols: tuple[str, ...], positions: np.ndarray) -> Atoms:
    try:
        from tblite.ase import TBLite
    except ImportError:
        raise PairForestError(
            f"{smiles!r}: GFN2-xTB is missing; run 'pip install tblite==0.8.0'"
        ) from None
    return Atoms(symbols, positions, calculator=TBLite(method="GFN2-xTB", verbosity=0))


def _energy(atoms: Atoms) -> float:
    """Give the energy in eV, infinite where GFN2-xTB does not converge."""
    try:
        return float(atoms.get_potential_energy())
    except Exception as error:
        if type(error).__module__.startswith(("ase.", "tblite.")):
            return np.inf
        raise


def _relax(atoms: Atoms, smiles: str, fmax: float, steps: int) -> tuple[np.ndarray, float]:
    """Relax in place; give positions (Å) and energy (eV)."""
    if not np.isfinite(_energy(atoms)):
        raise PairForestError(f"{smiles!r}: GFN2-xTB does not converge on any conformer")
    if not BFGS(atoms, logfile=None).run(fmax=fmax, steps=steps):
        raise PairForestError(
            f"{smiles!r}: not relaxed to {fmax:g} eV/Å in {steps} steps of GFN2-xTB"
        )
    return atoms.get_positions(), _energy(atoms)


def _principal(positions: np.ndarray) -> np.ndarray:
    """Turn to the principal axes, the longest along x, which makes the smallest cells."""
    centred = positions - positions.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=True)[2]
    axes *= np.sign(axes[np.arange(3), np.argmax(np.abs(axes), axis=1)])[:, None]
    axes[2] *= np.linalg.det(axes)  # a rotation, not a reflection: chirality stays
    turned = centred @ axes.T
    middled: np.ndarray = np.round(turned - (turned.max(axis=0) + turned.min(axis=0)) / 2, 4)
    return middled
