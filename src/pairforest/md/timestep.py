"""What a finite time step does to the pressure, measured before NPT and made up for.

Velocity Verlet spreads the positions of a vibration of angular frequency ω as at a temperature
higher by 1/(1 − (ωΔt/2)²) than its velocities on the step show. A thermostat that holds every atom
holds the latter for every motion, fast or slow: the slow ones, which make the liquid, are at T, and
the virial of stiff bonds and angles is no longer cancelled by the kinetic energy. That of half a
step later does cancel it: it is larger by what the forces do in half a step, so the pressure comes
out too low by

    ΔP = Δt²/(12 V) Σ F²/m,

F the force on an atom, constraints included and the thermostat's left out, m its mass. It is not
believed beyond 1000 atm: such forces are those of a liquid that is falling together, and the run is
to show that.

The potential energy of each vibration is too high by kT (ωΔt)²/8, to the lowest order, and Σ F²/m
is the sum of their kT ω²; so that of all is 3/2 ΔP V. See `excess_energy`.
"""

from pathlib import Path

from scipy import constants

FILE = "targets.lmp"
"""Holds what the barostat is set to, for a run that is resumed."""

PRESSURE = "${target_pressure}"

_MOST_ATM = 1000.0
_ACCELERATION = 4.184e-4  # of LAMMPS' real units: kcal/mol/Å/u in Å/fs²
_ATM = 68568.415  # kcal/mol/Å³ in atm
_BAR = 1.01325  # an atm in bar


def measure(timestep_fs: float, damping_fs: float, steps: int, atm: float) -> list[str]:
    """Give the lines that measure ΔP over some steps and write what to set.

    A Langevin thermostat adds 2 kT m/(damping Δt) to the mean F² of every degree of freedom that
    no constraint holds: 4 K/(damping Δt) to Σ F²/m, K the kinetic energy.

    Parameters
    ----------
    timestep_fs : float
        Δt, fs.
    damping_fs : float
        The thermostat's damping time, fs.
    steps : int
        To run; the step is a multiple of it before.
    atm : float
        The pressure wanted, atm.
    """
    square = f"{timestep_fs**2 * _ACCELERATION:.8g}*c_force_squared"
    bath = f"{4 * timestep_fs / damping_fs:.8g}*c_kinetic"
    hidden = "f_hidden"
    return [
        "variable force_squared atom (fx*fx+fy*fy+fz*fz)/mass",
        "compute force_squared all reduce sum v_force_squared",
        "compute kinetic all ke",
        f"variable hidden_pressure equal {_ATM / 12:.8g}*({square}-{bath})/vol",
        f"fix hidden all ave/time 1 {steps} {steps} v_hidden_pressure",
        f"run {steps}",
        f'print "variable target_pressure equal $({atm:.6f}-{_at_most(hidden, _MOST_ATM)}:%.4f)" '
        f"file {FILE} screen no",
        "unfix hidden",
        "variable hidden_pressure delete",
        "uncompute force_squared",
        "uncompute kinetic",
    ]


def _at_most(value: str, limit: float) -> str:
    """Give LAMMPS' formula of the smaller of two numbers."""
    return f"(({value}<{limit:g})*{value}+({value}>={limit:g})*{limit:g})"


def excess_energy(hidden_pressure: float, volume: float) -> float:
    """Give what the time step adds to the mean potential energy, eV.

    Parameters
    ----------
    hidden_pressure : float
        ΔP, bar: how far below the pressure wanted the barostat was set.
    volume : float
        Of what the energy is of, Å³.
    """
    return float(1.5 * hidden_pressure * 1e5 * volume * 1e-30 / constants.e)


def set_pressure(folder: Path) -> float | None:
    """Read what a run's barostat was set to (bar), or None where nothing was made up for."""
    path = folder / FILE
    words = path.read_text(encoding="utf-8").split() if path.exists() else []
    return float(words[-1]) * _BAR if len(words) == 4 else None
