"""LAMMPS computes what our formulas say."""

import numpy as np
import pytest
from rdkit.Chem import rdForceFieldHelpers

from pairforest.md import data_file, engine, pair_styles, script
from pairforest.md.bonded import Bonded
from pairforest.md.molecule import Molecule, build
from pairforest.md.packing import Box
from pairforest.md.system import System, assemble
from pairforest.potential import (
    COULOMB,
    KCAL_PER_MOL,
    Buckingham,
    LennardJones,
    energy,
    lennard_jones_energy,
)
from tests.liquids import profile, w99


def run(folder, lines: list[str]) -> dict[str, float]:
    """Run a script and give its first row of thermo output."""
    folder.mkdir(exist_ok=True)
    (folder / "in.lmp").write_text("\n".join(lines) + "\n")
    ended = engine.run(folder, ranks=1, timeout=60, stall=30)
    assert ended.status == "ok", ended.reason
    rows = (folder / "log.lammps").read_text().splitlines()
    heading = next(i for i, row in enumerate(rows) if row.split()[:1] == ["Step"])
    return dict(zip(rows[heading].split(), map(float, rows[heading + 1].split()), strict=True))


def two_atoms(r: float, pair_style: str, coefficients: list[str], more: list[str]) -> list[str]:
    """A script for the energy of two atoms `r` Å apart."""
    return [
        "units real",
        "atom_style full",
        "boundary f f f",
        "region box block -20 20 -20 20 -20 20",
        "create_box 1 box",
        "create_atoms 1 single 0 0 0",
        f"create_atoms 1 single {r} 0 0",
        "mass 1 12.0",
        *more,
        f"pair_style {pair_style}",
        *coefficients,
        "thermo_style custom step evdwl ecoul",
        "thermo_modify format float %.15g",
        "run 0",
    ]


@pytest.mark.parametrize("r", [0.9, 1.7, 3.3, 6.5])
@pytest.mark.parametrize(
    "pair",
    [Buckingham(2380.3, 0.157, -3.2e-4), Buckingham(1364.0, 0.2778, 10.14)],
    ids=["repulsive", "attractive"],
)
def test_lammps_pair_energy_equals_our_formula(tmp_path, pair, r):
    one = Buckingham(*(np.array([[x]]) for x in pair))
    charges = ["set atom 1 charge 0.3", "set atom 2 charge -0.4"]
    lines = two_atoms(r, "buck/coul/cut 15.0", pair_styles.coefficients(one), charges)
    found = run(tmp_path, lines)
    assert found["E_vdwl"] / KCAL_PER_MOL == pytest.approx(float(energy(r, pair)), rel=1e-6)
    assert found["E_coul"] / KCAL_PER_MOL == pytest.approx(-0.12 * COULOMB / r, rel=1e-6)


@pytest.mark.parametrize("charged", [True, False], ids=["charged", "neutral"])
@pytest.mark.parametrize("form", ["buckingham", "lennard_jones"])
@pytest.mark.parametrize("r", [1.7, 3.3, 6.5])
def test_every_style_a_liquid_runs_with_has_our_formulas_energy(tmp_path, form, charged, r):
    """Two atoms in a box of the script's own making; PPPM's share of Coulomb is not in E_vdwl."""
    one = np.array([[1.0]])
    pairs = (
        Buckingham(1364.0 * one, 0.2778 * one, 10.14 * one)
        if form == "buckingham"
        else LennardJones(0.003 * one, 3.5 * one)
    )
    molecule = build("C", 1)  # the system need only say whether it is charged
    charge = np.full(5, 0.1 if charged else 0.0)
    system = System(molecule, charge, pairs, Bonded([], [], [], []))
    setup = script.force_field(system, profile("quick", tail_correction=False))
    read = setup.index("read_data system.data")
    box = ["region box block -20 20 -20 20 -20 20", "create_box 1 box", "mass 1 12.0"]
    box += ["create_atoms 1 single 0 0 0", f"create_atoms 1 single {r} 0 0"]
    box += [f"set atom 1 charge {charge[0]}", f"set atom 2 charge {-charge[0]}"]
    after = ["pair_modify table 0", "thermo_style custom step evdwl ecoul elong"]
    after += ["thermo_modify format float %.15g", "run 0"]
    found = run(tmp_path, [*setup[:read], *box, *setup[read + 1 :], *after])
    formula = energy(r, pairs) if form == "buckingham" else lennard_jones_energy(r, pairs)
    assert found["E_vdwl"] / KCAL_PER_MOL == pytest.approx(float(formula[0, 0]), rel=1e-6)
    if charged:  # real and reciprocal space together, as far as quick's PPPM and the images go
        coulomb = (found["E_coul"] + found["E_long"]) / KCAL_PER_MOL
        assert coulomb == pytest.approx(-0.01 * COULOMB / r, abs=1e-3)


