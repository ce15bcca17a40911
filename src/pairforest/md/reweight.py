"""Energies that a run's frames would have in other force fields, by LAMMPS' `rerun`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pairforest.errors import PairForestError
from pairforest.files import write_text
from pairforest.md import engine
from pairforest.md.script import force_field
from pairforest.md.settings import MdSettings
from pairforest.md.structure import FRAMES
from pairforest.md.system import System
from pairforest.potential import KCAL_PER_MOL

Array = NDArray[np.float64]


def energies(
    folder: Path, systems: Sequence[System], settings: MdSettings, vacuum: bool = False
) -> tuple[Array, Array]:
    """Give the potential energy of every frame of a run in each of some force fields.

    Parameters
    ----------
    folder : Path
        Of a finished run that wrote frames.
    systems : sequence of System
        Force fields of the run's molecule, other charges and pair constants; m of them.
    settings : MdSettings
        The run's protocol.
    vacuum : bool
        Whether the run is of one molecule in vacuum.

    Returns
    -------
    tuple of arrays
        Steps of the frames, shape (n,); energies of the whole box (eV), shape (n, m).

    Raises
    ------
    PairForestError
        If LAMMPS is not installed or fails.
    """
    with tempfile.TemporaryDirectory(prefix="rerun.", dir=folder) as name:
        scratch = Path(name)
        for needed in ("system.data", FRAMES):
            (scratch / needed).symlink_to((folder / needed).resolve())
        write_text(scratch / "in.lmp", _script(systems, settings, vacuum))
        ended = engine.run(scratch, 1, settings.timeout_s, settings.stall_s)
        if ended.status != "ok":
            raise PairForestError(f"{folder}: rerun {ended.status}: {ended.reason}")
        tables = [np.loadtxt(scratch / f"energies.{i}", ndmin=2) for i in range(len(systems))]
    steps = tables[0][:, 0]
    return steps, np.column_stack([table[:, 1] for table in tables]) / KCAL_PER_MOL


def _script(systems: Sequence[System], settings: MdSettings, vacuum: bool) -> str:
    lines: list[str] = []
    for number, system in enumerate(systems):
        charges = system.charges[system.molecule.first_of_class]
        lines += [
            *(["clear"] if number else []),
            *force_field(system, settings, vacuum=vacuum),
            *(f"set type {i} charge {q:.10f}" for i, q in enumerate(charges, start=1)),
            "thermo_style custom step pe",
            f"thermo {settings.dump_every}",
            f"fix out all print {settings.dump_every} "
            f'"$(step:%.0f) $(pe:%.10g)" file energies.{number} screen no',
            f"rerun {FRAMES} dump x y z box {'no' if vacuum else 'yes'}",
            "unfix out",
        ]
    return "\n".join(lines) + "\n"
