"""LAMMPS' input script for a liquid's density: minimise, NVT, NPT."""

from pairforest.md import pair_styles, timestep
from pairforest.md.settings import MdSettings
from pairforest.md.structure import FRAMES
from pairforest.md.system import System, numbered

_STYLES = {
    "bonds": "bond_style harmonic",
    "angles": "angle_style harmonic",
    "dihedrals": "dihedral_style opls",
    "impropers": "improper_style inversion/harmonic",
}
_BAR_TO_ATM = 1 / 1.01325
_THERMO = 1000  # steps between lines of the log at most, for what watches it

CHECKPOINT = "checkpoint"
"""Restart files are ``checkpoint.<step>``, renamed to that once they are whole."""

STOP = "stop"
"""A file of this name ends the run after its block."""


def render(
    system: System,
    settings: MdSettings,
    temperature: float,
    pressure: float,
    seed: int,
    checkpoint: int | None = None,
) -> str:
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
    seed : int
        Of the velocities and the thermostat.
    checkpoint : int, optional
        Step of the NPT to go on from; from the packed box if not given.
    """
    atm = pressure * _BAR_TO_ATM
    lines = [
        f"# profile {settings.profile}: {temperature} K, {pressure} bar",
        *(f'print "deviation: {text}"' for text in deviations(system, settings)),
        *(
            _begin(system, settings, temperature, atm, seed)
            if checkpoint is None
            else _resume(system, settings, temperature, seed, checkpoint)
        ),
        *_production(system, settings, temperature, atm, resumed=checkpoint is not None),
    ]
    return "\n".join(lines) + "\n"


def _run_settings(settings: MdSettings) -> list[str]:
    return [
        f"neigh_modify every {settings.neighbor_every} delay 0 check yes",
        f"timestep {settings.timestep_fs}",
        f"thermo {min(20 * settings.sample_every, _THERMO)}",
        "thermo_style custom step temp press density pe",
        "thermo_modify flush yes lost error",
    ]


def _bath(settings: MdSettings, temperature: float, seed: int) -> list[str]:
    """Hold every atom at a temperature; before constraints, which have to see its forces."""
    if settings.thermostat != "langevin":
        return []
    damping = 1e3 * settings.thermostat_ps
    return [f"fix bath all langevin {temperature} {temperature} {damping:g} {seed} zero yes"]


def _ensemble(settings: MdSettings, temperature: float, atm: str | None = None) -> str:
    """Integrate, at a pressure if one is given."""
    barostat = "" if atm is None else f" iso {atm} {atm} {1e3 * settings.barostat_ps:g}"
    if settings.thermostat == "nose_hoover":
        thermostat = f"temp {temperature} {temperature} {1e3 * settings.thermostat_ps:g}"
        return f"fix ensemble all {'npt' if barostat else 'nvt'} {thermostat}{barostat}"
    return f"fix ensemble all {f'nph{barostat} ptemp {temperature}' if barostat else 'nve'}"


def _begin(
    system: System, settings: MdSettings, temperature: float, atm: float, seed: int
) -> list[str]:
    """Minimise the packed box, thermalise it, and see what the time step does to its pressure."""
    steps = settings.steps(settings.nvt_ps)
    lines = [
        *force_field(system, settings),
        *_run_settings(settings),
        "min_style cg",
        f"minimize 1.0e-6 1.0e-6 {settings.minimise_steps} {10 * settings.minimise_steps}",
        "reset_timestep 0",
        f"velocity all create {temperature} {seed} mom yes rot yes dist gaussian",
        *_bath(settings, temperature, seed),
        *constraints(system, settings),
        _ensemble(settings, temperature),
        f"run {steps}",
        "unfix ensemble",
        "reset_timestep 0",
    ]
    if not settings.timestep_correction:
        return lines
    return [
        *lines,
        _ensemble(settings, temperature, f"{atm:.6f}"),
        f"run {steps // 2}",
        "reset_timestep 0",
        *timestep.measure(settings.timestep_fs, 1e3 * settings.thermostat_ps, steps, atm),
        "unfix ensemble",
        "reset_timestep 0",
    ]


def _resume(
    system: System, settings: MdSettings, temperature: float, seed: int, checkpoint: int
) -> list[str]:
    """Go on from a checkpoint, which holds positions, velocities and barostat."""
    return [
        *force_field(system, settings, f"read_restart {CHECKPOINT}.{checkpoint}"),
        *_run_settings(settings),
        *_bath(settings, temperature, seed + checkpoint),
        *constraints(system, settings),
    ]


def _production(
    system: System, settings: MdSettings, temperature: float, atm: float, resumed: bool
) -> list[str]:
    """NPT in blocks, each ended by a checkpoint, until the stop file or the last step."""
    every = settings.sample_every
    if settings.timestep_correction:
        lines = [
            f"include {timestep.FILE}",
            _ensemble(settings, temperature, timestep.PRESSURE),
        ]
    else:
        lines = [_ensemble(settings, temperature, f"{atm:.6f}")]
    lines += [
        "variable rho equal density",
        f"fix sample all ave/time {every} 1 {every} v_rho c_thermo_temp c_thermo_press "
        f"c_thermo_pe {'append' if resumed else 'file'} samples.txt",
    ]
    if settings.balance_every:
        lines.append(f"fix balance all balance {settings.balance_every} 1.1 shift xyz 10 1.1")
    if settings.dump_every:
        names = system.molecule.elements
        elements = " ".join(names[atom] for atom in system.molecule.first_of_class)
        lines += [
            f"dump frames all custom {settings.dump_every} {FRAMES} id mol type element x y z",
            f"dump_modify frames sort id append yes element {elements}",
        ]
    return [
        *lines,
        "label block",
        f"run {settings.steps(settings.block_ps)}",
        f"write_restart {CHECKPOINT}.part",
        f"shell mv {CHECKPOINT}.part {CHECKPOINT}.$(step:%.0f)",
        f'if "$(is_file({STOP})) || $(step >= {settings.steps(settings.max_ps)})" then '
        '"jump SELF done"',
        "jump SELF block",
        "label done",
        "write_data final.data nocoeff",
    ]


def force_field(
    system: System,
    settings: MdSettings,
    read: str = "read_data system.data",
    vacuum: bool = False,
) -> list[str]:
    """Give the lines that set the force field up, from ``units`` to the last coefficient.

    In vacuum every pair of the one molecule interacts, and there are no images. Its box may be as
    thin as a molecule that lies in a plane: LAMMPS cannot bin its atoms.
    """
    styles = pair_styles.in_vacuum(system) if vacuum else pair_styles.of(system, settings)
    bonded = system.bonded._asdict()
    boundary = "boundary s s s" if vacuum else "boundary p p p"
    lines = ["units real", "atom_style full", boundary]
    lines += [style for kind, style in _STYLES.items() if bonded[kind]]
    scale_14 = settings.scale_14 if system.scale_14 is None else system.scale_14
    lines.append(f"special_bonds lj/coul 0.0 0.0 {scale_14}")
    lines += [*styles.lines, read]
    lines.append(f"neighbor 2.0 {'nsq' if vacuum else 'bin'}")
    if settings.tail_correction and not vacuum:
        lines.append("pair_modify tail yes")
    lines += styles.coefficients
    for kind in _STYLES:
        for number, values in enumerate(numbered(bonded[kind])[0], start=1):
            text = " ".join(f"{value:.6f}" for value in values)
            lines.append(f"{kind[:-1]}_coeff {number} {text}")
    return lines


def constraints(system: System, settings: MdSettings) -> list[str]:
    """Hold bonds to hydrogen at their length, and the angle of a molecule that is all such bonds.

    LAMMPS' shake takes clusters of one centre and at most three partners.
    """
    held = _held(system, settings)
    if not held:
        return []
    line = "fix constraints all shake 1.0e-5 100 0 b " + " ".join(map(str, sorted(set(held))))
    return [line + (" a 1" if _holds_angle(system, held) else "")]


def _held(system: System, settings: MdSettings) -> list[int]:
    """Give the types of the bonds that are held, one a bond."""
    if settings.constraints == "none":
        return []
    elements = system.molecule.elements
    types = numbered(system.bonded.bonds)[1]
    return [
        number
        for term, number in zip(system.bonded.bonds, types, strict=True)
        if any(elements[atom] == "H" for atom in term.atoms)
    ]


def _holds_angle(system: System, held: list[int]) -> bool:
    all_bonds = len(held) == len(system.bonded.bonds)
    return bool(held) and (system.rigid or (all_bonds and len(system.molecule.elements) == 3))


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
        *(["pppm/tip4p, not ewald: it knows a charge off its atom"] if system.offset else []),
        "Parrinello-Rahman barostat of the paper is fix npt here (Martyna-Tobias-Klein with "
        "Parrinello-Rahman strain energy), isotropic",
        "quadratic dihedrals and harmonic impropers of the paper (Lanjan et al. 2023) are "
        "MMFF94 torsions and out-of-plane terms here",
        "number of molecules, cutoff and 1-4 scaling are not printed in the paper",
    ]
