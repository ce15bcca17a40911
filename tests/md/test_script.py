"""Profile `paper` against Table 2 of Lal et al. 2023, and the script's promises in general."""

import re

import numpy as np
import pytest

from pairforest.errors import PairForestError
from pairforest.md import pair_styles, script
from pairforest.md.charges import assign_charges, neutralise
from pairforest.md.molecule import build
from pairforest.md.settings import MdSettings
from pairforest.md.system import assemble, fingerprint
from pairforest.potential import KCAL_PER_MOL, Buckingham
from tests.liquids import liquid, profile, w99


def system_of(name: str, mixing_rule: str = "lal2023"):
    settings = liquid(name)
    molecule = build(settings.smiles, 1)
    charges = neutralise(assign_charges(molecule, settings.charges["lal2023"]))
    return assemble(molecule, charges, w99(molecule), mixing_rule)


@pytest.fixture(scope="module")
def paper():
    return script.render(
        system_of("ethylene_carbonate"), profile("paper"), 298.15, 1.0, seed=1
    ).splitlines()


def _runs(lines: list[str]) -> list[int]:
    return [int(line.split()[1]) for line in lines if line.startswith("run ")]


def test_table_2_is_what_profile_paper_runs(paper):
    assert "timestep 1.0" in paper
    of = profile("paper")
    assert _runs(paper) == [10**6, of.steps(of.block_ps)]  # 1 ns NVT, then blocks until
    assert any("$(step >= 20000000)" in line for line in paper)  # 10 ns NPT and 10 ns production
    assert (of.min_ps, of.max_ps, of.discard_ps) == (20_000, 20_000, 10_000)
    assert "min_style cg" in paper
    assert any(line.startswith("minimize ") and " 20000 " in line for line in paper)
    assert any(re.match(r"fix \w+ all nvt temp 298.15 298.15 ", line) for line in paper)
    npt = next(line for line in paper if " all npt " in line)
    assert re.search(r"temp 298.15 298.15 .* iso 0\.986923 0\.986923 ", npt)  # 1 bar in atm
    assert "kspace_style ewald 1e-05" in paper
    assert "neigh_modify every 10 delay 0 check yes" in paper
    assert any(line.startswith("fix balance all balance ") for line in paper)
    assert any(line.startswith("dump frames all custom 1000 ") for line in paper)
    assert any(line.startswith("pair_style buck/coul/long") for line in paper)
    assert {"bond_style harmonic", "angle_style harmonic"} <= set(paper)
    assert not any(line.startswith("run_style") for line in paper)  # velocity Verlet by default


def test_the_pressure_makes_up_for_the_time_step_but_not_in_the_papers_protocol(paper):
    assert not any("targets.lmp" in line for line in paper)
    for checkpoint in (None, 5000):
        quick = script.render(system_of("octane"), profile("quick"), 298.15, 1.0, 1, checkpoint)
        barostat = [line for line in quick.splitlines() if " all nph " in line][-1]
        assert "iso ${target_pressure} ${target_pressure} " in barostat
        assert quick.index("include targets.lmp") < quick.index(barostat)


def test_every_atom_is_held_at_the_temperature_before_constraints_see_its_forces():
    seeds = set()
    for checkpoint in (None, 5000):
        text = script.render(system_of("octane"), profile("quick"), 298.15, 1.0, 1, checkpoint)
        fixes = [line.split() for line in text.splitlines() if line.startswith("fix ")]
        assert [words[3] for words in fixes[:2]] == ["langevin", "shake"]
        assert fixes[0][4:7] == ["298.15", "298.15", "500"]
        assert {words[3] for words in fixes if words[1] == "ensemble"} <= {"nve", "nph"}
        seeds.add(fixes[0][7])
    assert len(seeds) == 2  # a resumed run does not draw the same forces again


def test_the_time_step_is_not_made_up_for_under_a_thermostat_of_all_motions_together():
    with pytest.raises(ValueError, match="only with thermostat langevin"):
        MdSettings.model_validate(profile("quick").model_dump() | {"thermostat": "nose_hoover"})


