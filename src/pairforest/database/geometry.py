"""From the geometry of a computation to the one that the same conformer has in a liquid's runs."""

import warnings

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdForceFieldHelpers
from rdkit.Geometry import Point3D
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]

_TORSION = Chem.MolFromSmarts("[*]~[!^1]~[!^1]~[*]")  # through a linear atom there is none
_STIFFNESS = 10.0  # of torsions that are held; firmer ones stop the rest from moving
_MAX_STEPS = 5000


def in_runs(smiles: str, positions: Array) -> Array:
    """Relax bonds and angles by MMFF94, whose they are in LAMMPS, and lay the molecule on itself.

    Torsions stay as they were, for the conformer is the computation's.

    Parameters
    ----------
    smiles : str
        Of one molecule; with hydrogens added its n atoms are in the order of the positions.
    positions : array of shape (n, 3)
        Å.

    Returns
    -------
    array of shape (n, 3)
        Å; what was given, where MMFF94 lacks an atom's type.
    """
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    properties = rdForceFieldHelpers.MMFFGetMoleculeProperties(molecule)
    if properties is None:
        return positions
    conformer = Chem.Conformer(molecule.GetNumAtoms())
    for atom, position in enumerate(positions.tolist()):
        conformer.SetAtomPosition(atom, Point3D(*position))
    molecule.AddConformer(conformer)
    field = rdForceFieldHelpers.MMFFGetMoleculeForceField(molecule, properties)
    field.Initialize()
    for atoms in molecule.GetSubstructMatches(_TORSION):
        field.MMFFAddTorsionConstraint(*atoms, True, 0.0, 0.0, _STIFFNESS)
    field.Minimize(maxIts=_MAX_STEPS)
    relaxed = np.array(field.Positions()).reshape(-1, 3)
    middle = positions.mean(axis=0)
    with warnings.catch_warnings():  # of a linear molecule, which may turn about its axis
        warnings.filterwarnings("ignore", "Optimal rotation is not uniquely", UserWarning)
        turn = Rotation.align_vectors(positions - middle, relaxed - relaxed.mean(axis=0))[0]
    return np.asarray(turn.apply(relaxed - relaxed.mean(axis=0)) + middle)
