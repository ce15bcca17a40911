"""LAMMPS' input script for a liquid's density: minimise, NVT, NPT."""

import numpy as np

from pairforest.md.settings import MdSettings
from pairforest.md.system import System, numbered
from pairforest.potential import Buckingham, to_lammps_real

_STYLES = {
    "bonds": "bond_style harmonic",
    "angles": "angle_style harmonic",
    "dihedrals": "dihedral_style opls",
    "impropers": "improper_style inversion/harmonic",
}
_BAR_TO_ATM = 1 / 1.01325


def render(system: System, settings: MdSettings, temperature: float, pressure: float) -> str:
    """Write the input script.

    Parameters
    ----------
    system : System
        One molecule's force field.
    settings : MdSettings
        The protocol.
    temperature : float
        K.
    pressure : float
        bar.
    """
    step = settings.timestep_fs
    every = settings.sample_every
    thermostat = f"temp {temperature} {temperature} {100 * step}"
    atm = pressure * _BAR_TO_ATM
    balance = [f"fix balance all balance {settings.balance_every} 1.1 shift xyz 10 1.1"]
    dump = [f"dump trajectory all custom {settings.dump_every} trajectory.dump id mol type x y z"]
    lines = [
        f"# profile {settings.profile}: {temperature} K, {pressure} bar",
        *(f'print "deviation: {text}"' for text in deviations(system, settings)),
        *force_field(system, settings),
        "neighbor 2.0 bin",
        f"neigh_modify every {settings.neighbor_every} delay 0 check yes",
        f"timestep {step}",
        f"thermo {20 * every}",
        "thermo_style custom step temp press density pe",
        "thermo_modify flush yes lost error",
        "min_style cg",
        f"minimize 1.0e-6 1.0e-6 {settings.minimise_steps} {10 * settings.minimise_steps}",
        "reset_timestep 0",
        f"velocity all create {temperature} {settings.seed} mom yes rot yes dist gaussian",
        *constraints(system, settings),
        *(balance if settings.balance_every else []),
        f"fix ensemble all nvt {thermostat}",
        f"run {_steps(settings.nvt_ps, step)}",
        "unfix ensemble",
        f"fix ensemble all npt {thermostat} iso {atm:.6f} {atm:.6f} {1000 * step}",
        "variable rho equal density",
        "reset_timestep 0",
        f"fix sample all ave/time {every} 1 {every} v_rho c_thermo_temp c_thermo_press "
        "c_thermo_pe file samples.txt",
        *(dump if settings.dump_every else []),
        f"run {_steps(settings.npt_ps, step)}",
        "write_data final.data nocoeff",
    ]
    return "\n".join(lines) + "\n"


def _steps(picoseconds: float, timestep_fs: float) -> int:
    return round(picoseconds * 1e3 / timestep_fs)


def force_field(system: System, settings: MdSettings) -> list[str]:
    """Give the lines that set the force field up, from ``units`` to the last coefficient."""
    charged = bool(np.any(system.charges))
    pair_style = "buck/coul/long" if charged else "buck"
    bonded = system.bonded._asdict()
    lines = ["units real", "atom_style full", "boundary p p p"]
    lines += [style for kind, style in _STYLES.items() if bonded[kind]]
    lines.append(f"special_bonds lj/coul 0.0 0.0 {settings.scale_14}")
    lines.append(f"pair_style {pair_style} {settings.cutoff}")
    if charged:
        lines.append(f"kspace_style {settings.kspace.style} {settings.kspace.accuracy:g}")
    lines += ["read_data system.data"]
    if settings.tail_correction:
        lines.append("pair_modify tail yes")
    lines += pair_coefficients(system.pairs)
    for kind in _STYLES:
        for number, values in enumerate(numbered(bonded[kind])[0], start=1):
            text = " ".join(f"{value:.6f}" for value in values)
            lines.append(f"{kind[:-1]}_coeff {number} {text}")
    return lines


def pair_coefficients(pairs: Buckingham) -> list[str]:
    """Write every pair out, since LAMMPS does not mix ``buck``; `pairs` of shape (m, m)."""
    real = to_lammps_real(pairs)
    return [
        f"pair_coeff {i + 1} {j + 1} {real.A[i, j]:.10g} {real.B[i, j]:.10g} {real.C[i, j]:.10g}"
        for i in range(len(real.A))
        for j in range(i, len(real.A))
    ]


def constraints(system: System, settings: MdSettings) -> list[str]:
    """Hold bonds to hydrogen at their length, and the angle of a molecule that is all such bonds.

    LAMMPS' shake takes clusters of one centre and at most three partners.
    """
    if settings.constraints == "none":
        return []
    elements = system.molecule.elements
    kinds, types = numbered(system.bonded.bonds)
    held = {
        number
        for term, number in zip(system.bonded.bonds, types, strict=True)
        if any(elements[atom] == "H" for atom in term.atoms)
    }
    if not held:
        return []
    line = "fix constraints all shake 1.0e-5 100 0 b " + " ".join(map(str, sorted(held)))
    if held == set(range(1, len(kinds) + 1)) and len(elements) == 3:
        line += " a 1"
    return [line]


def deviations(system: System, settings: MdSettings) -> list[str]:
    """Say where this run of profile `paper` is not what Table 2 of Lal et al. 2023 prints."""
    if settings.profile != "paper":
        return []
    heavy = sum(element != "H" for element in system.molecule.elements)
    constrained = (
        "all bonds constrained in the paper; LAMMPS shake refuses connected clusters, so only "
        "bonds to hydrogen are held here"
    )
    return [
        *([constrained] if heavy > 1 else []),
        "Parrinello-Rahman barostat of the paper is fix npt here (Martyna-Tobias-Klein with "
        "Parrinello-Rahman strain energy), isotropic",
        "quadratic dihedrals and harmonic impropers of the paper (Lanjan et al. 2023) are "
        "MMFF94 torsions and out-of-plane terms here",
        "number of molecules, cutoff and 1-4 scaling are not printed in the paper",
    ]
