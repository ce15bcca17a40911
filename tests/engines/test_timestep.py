"""What a finite time step does to the pressure, against exact discrete mechanics."""

import subprocess
from typing import NamedTuple

import numpy as np
import pytest

from pairforest.md import engine
from pairforest.md.timestep import excess_energy, measure

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


def run(folder, lines: list[str]) -> float:
    """Run the lines and give what the barostat would be set to (atm)."""
    folder.mkdir(exist_ok=True)
    (folder / "in.lmp").write_text("\n".join(lines) + "\n")
    subprocess.run(engine.command(1), cwd=folder, env=engine.environment(), check=True)
    text = (folder / "targets.lmp").read_text()
    assert text.startswith("variable target_pressure equal ")
    return float(text.split()[-1])


def bath(temperature: float, damping: float) -> list[str]:
    return [f"fix bath all langevin {temperature} {temperature} {damping} 11 zero yes"]


def test_a_gas_of_oscillators_has_the_sum_of_discrete_mechanics(tmp_path):
    """N kT a / 3V(1 − a), a = (ωΔt/2)²: of the bonds, without the thermostat's own forces."""
    step, k, mass, spacing, n, wanted = 3.0, 300.0, 12.0, 30.0, 216, 300.0
    a = (2 * k * 2 / mass * ACCELERATION) * step**2 / 4  # reduced mass m/2
    hidden = n * BOLTZMANN * wanted * a / (3 * (6 * spacing) ** 3 * (1 - a)) * ATM
    for damping in (500.0, 100.0):  # whose forces are a fifth of the sum, or all of it again
        lines = diatomics(k, 1.5, mass, spacing, "zero 5.0 nocoeff")
        lines += ["pair_coeff * *", f"timestep {step}", "velocity all create 300 7 dist gaussian"]
        lines += [*bath(wanted, damping), "fix ensemble all nve", "comm_modify cutoff 20"]
        lines += ["run 2000", "reset_timestep 0", *measure(step, damping, 20000, 0.0)]
        assert -run(tmp_path, lines) == pytest.approx(hidden, rel=0.05)


WANTED = 300.0  # K


class Measured(NamedTuple):
    """Pressure (atm) with its error, what the step hides of it, and the temperature (K) of the
    centres of mass, with its error."""

    pressure: float
    stderr: float
    hidden: float
    temperature: float
    temperature_stderr: float


def of_a_fluid(folder, step: float, steps: int) -> Measured:
    """Measure a dense fluid of 216 diatomics whose bond has ωΔt = 1.1 at 20 fs."""
    mass, omega = 40.0, 1.1 / 20
    k = omega**2 * mass / (4 * ACCELERATION)
    lines = diatomics(k, 1.6, mass, 5.0, "lj/cut 8.0")
    lines += ["pair_coeff 1 1 0.238 3.2", f"timestep {step}", "minimize 1e-4 1e-6 200 2000"]
    lines += ["velocity all create 300 7 dist gaussian", "reset_timestep 0"]
    lines += [*bath(WANTED, 1000), "fix ensemble all nve", "run 5000", "reset_timestep 0"]
    lines += [f"fix p all ave/time 1 {steps // 40} {steps // 40} c_thermo_press file pressures.txt"]
    lines += ["dump all all custom 50 all.dump id vx vy vz", "dump_modify all sort id"]
    hidden = -run(folder, [*lines, *measure(step, 1000.0, steps, 0.0)])

    pressures = np.loadtxt(folder / "pressures.txt")[:, 1]
    parts = (folder / "all.dump").read_text().split("ITEM: ATOMS")[1:]
    rows = np.array([[r.split()[1:] for r in p.splitlines()[1:433]] for p in parts], dtype=float)
    velocity = rows.reshape(len(parts), 216, 2, 3).mean(axis=2)
    kinetic = 2 * mass * (velocity**2).sum(axis=(1, 2)) / ACCELERATION
    slow = kinetic[: len(kinetic) // 40 * 40].reshape(40, -1).mean(axis=1)
    slow /= (3 * 216 - 3) * BOLTZMANN
    errors = [values.std(ddof=1) / np.sqrt(40) for values in (pressures, slow)]
    return Measured(pressures.mean(), errors[0], hidden, slow.mean(), errors[1])


@pytest.mark.slow
def test_a_fluid_of_stiff_bonds_has_its_temperature_and_the_pressure_of_a_shorter_step(tmp_path):
    long, short = (
        of_a_fluid(tmp_path / str(dt), dt, n) for dt, n in ((20.0, 50000), (10.0, 60000))
    )
    error = np.hypot(long.stderr, short.stderr)
    assert short.pressure - long.pressure > 6 * error  # what is to be made up for
    made_up = [one.pressure + one.hidden for one in (long, short)]
    assert made_up[0] == pytest.approx(made_up[1], abs=3 * error)
    assert long.temperature == pytest.approx(WANTED, abs=3 * long.temperature_stderr)
    assert long.temperature_stderr < 0.003 * WANTED


def test_what_the_step_adds_to_the_energy_is_that_of_its_oscillators():
    """N kT (ωΔt)²/8 of N oscillators, from N kT (ωΔt)²/12V."""
    n, volume, square = 50, 30_000.0, 0.08
    kt = BOLTZMANN / 23.060548 * 300.0
    hidden = n * kt * square / (12 * volume) * 160.21766 * 1e4  # eV/Å³ in GPa, in bar
    assert excess_energy(hidden, volume) == pytest.approx(n * kt * square / 8, rel=1e-4)
