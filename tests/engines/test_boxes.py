"""Whole boxes: LAMMPS' energy against OpenMM's, and the controls' pair styles."""

import numpy as np
import openmm
import pytest

from pairforest.md import data_file, pair_styles, script
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.molecule import build, conformers
from pairforest.md.packing import pack
from pairforest.md.system import assemble
from pairforest.potential import (
    KCAL_PER_MOL,
    Buckingham,
    LennardJones,
    lennard_jones_energy,
)
from tests.engines.test_energies import run, two_atoms
from tests.liquids import liquid, profile, w99


@pytest.mark.parametrize("r", [2.6, 3.3, 5.0, 8.5])
def test_lammps_lennard_jones_energy_equals_our_formula(tmp_path, r):
    pair = LennardJones(np.array([[0.0067]]), np.array([[3.166]]))
    lines = two_atoms(r, "lj/cut 15.0", pair_styles.coefficients(pair), [])
    expected = lennard_jones_energy(r, LennardJones(pair.epsilon[0, 0], pair.sigma[0, 0]))
    assert run(tmp_path, lines)["E_vdwl"] / KCAL_PER_MOL == pytest.approx(expected, rel=1e-6)


def openmm_energies(system, positions, length, cutoff, scale_14) -> tuple[float, float]:
    """Short-range and Coulomb energy of a box by OpenMM's reference platform, eV."""
    n_atoms = len(system.molecule.elements)
    n_molecules = len(positions) // n_atoms
    classes = np.tile(system.molecule.classes, n_molecules)
    edge = length / 10  # nm
    box = openmm.System()
    box.setDefaultPeriodicBoxVectors([edge, 0, 0], [0, edge, 0], [0, 0, edge])
    coulomb = openmm.NonbondedForce()
    coulomb.setNonbondedMethod(openmm.NonbondedForce.Ewald)
    coulomb.setEwaldErrorTolerance(1e-7)
    coulomb.setCutoffDistance(0.49 * edge)
    names = system.pairs._fields
    form = (
        "A(i,j)*exp(-x/B(i,j)) - C(i,j)/x^6"
        if isinstance(system.pairs, Buckingham)
        else "4*epsilon(i,j)*((sigma(i,j)/x)^12 - (sigma(i,j)/x)^6)"
    )
    short = openmm.CustomNonbondedForce(
        form.replace("(i,j)", "(kind1,kind2)") + "; x=10*r"  # Å; the energy in eV all through
    )
    m = len(system.pairs[0])
    for name, values in zip(names, system.pairs, strict=True):
        table = openmm.Discrete2DFunction(m, m, np.asarray(values).T.ravel().tolist())
        short.addTabulatedFunction(name, table)
    short.addPerParticleParameter("kind")
    short.setNonbondedMethod(openmm.CustomNonbondedForce.CutoffPeriodic)
    short.setCutoffDistance(cutoff / 10)
    scaled = openmm.CustomBondForce(
        f"{scale_14}*({form.replace('(i,j)', '')}); x=10*r".replace("epsilon", "eps")
    )
    scaled.setUsesPeriodicBoundaryConditions(True)
    parameters = [name.replace("epsilon", "eps") for name in names]
    for name in parameters:
        scaled.addPerBondParameter(name)
    for i in range(len(positions)):
        box.addParticle(1.0)
        coulomb.addParticle(float(system.charges[i % n_atoms]), 1.0, 0.0)
        short.addParticle([float(classes[i])])
    inside = _bonds_apart(system)
    for copy in range(n_molecules):
        for i in range(n_atoms):
            for j in range(i):
                if inside[i, j] > 3:
                    continue
                factor = scale_14 if inside[i, j] == 3 else 0.0
                first, second = copy * n_atoms + i, copy * n_atoms + j
                product = float(factor * system.charges[i] * system.charges[j])
                coulomb.addException(first, second, product, 1.0, 0.0)
                short.addExclusion(first, second)
                if factor:
                    a, b = classes[i], classes[j]
                    scaled.addBond(first, second, [float(c[a, b]) for c in system.pairs])
    for group, force in enumerate((coulomb, short, scaled)):
        force.setForceGroup(group)
        box.addForce(force)
    context = openmm.Context(
        box, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatformByName("Reference")
    )

    def energy(groups: set[int], places) -> float:
        context.setPositions(places / 10)
        return context.getState(getEnergy=True, groups=groups).getPotentialEnergy()._value

    kilojoule = 1 / (KCAL_PER_MOL * 4.184)
    charges = of_charges(system, positions)
    return energy({1, 2}, positions), energy({0}, charges) * kilojoule


def of_charges(system, positions):
    """Where the charges of a box are: in water of four sites oxygen's is off the atom."""
    places = positions.copy()
    if system.offset:
        bisector = positions[1::3] + positions[2::3] - 2 * positions[::3]
        lengths = np.linalg.norm(bisector, axis=1, keepdims=True)
        places[::3] += system.offset * bisector / lengths
    return places