def test_a_resumed_run_begins_at_its_checkpoint_and_appends():
    system, quick = system_of("water"), profile("quick")
    fresh, again = (script.render(system, quick, 298.15, 1.0, 1, at) for at in (None, 5000))
    assert "read_data system.data" in fresh
    assert "read_restart checkpoint.5000" in again
    for only_once in ("minimize", "velocity", " nve", "reset_timestep"):
        assert only_once in fresh
        assert only_once not in again
    assert "append samples.txt" in again
    production = fresh[fresh.index("label block") :]
    assert production == again[again.index("label block") :]


def test_ethylene_carbonate_is_at_298_kelvin_there():
    assert profile("paper").temperature == 298.15
    assert liquid("ethylene_carbonate").density_at(298.15) is None  # supercooled: no experiment
    assert liquid("ethylene_carbonate").density_at(313.15) == 1.3214


def test_what_lammps_cannot_do_as_printed_is_printed(paper):
    deviations = [line for line in paper if line.startswith('print "deviation: ')]
    assert any("connected clusters" in line for line in deviations)
    assert any("Parrinello-Rahman" in line for line in deviations)
    assert any("dihedrals" in line for line in deviations)
    quick = script.render(system_of("octane"), profile("quick"), 298.15, 1.0, seed=1)
    assert "deviation" not in quick


def test_a_charge_off_the_oxygen_takes_the_styles_that_know_of_it():
    system = system_of("water", "w99")._replace(offset=0.25)
    lines = script.render(system, profile("quick"), 298.15, 1.0, seed=1).splitlines()
    of_oxygen, of_hydrogen = (int(system.molecule.classes[atom]) + 1 for atom in (0, 1))
    types = f"{of_oxygen} {of_hydrogen} 1 1"
    assert f"pair_style hybrid/overlay buck 9.0 tip4p/long {types} 0.25 9.0" in lines
    assert "kspace_style pppm/tip4p 0.0001" in lines
    assert "pair_coeff * * tip4p/long" in lines
    assert sum(line.startswith("pair_coeff") and " buck " in line for line in lines) == 3
    as_printed = script.deviations(system, profile("paper"))
    assert any("not ewald" in text for text in as_printed)


def test_no_other_molecule_has_a_charge_off_its_atom():
    molecule = build("CO", 1)
    with pytest.raises(PairForestError, match="one atom and two hydrogens"):
        assemble(molecule, np.zeros(6), w99(molecule), "w99", offset=0.2)


def test_a_charge_off_its_atom_is_part_of_what_a_density_hangs_on():
    system = system_of("water", "w99")
    off, farther = (system._replace(offset=offset) for offset in (0.2, 0.3))
    prints = [str(fingerprint(one)) for one in (system, off, farther)]
    assert len(set(prints)) == 3


def test_every_pair_is_written_out_in_real_units():
    system = system_of("water", "w99")
    lines = pair_styles.coefficients(system.pairs)
    assert [line.split()[1:3] for line in lines] == [["1", "1"], ["1", "2"], ["2", "2"]]
    first = [float(x) for x in lines[0].split()[3:]]
    assert first == pytest.approx(
        [
            system.pairs.A[0, 0] * KCAL_PER_MOL,
            system.pairs.B[0, 0],
            system.pairs.C[0, 0] * KCAL_PER_MOL,
        ]
    )


def test_waters_angle_is_held_and_a_heavy_bond_is_not():
    assert script.constraints(system_of("water"), profile("quick"))[0].endswith(" b 1 a 1")
    ethanol = system_of("ethanol")
    held = script.constraints(ethanol, profile("quick"))[0]
    assert " a " not in held
    assert len(held.split(" b ")[1].split()) == 2  # C–H and O–H, of four kinds of bonds
    assert script.constraints(ethanol, profile("quick", constraints="none")) == []


def test_a_charged_molecule_and_unlike_constants_of_like_atoms_are_refused():
    molecule = build("O", 1)
    with pytest.raises(PairForestError, match=r"net charge of \+0\.120000 e"):
        assemble(molecule, np.full(3, 0.04), w99(molecule), "w99")
    uneven = w99(molecule)
    uneven = Buckingham(uneven.A + np.array([0, 0, 1.0]), uneven.B, uneven.C)
    with pytest.raises(PairForestError, match="makes alike differ in A"):
        assemble(molecule, np.zeros(3), uneven, "w99")