def _distorted(smiles: str) -> Molecule:
    molecule = build(smiles, 1)
    shift = np.random.default_rng(0).normal(scale=0.05, size=molecule.positions.shape)
    return molecule._replace(positions=molecule.positions + shift)


@pytest.mark.parametrize(
    "smiles", ["C1COC(=O)O1", "CCO", "CC(C)C", "C1CCCCC1", "CC(=O)OC", "Cc1ccccc1", "CC#N"]
)
def test_bonded_energies_are_those_of_mmff94(tmp_path, smiles):
    """Torsions and out-of-plane terms to the digit, bonds and angles in their harmonic part."""
    molecule = _distorted(smiles)
    one = np.ones(len(molecule.elements))
    system = assemble(molecule, 0 * one, Buckingham(1e-9 * one, 0.3 * one, 0 * one), "geometric")
    box = Box(molecule.positions[None] + 30, 60.0)
    (tmp_path / "system.data").write_text(data_file.render(system, box))
    lines = [
        *script.force_field(system, profile("quick", tail_correction=False)),
        "thermo_style custom step ebond eangle edihed eimp",
        "thermo_modify format float %.12g",
        "run 0",
    ]
    found = run(tmp_path, lines)

    properties = rdForceFieldHelpers.MMFFGetMoleculeProperties(molecule.rdkit)
    conformer = molecule.rdkit.GetConformer()
    for i, position in enumerate(molecule.positions):
        conformer.SetAtomPosition(i, position.tolist())

    def mmff(term: str) -> float:
        for other in ("Bond", "Angle", "StretchBend", "Oop", "Torsion", "VdW", "Ele"):
            getattr(properties, f"SetMMFF{other}Term")(other == term)
        field = rdForceFieldHelpers.MMFFGetMoleculeForceField(molecule.rdkit, properties)
        return field.CalcEnergy()

    assert found["E_dihed"] == pytest.approx(mmff("Torsion"), abs=2e-5)
    assert found["E_impro"] == pytest.approx(mmff("Oop"), abs=2e-5)
    # MMFF94 adds cubic and quartic terms, some per cent at these distortions.
    assert found["E_bond"] == pytest.approx(mmff("Bond"), rel=0.2)
    assert found["E_angle"] == pytest.approx(mmff("Angle"), rel=0.1)


def test_the_data_file_holds_every_molecule_whole_across_the_boundary(tmp_path):
    molecule = build("CCO", 1)
    charges = np.zeros(9)
    system = assemble(molecule, charges, w99(molecule), "w99")
    positions = np.stack([molecule.positions, molecule.positions + 9.5])  # one cut by the face
    (tmp_path / "system.data").write_text(data_file.render(system, Box(positions, 20.0)))
    found = run(
        tmp_path,
        [
            *script.force_field(system, profile("smoke", cutoff=6.0)),
            "thermo_style custom step atoms bonds angles ebond",
            "run 0",
        ],
    )
    assert (found["Atoms"], found["Bonds"], found["Angles"]) == (18, 16, 26)
    assert found["E_bond"] < 10  # a bond cut by the face would be thousands of kcal/mol
    assert "Inconsistent image flags" not in (tmp_path / "log.lammps").read_text()
