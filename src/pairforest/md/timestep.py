"""What a finite time step does to pressure and temperature, measured before NPT and made up for.

Velocity Verlet spreads the positions of a vibration of angular frequency ω as at a temperature
higher by 1/(1 − (ωΔt/2)²) than its velocities on the step show. Two things follow.

The virial of stiff bonds and angles is no longer cancelled by the kinetic energy on the step. That
of half a step later does cancel it: it is larger by what the forces do in half a step, so the
pressure comes out too low by

    ΔP = Δt²/(12 V) Σ F²/m,

F the whole force on an atom, constraints included, m its mass.

And the kinetic energy on the step is not what all motions share: that is a third of it and two
thirds of that of half a step later, to the fourth order of ωΔt (Eastwood et al. 2010, J. Chem.
Theory Comput. 6, 2045). A thermostat that holds the one on the step leaves the slow motions, which
make the liquid, too hot by

    ΔT = Δt²/(6 f k) Σ F²/m,

f the degrees of freedom. Both sums are taken with the slow motions at T + ΔT; at T they are smaller
by T/(T + ΔT). Neither is believed beyond a tenth of T and 1000 atm: such forces are those of a
liquid that is falling together, and the run is to show that.

With the slow motions at T, the potential energy is still too high, by f k ΔT/4: that of each
vibration by kT (ωΔt)²/24, and Σ F²/m is the sum of their kT ω². See `excess_energy`.
"""

from pathlib import Path
from typing import NamedTuple

from scipy import constants

FILE = "targets.lmp"
"""Holds what barostat and thermostat are set to, for a run that is resumed."""

_MOST_ATM, _MOST_OF_T = 1000.0, 0.1

PRESSURE, TEMPERATURE = "${target_pressure}", "${target_temperature}"

_ACCELERATION = 4.184e-4  # of LAMMPS' real units: kcal/mol/Å/u in Å/fs²
_ATM = 68568.415  # kcal/mol/Å³ in atm


def measure(timestep_fs: float, steps: int, temperature: float, atm: float) -> list[str]:
    """Give the lines that measure ΔP and ΔT over some steps and write what to set.

    Parameters
    ----------
    timestep_fs : float
        Δt, fs.
    steps : int
        To run; the step is a multiple of it before, and the ensemble set, at `temperature`.
    temperature : float
        The temperature wanted, K.
    atm : float
        The pressure wanted, atm.
    """
    energy = f"{timestep_fs**2 * _ACCELERATION:.8g}*c_force_squared"
    hidden = _at_most("f_hidden[1]", _MOST_ATM)
    cooler = f"({temperature}/({temperature}+{_at_most('f_hidden[2]', _MOST_OF_T * temperature)}))"
    return [
        "variable force_squared atom (fx*fx+fy*fy+fz*fz)/mass",
        "compute force_squared all reduce sum v_force_squared",
        "compute kinetic all ke",
        f"variable hidden_pressure equal {_ATM / 12:.8g}*{energy}/vol",
        f"variable hidden_temperature equal {energy}/12*c_thermo_temp/c_kinetic",
        f"fix hidden all ave/time 1 {steps} {steps} v_hidden_pressure v_hidden_temperature",
        f"run {steps}",
        f'print "variable target_pressure equal $({atm:.6f}-{hidden}*{cooler}:%.4f)" '
        f"file {FILE} screen no",
        f'print "variable target_temperature equal $({temperature}*{cooler}:%.4f)" '
        f"append {FILE} screen no",
        "unfix hidden",
        "variable hidden_pressure delete",
        "variable hidden_temperature delete",
        "uncompute force_squared",
        "uncompute kinetic",
    ]


def _at_most(value: str, limit: float) -> str:
    """Give LAMMPS' formula of the smaller of two numbers."""
    return f"(({value}<{limit:g})*{value}+({value}>={limit:g})*{limit:g})"


def excess_energy(cooling: float, degrees_of_freedom: float) -> float:
    """Give what the time step adds to the mean potential energy, eV.

    Parameters
    ----------
    cooling : float
        How far below the temperature wanted the thermostat was set, K.
    degrees_of_freedom : float
        Of what the energy is of, constraints taken off.
    """
    return float(degrees_of_freedom * constants.k / constants.e * cooling / 4)


class SetPoints(NamedTuple):
    """What thermostat (K) and barostat (bar) were set to."""

    temperature: float
    pressure: float


def set_points(folder: Path) -> SetPoints | None:
    """Read what a run was set to, or None where nothing was made up for."""
    path = folder / FILE
    if not path.exists():
        return None
    words = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    values = {line[1]: float(line[3]) for line in words if len(line) == 4}
    if len(values) < 2:
        return None
    return SetPoints(values["target_temperature"], values["target_pressure"] * 1.01325)