@pytest.mark.parametrize(
    ("potential", "name"),
    [
        ("spce", "water"),
        ("tip4p_2005", "water"),
        ("opls", "octane"),
        ("w99", "ethylene_carbonate"),
        ("buckingham", "water"),
    ],
)
def test_the_energy_of_a_box_equals_that_of_openmm(tmp_path, potential, name):
    """Short-range and Coulomb energies, exclusions and 1-4 scaling included, to 1e-4."""
    of = liquid(name)
    system = four_sites() if potential == "buckingham" else FORCE_FIELDS[potential](of, 1)
    n_atoms = len(system.molecule.elements)
    n_molecules = round(300 / n_atoms)
    if system.rigid:
        shapes = np.repeat(system.molecule.positions[None], n_molecules, axis=0)
    else:
        shapes = conformers(system.molecule, n_molecules, of.temperature, seed=4)
    density = 0.8 * of.densities[0].value
    box = pack(system.molecule, shapes, density, seed=4)  # its Coulomb energy does not cancel
    cutoff = 0.49 * box.length
    settings = profile(
        "quick", cutoff=cutoff, tail_correction=False, kspace={"style": "ewald", "accuracy": 1e-7}
    )
    (tmp_path / "system.data").write_text(data_file.render(system, box))
    lines = [
        *script.force_field(system, settings),
        "pair_modify table 0",
        "thermo_style custom step evdwl ecoul elong",
        "thermo_modify format float %.15g",
        "run 0",
    ]
    found = run(tmp_path, lines)

    positions = np.round(box.positions, 6).reshape(-1, 3)
    scale_14 = settings.scale_14 if system.scale_14 is None else system.scale_14
    short, coulomb = openmm_energies(system, positions, box.length, cutoff, scale_14)
    assert found["E_vdwl"] / KCAL_PER_MOL == pytest.approx(short, rel=1e-4)
    total = (found["E_coul"] + found["E_long"]) / KCAL_PER_MOL
    of_erfc = 5e-7 * abs(found["E_coul"]) / KCAL_PER_MOL  # LAMMPS' formula is good to 1.5e-7
    assert total == pytest.approx(coulomb, rel=1e-4, abs=of_erfc)


def four_sites():
    """Water as the recipes have it: Buckingham, MMFF94's geometry, a charge off the oxygen."""
    molecule = build("O", 1)
    return assemble(molecule, np.array([-1.2, 0.6, 0.6]), w99(molecule), "w99", offset=0.25)


def _bonds_apart(system):
    """Fewest bonds between two atoms of a molecule."""
    n = len(system.molecule.elements)
    apart = np.full((n, n), 99)
    np.fill_diagonal(apart, 0)
    for term in system.bonded.bonds:
        i, j = term.atoms
        apart[i, j] = apart[j, i] = 1
    for k in range(n):
        apart = np.minimum(apart, apart[:, [k]] + apart[[k]])
    return apart


@pytest.mark.parametrize(
    ("potential", "length", "angle", "charge", "debye"),
    [("spce", 1.0, 109.47, 0.4238, 2.35), ("tip4p_2005", 0.9572, 104.52, 0.5564, 2.305)],
)
def test_waters_are_as_published(potential, length, angle, charge, debye):
    water = FORCE_FIELDS[potential](liquid("water"), 1)
    oxygen, hydrogens = water.molecule.positions[0], water.molecule.positions[1:]
    lengths = np.linalg.norm(hydrogens - oxygen, axis=1)
    assert lengths == pytest.approx([length, length])
    cosine = np.dot(*(hydrogens - oxygen)) / lengths.prod()
    assert np.degrees(np.arccos(cosine)) == pytest.approx(angle)
    assert water.charges.tolist() == pytest.approx([-2 * charge, charge, charge])
    dipole = water.charges @ of_charges(water, water.molecule.positions)
    assert np.linalg.norm(dipole) * 4.80320 == pytest.approx(debye, abs=2e-3)


def test_a_charge_next_to_its_atom_is_as_one_on_it(tmp_path):
    """Pressure too, with what lies beyond the cutoff: the styles that are overlaid have it all."""
    on = FORCE_FIELDS["spce"](liquid("water"), 1)
    shapes = conformers(on.molecule, 100, 298.15, seed=4)
    data = data_file.render(on, pack(on.molecule, shapes, 0.8, seed=4))
    found = []
    for offset in (0.0, 1e-4):
        folder = tmp_path / str(offset)
        folder.mkdir()
        (folder / "system.data").write_text(data)
        settings = profile("quick", cutoff=7.0, kspace={"style": "pppm", "accuracy": 1e-6})
        lines = script.force_field(on._replace(offset=offset), settings)
        thermo = "thermo_style custom step evdwl pe press"
        found.append(run(folder, [*lines, "pair_modify table 0", thermo, "run 0"]))
    tail = run(
        tmp_path / "0.0",
        [
            *script.force_field(on, profile("quick", cutoff=7.0, tail_correction=False)),
            "thermo_style custom step press",
            "run 0",
        ],
    )
    assert found[1]["E_vdwl"] == pytest.approx(found[0]["E_vdwl"], rel=1e-6)
    assert found[1]["PotEng"] == pytest.approx(found[0]["PotEng"], rel=1e-3)
    of_tail = abs(tail["Press"] - found[0]["Press"])
    assert of_tail > 100
    assert abs(found[1]["Press"] - found[0]["Press"]) < 0.1 * of_tail


def test_opls_is_as_published():
    octane = FORCE_FIELDS["opls"](liquid("octane"), 1)
    assert octane.charges.sum() == pytest.approx(0, abs=1e-12)
    counts = [len(terms) for terms in octane.bonded]
    assert counts == [25, 48, 63, 0]  # C8H18
