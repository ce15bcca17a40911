"""The text pw.x reads and the text it prints."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from ase.units import Bohr, Rydberg

from pairforest.elements import element_table
from pairforest.qe.pseudo import Pseudo
from pairforest.qe.settings import Attempt, ScfSettings


class System(NamedTuple):
    """What is computed.

    Positions in Å, shape (n, 3); edges of the orthorhombic cell in Å, shape (3,); total charge in
    e, which may be fractional; magnetisation in μB, fixed if given (`nspin` 2).
    """

    symbols: tuple[str, ...]
    positions: np.ndarray
    cell: np.ndarray
    charge: float = 0.0
    nspin: int = 1
    magnetisation: float | None = None


class Printed(NamedTuple):
    """What an output says; energies in eV, forces in eV/Å, shape (n, 3).

    `energy` includes `correction`, the finite-size correction of a charged system. `error` is
    pw.x's own words, or empty.
    """

    converged: bool
    iterations: int
    energy: float | None
    correction: float
    forces: np.ndarray | None
    error: str


def render(
    system: System,
    pseudos: Sequence[Pseudo],
    cutoffs: tuple[float, float],
    settings: ScfSettings,
    attempt: Attempt | None = None,
    from_density: bool = False,
) -> str:
    """Write the input of one SCF, with forces.

    Charged systems in a cubic cell get the correction of Makov and Payne 1995. Without an attempt
    it says nothing of how the SCF is iterated. It may start from the density of the one before.
    """
    a, b, c = (float(edge) for edge in system.cell)
    cubic = a == b == c
    kinds = {pseudo.element: pseudo for pseudo in pseudos}
    blocks = {
        "control": {
            "calculation": "scf",
            "prefix": "pw",
            "outdir": "./out",
            "pseudo_dir": "./pseudo",
            "tprnfor": True,
        },
        "system": {
            "ibrav": 1 if cubic else 8,
            "A": a,
            **({} if cubic else {"B": b, "C": c}),
            "nat": len(system.symbols),
            "ntyp": len(kinds),
            "input_dft": "PBE",
            "ecutwfc": cutoffs[0],
            "ecutrho": cutoffs[1],
            **_electrons(system, settings),
            **({"assume_isolated": "makov-payne"} if system.charge and cubic else {}),
        },
        "electrons": {
            "conv_thr": settings.conv_thr,
            **({"startingpot": "file"} if from_density else {}),
            **_iteration(settings, attempt),
        },
    }
    lines = []
    for name, content in blocks.items():
        lines += [f"&{name}", *(f"  {key} = {_value(value)}" for key, value in content.items())]
        lines += ["/"]
    masses = element_table()["mass"]
    lines += ["ATOMIC_SPECIES"]
    lines += [f"{kind} {masses[kind]:.4f} {pseudo.file}" for kind, pseudo in kinds.items()]
    lines += ["ATOMIC_POSITIONS angstrom"]
    for symbol, (x, y, z) in zip(system.symbols, system.positions, strict=True):
        lines += [f"{symbol} {x:.8f} {y:.8f} {z:.8f}"]
    return "\n".join([*lines, "K_POINTS gamma"]) + "\n"


def render_attempt(
    system: System,
    pseudos: Sequence[Pseudo],
    cutoffs: tuple[float, float],
    settings: ScfSettings,
    attempt: Attempt,
) -> tuple[str, ...]:
    """Write the inputs of an attempt, in order: one, or two where a wider smearing comes first."""
    if attempt.first_smearing is None:
        return (render(system, pseudos, cutoffs, settings, attempt),)
    wide = settings.model_copy(update={"smearing": attempt.first_smearing})
    return (
        render(system, pseudos, cutoffs, wide, attempt),
        render(system, pseudos, cutoffs, settings, attempt, from_density=True),
    )


def _iteration(settings: ScfSettings, attempt: Attempt | None) -> dict[str, object]:
    if attempt is None:
        return {}
    how = attempt.model_dump(exclude={"first_smearing"})
    return {"electron_maxstep": settings.max_iterations, **how}


def _electrons(system: System, settings: ScfSettings) -> dict[str, object]:
    """Give what the input says of charge, spin and occupations."""
    content: dict[str, object] = {"tot_charge": float(system.charge), "nspin": system.nspin}
    if system.magnetisation is not None:
        content["tot_magnetization"] = float(system.magnetisation)
    if system.nspin == 2:
        content["starting_magnetization(1)"] = 0.5
    if settings.smearing:
        content["occupations"] = "smearing"
        content["smearing"] = settings.smearing_kind
        content["degauss"] = settings.smearing
    else:
        content["occupations"] = "fixed"
    return content


def _value(value: object) -> str:
    if isinstance(value, bool):
        return ".true." if value else ".false."
    return f"'{value}'" if isinstance(value, str) else repr(value)


def density_input() -> str:
    """Write the input of pp.x for the valence density (electrons/bohr³) as a cube file."""
    return (
        "&inputpp\n  prefix = 'pw'\n  outdir = './out'\n  filplot = 'density.pp'\n"
        "  plot_num = 0\n/\n&plot\n  nfile = 1\n  iflag = 3\n  output_format = 6\n"
        "  fileout = 'density.cube'\n/\n"
    )


_FLOAT = r"(-?\d+\.\d+)"


def parse(text: str) -> Printed:
    """Read an output, whole or cut short."""
    energies = re.findall(rf"^!\s+total energy\s+=\s+{_FLOAT} Ry", text, flags=re.MULTILINE)
    partial = re.findall(rf"^\s+total energy\s+=\s+{_FLOAT} Ry", text, flags=re.MULTILINE)
    corrected = re.findall(rf"Total\+Makov-Payne energy\s+=\s+{_FLOAT} Ry", text)
    last = (energies or partial)[-1:]
    correction = float(corrected[-1]) - float(last[0]) if corrected and last else 0.0
    error = re.search(r"Error in routine\s+(\S+) \(.*?\):\s*\n\s*(.*)", text)
    return Printed(
        converged="convergence has been achieved" in text and "JOB DONE." in text,
        iterations=len(re.findall(r"^\s+iteration #", text, flags=re.MULTILINE)),
        energy=(float(last[0]) + correction) * Rydberg if last else None,
        correction=correction * Rydberg,
        forces=_forces(text),
        error=f"{error[1]}: {error[2].strip()}" if error else "",
    )


def _forces(text: str) -> np.ndarray | None:
    """Give the total forces: the first block of its heading, not its contributions."""
    _, heading, after = text.partition("Forces acting on atoms")
    block = re.split(r"\n\s*(?:The|Total force)", after)[0]
    rows = re.findall(rf"force =\s+{_FLOAT}\s+{_FLOAT}\s+{_FLOAT}", block)
    if not heading or not rows:
        return None
    forces: np.ndarray = np.array(rows, dtype=float) * (Rydberg / Bohr)
    return forces
