"""What a finite time step does to pressure and temperature, against exact discrete mechanics."""

import subprocess

import numpy as np
import pytest

from pairforest.md import engine
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.script import degrees_of_freedom
from pairforest.md.timestep import excess_energy, measure
from tests.liquids import liquid, profile

BOLTZMANN = 0.0019872067  # kcal/mol/K
ATM = 68568.415  # kcal/mol/Å³ in atm
ACCELERATION = 4.184e-4  # kcal/mol/Å/u in Å/fs²


def diatomics(k: float, length: float, mass: float, spacing: float, style: str) -> list[str]:
    """216 diatomics on a grid: LAMMPS' lines up to the coefficients."""
    edge = 6 * spacing
    lines = ["units real", "atom_style full", "boundary p p p", "bond_style harmonic"]
    lines += ["special_bonds lj/coul 0 1 1"]
    lines += [f"pair_style {style}", f"region box block 0 {edge} 0 {edge} 0 {edge}"]
    lines += ["create_box 1 box bond/types 1 extra/bond/per/atom 1 extra/special/per/atom 1"]
    grid = [(x, y, z) for x in range(6) for y in range(6) for z in range(6)]
    for i, cell in enumerate(grid):
        x, y, z = (spacing * (part + 0.5) - length / 2 for part in cell)
        lines += [
            f"create_atoms 1 single {x} {y} {z}",
            f"create_atoms 1 single {x + length} {y} {z}",
        ]
        lines += [f"create_bonds single/bond 1 {2 * i + 1} {2 * i + 2}"]
    return [*lines, f"mass 1 {mass}", f"bond_coeff 1 {k} {length}"]


def run(folder, lines: list[str]) -> tuple[float, float]:
    """Run the lines and give what barostat (atm) and thermostat (K) would be set to."""
    (folder / "in.lmp").write_text("\n".join(lines) + "\n")
    subprocess.run(engine.command(1), cwd=folder, env=engine.environment(), check=True)
    pressure, temperature = (folder / "targets.lmp").read_text().splitlines()
    assert pressure.startswith("variable target_pressure equal ")
    assert temperature.startswith("variable target_temperature equal ")
    return float(pressure.split()[-1]), float(temperature.split()[-1])


def test_a_gas_of_oscillators_has_the_sums_of_discrete_mechanics(tmp_path):
    """N kT a / 3V(1 − a) and 2 N T a / 3f(1 − a), a = (ωΔt/2)², with the slow motions at T."""
    step, k, mass, spacing, n, wanted = 3.0, 300.0, 12.0, 30.0, 216, 300.0
    lines = diatomics(k, 1.5, mass, spacing, "zero 5.0 nocoeff")
    lines += ["pair_coeff * *", f"timestep {step}", "velocity all create 300 7 dist gaussian"]
    lines += ["fix ensemble all langevin 300 300 500 11", "fix move all nve"]
    lines += ["comm_modify cutoff 20", "run 20000", "unfix ensemble", "reset_timestep 0"]
    pressure, temperature = run(tmp_path, [*lines, *measure(step, 20000, wanted, 0.0)])

    a = (2 * k * 2 / mass * ACCELERATION) * step**2 / 4  # reduced mass m/2
    freedom = 3 * 2 * n - 3
    hotter = 2 / 3 * n / freedom * wanted * a / (1 - a)
    cooler = wanted / (wanted + hotter)
    hidden = n * BOLTZMANN * wanted * a / (3 * (6 * spacing) ** 3 * (1 - a)) * ATM
    assert -pressure == pytest.approx(hidden * cooler, rel=0.15)
    assert wanted - temperature == pytest.approx(wanted * (1 - cooler), rel=0.15)


@pytest.mark.slow
def test_the_slow_motions_of_a_liquid_are_at_the_temperature_wanted(tmp_path):
    """A liquid of diatomics, ωΔt = 0.9 for the bond, soft enough to trade energy with the rest."""
    step, wanted, mass, omega = 28.0, 120.0, 40.0, 0.032
    k = omega**2 * mass / (4 * ACCELERATION)
    lines = diatomics(k, 1.6, mass, 4.6, "lj/cut 8.0")
    lines += ["pair_coeff 1 1 0.238 3.2", f"timestep {step}", "minimize 1e-4 1e-6 200 2000"]
    lines += ["velocity all create 120 7 dist gaussian", "reset_timestep 0"]
    bath = "fix ensemble all nvt temp {0} {0} 1000"
    lines += [bath.format(wanted), "run 20000"]
    lines += measure(step, 20000, wanted, 0.0)
    lines += ["unfix ensemble", "include targets.lmp", bath.format("${target_temperature}")]
    lines += ["run 10000", "reset_timestep 0"]
    lines += ["dump all all custom 50 all.dump id vx vy vz fx fy fz", "dump_modify all sort id"]
    _, temperature = run(tmp_path, [*lines, "run 40000"])

    parts = (tmp_path / "all.dump").read_text().split("ITEM: ATOMS")[1:]
    rows = np.array([[r.split()[1:] for r in p.splitlines()[1:433]] for p in parts], dtype=float)
    whole = rows.reshape(len(parts), 216, 2, 2, 3)
    velocity, force = whole[..., 0, :].mean(axis=2), whole[..., 1, :].sum(axis=2)
    on_step = 2 * mass * (velocity**2).sum(axis=(1, 2)) / ACCELERATION
    later = ACCELERATION * step**2 * (force**2).sum(axis=(1, 2)) / (2 * mass)
    slow = (on_step + later / 6) / ((3 * 216 - 3) * BOLTZMANN)
    blocks = slow[: len(slow) // 40 * 40].reshape(-1, 40).mean(axis=1)
    stderr = blocks.std(ddof=1) / np.sqrt(len(blocks))
    assert temperature < 0.98 * wanted  # or they would be that much hotter
    assert slow.mean() == pytest.approx(wanted, abs=3 * stderr)
    assert stderr < 0.003 * wanted


def test_what_the_step_adds_to_the_energy_is_that_of_its_oscillators():
    """N kT (ωΔt)²/24 of N oscillators, from the cooling 2 N T a / 3f, a = (ωΔt/2)²."""
    n, freedom, wanted, a = 50, 400, 300.0, 0.02
    cooling = 2 * n * wanted * a / (3 * freedom)
    kt = BOLTZMANN / 23.060548 * wanted
    assert excess_energy(cooling, freedom) == pytest.approx(n * kt * 4 * a / 24, rel=1e-4)


def test_constraints_take_degrees_of_freedom():
    octane, water = (
        FORCE_FIELDS[name](liquid(of), 1) for name, of in (("opls", "octane"), ("spce", "water"))
    )
    held = profile("smoke", constraints="hydrogen_bonds")
    free = profile("smoke", constraints="none")
    assert [degrees_of_freedom(octane, of) for of in (held, free)] == [3 * 26 - 18, 3 * 26]
    assert degrees_of_freedom(water, held) == 6
