"""The pressure a finite time step hides, measured before NPT and made up for.

Velocity Verlet spreads the positions of a vibration of angular frequency ω as at a temperature
higher by 1/(1 − (ωΔt/2)²), while its velocities on the step are as at the right one. The virial of
stiff bonds and angles is then no longer cancelled by their kinetic energy, and the pressure comes
out too low. Kinetic energies half a step later, as leap-frog has them, do cancel it: they are
larger by what the forces do in half a step, so the pressure hidden is

    ΔP = Δt²/(12 V) Σ F²/m,

F the whole force on an atom, constraints included, m its mass.
"""

FILE = "barostat.lmp"
"""Holds the barostat's pressure, for a run that is resumed."""

_ACCELERATION = 4.184e-4  # of LAMMPS' real units: kcal/mol/Å/u in Å/fs²
_ATM = 68568.415  # kcal/mol/Å³ in atm


def measure(timestep_fs: float, steps: int, atm: float) -> list[str]:
    """Give the lines that measure ΔP over some steps and write the barostat's pressure.

    Parameters
    ----------
    timestep_fs : float
        Δt, fs.
    steps : int
        To run; the step must be 0 before, and the ensemble set.
    atm : float
        The pressure wanted, atm.
    """
    scale = timestep_fs**2 / 12 * _ACCELERATION * _ATM
    return [
        "variable force_squared atom (fx*fx+fy*fy+fz*fz)/mass",
        "compute force_squared all reduce sum v_force_squared",
        f"variable hidden equal {scale:.8g}*c_force_squared/vol",
        f"fix hidden all ave/time 1 {steps} {steps} v_hidden",
        f"run {steps}",
        f'print "variable target equal $({atm:.6f}-f_hidden:%.4f)" file {FILE} screen no',
        "unfix hidden",
        "variable hidden delete",
        "uncompute force_squared",
    ]
