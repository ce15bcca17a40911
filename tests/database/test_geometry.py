"""Bonds and angles as LAMMPS has them, the conformer and its place as they were."""

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import AllChem, rdMolTransforms
from scipy.spatial.transform import Rotation

from pairforest.database.geometry import in_runs


def test_water_has_the_bonds_and_the_angle_of_mmff94_where_it_was():
    positions = np.array([[4.0, 5.0, 6.0], [4.76, 5.6, 6.0], [3.24, 5.6, 6.0]])
    oxygen, *hydrogens = found = in_runs("O", positions)
    bonds = hydrogens - oxygen
    lengths = np.linalg.norm(bonds, axis=1)
    assert lengths == pytest.approx([0.969, 0.969], abs=1e-3)
    angle = np.degrees(np.arccos(bonds[0] @ bonds[1] / lengths.prod()))
    assert angle == pytest.approx(103.98, abs=0.05)
    assert found.mean(axis=0) == pytest.approx(positions.mean(axis=0))
    assert np.abs(found - positions).max() < 0.03


def conformer(smiles: str, dihedral: float) -> Chem.Mol:
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(molecule, randomSeed=3)
    AllChem.MMFFOptimizeMolecule(molecule)
    rdMolTransforms.SetDihedralDeg(molecule.GetConformer(), 0, 1, 2, 3, dihedral)
    return molecule


@pytest.mark.parametrize("dihedral", [65.0, 100.0, 175.0])
def test_a_conformer_stays_one_even_off_its_minimum(dihedral):
    molecule = conformer("CCCO", dihedral)
    positions = molecule.GetConformer().GetPositions()
    strained = positions * 1.01
    turned = Rotation.from_rotvec([0.3, -1.0, 0.5]).apply(strained) + 7
    found = in_runs("CCCO", turned)
    for atom, position in enumerate(found.tolist()):
        molecule.GetConformer().SetAtomPosition(atom, position)
    kept = rdMolTransforms.GetDihedralDeg(molecule.GetConformer(), 0, 1, 2, 3)
    assert kept == pytest.approx(dihedral, abs=1.0)
    back = rdMolTransforms.GetBondLength(molecule.GetConformer(), 2, 3)
    assert back == pytest.approx(1.42, abs=0.01)
    assert np.abs(found - turned).max() < 0.1


def test_a_torsion_through_a_linear_atom_is_none_to_hold():
    turns = np.radians([0.0, 120.0, 240.0])
    methyl = np.column_stack([[-0.375] * 3, 1.023 * np.cos(turns), 1.023 * np.sin(turns)])
    line = np.array([[0.0, 0.0, 0.0], [1.437, 0.0, 0.0], [2.579, 0.0, 0.0]])
    acetonitrile = np.vstack([line, methyl])
    found = in_runs("CC#N", acetonitrile)
    assert np.abs(found - acetonitrile).max() < 0.05
    assert np.linalg.norm(np.diff(found[:3], axis=0), axis=1) == pytest.approx(
        [1.462, 1.160], abs=1e-3
    )


def test_what_mmff94_does_not_know_stays_as_it_was():
    krypton = np.array([[0.3, -0.1, 2.0]])
    assert in_runs("[Kr]", krypton) is krypton
