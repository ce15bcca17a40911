"""One molecule in vacuum: equipartition, and energies in other force fields."""

import numpy as np
import pytest
from rdkit.Chem import rdMolTransforms

from pairforest.md import gas, reweight
from pairforest.md.molecule import build
from pairforest.md.system import assemble
from pairforest.potential import Buckingham
from tests.liquids import profile, w99

BOLTZMANN = 8.617333e-5  # eV/K


@pytest.fixture
def in_tmp(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def settings(**changes: object):
    return profile("smoke", dump_every=50, sample_every=10, **changes)


@pytest.mark.usefixtures("in_tmp")
def test_a_stiff_molecule_has_half_kt_for_each_vibration():
    """Methane has nine, all nearly harmonic, and no pairs that interact."""
    of = settings(timestep_fs=0.5, hydrogen_mass=None, constraints="none", block_ps=2.0)
    molecule = build("C", 1)
    system = assemble(molecule, np.zeros(5), w99(molecule), "w99")
    folder = gas.run(system, of, 300.0, 150.0)
    _, energy = reweight.energies(folder, [system], of, vacuum=True)
    assert energy.mean() == pytest.approx(4.5 * BOLTZMANN * 300, rel=0.1)
    assert gas.run(system, of, 300.0, 150.0) == folder


@pytest.mark.usefixtures("in_tmp")
def test_pairs_within_the_molecule_count_in_another_force_field():
    of = settings()
    molecule = build("CCCCCC", 1)
    like = w99(molecule)
    system = assemble(molecule, np.zeros(20), like, "w99")
    deeper = assemble(molecule, np.zeros(20), Buckingham(like.A, like.B, 1.2 * like.C), "w99")
    folder = gas.run(system, of, 300.0, 5.0)
    steps, energy = reweight.energies(folder, [system, deeper], of, vacuum=True)
    assert len(steps) > 10
    assert (energy[:, 1] < energy[:, 0] - 0.01).all()


@pytest.mark.usefixtures("in_tmp")
def test_a_molecule_may_lie_in_a_plane():
    """Water, held, has no energy of its own: all of its pairs are one or two bonds apart."""
    of = settings(timestep_fs=0.5, hydrogen_mass=None)
    molecule = build("O", 1)
    system = assemble(molecule, np.array([-0.8, 0.4, 0.4]), w99(molecule), "w99")
    folder = gas.run(system, of, 300.0, 2.0)
    steps, energy = reweight.energies(folder, [system], of, vacuum=True)
    assert len(steps) > 10
    assert energy == pytest.approx(0, abs=1e-6)


@pytest.mark.usefixtures("in_tmp")
def test_a_ring_begins_in_its_chair():
    """One embedding of cyclohexane may be a twist boat, 25 kJ/mol up and slow to leave."""
    of = settings(timestep_fs=0.5, hydrogen_mass=None)
    molecule = build("C1CCCCC1", 20230921)
    system = assemble(molecule, np.zeros(18), w99(molecule), "w99")
    folder = gas.run(system, of, 298.15, 2.0)
    first = [line.split() for line in (folder / "system.data").read_text().splitlines()]
    begin = first.index(["Atoms", "#", "full"]) + 2
    positions = {int(row[0]) - 1: np.array(row[4:7], float) for row in first[begin : begin + 18]}
    conformer = molecule.rdkit.GetConformer()
    for atom, position in positions.items():
        conformer.SetAtomPosition(atom, position)
    ring = molecule.rdkit.GetRingInfo().AtomRings()[0]
    around = [[ring[(i + k) % 6] for k in range(4)] for i in range(6)]
    angles = [abs(rdMolTransforms.GetDihedralDeg(conformer, *atoms)) for atoms in around]
    assert angles == pytest.approx([55] * 6, abs=8)
