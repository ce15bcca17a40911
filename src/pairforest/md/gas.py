"""One molecule in vacuum: its mean energy, for a heat of vaporisation, and its minima."""

import fcntl
import hashlib
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from pairforest.errors import PairForestError
from pairforest.files import write_text
from pairforest.md import data_file, engine
from pairforest.md.molecule import conformers, repartition
from pairforest.md.packing import Box
from pairforest.md.replica import SCRATCH, TRANSIENT
from pairforest.md.script import constraints, force_field
from pairforest.md.settings import MdSettings
from pairforest.md.structure import FRAMES
from pairforest.md.system import System
from pairforest.potential import KCAL_PER_MOL

_EDGE = 200.0  # Å
_DONE = "done"
_ENERGY = "energy.txt"
_MINIMISE = "minimize 1.0e-8 1.0e-8 1000 10000"


class UnstableError(PairForestError):
    """A molecule whose force field does not hold it together."""


def run(system: System, settings: MdSettings, temperature: float, length_ps: float) -> Path:
    """Bring a run of one molecule in vacuum to its end and give its folder.

    Langevin dynamics from a conformer drawn as the liquid's are, with the liquid's constraints.
    What a finite step does to stiff vibrations is not made up for, as it is in a liquid, so it
    should be short. A run that is done is not done again.

    Parameters
    ----------
    system : System
        The molecule's force field.
    settings : MdSettings
        Time step, constraints, seed; a frame is written every ``dump_every`` steps.
    temperature : float
        K.
    length_ps : float
        A tenth more is run before, and dropped.

    Raises
    ------
    UnstableError
        If the molecule breaks.
    PairForestError
        If LAMMPS is not installed or fails otherwise.
    """
    if settings.hydrogen_mass is not None:
        system = system._replace(molecule=repartition(system.molecule, settings.hydrogen_mass))
    positions = conformers(system.molecule, 1, temperature, settings.seed) + _EDGE / 2
    data = data_file.render(system, Box(positions, _EDGE))
    script = _script(system, settings, temperature, length_ps)
    key = json.dumps([script, data, engine.lmp_version()])
    folder = SCRATCH / hashlib.sha256(key.encode()).hexdigest()[:24]
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be at the same run
        if (folder / _DONE).exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        write_text(folder / "system.data", data)
        write_text(folder / "in.lmp", script)
        ended = engine.run(folder, 1, settings.timeout_s, settings.stall_s)
        if ended.status != "ok":
            kind = PairForestError if ended.status in TRANSIENT else UnstableError
            raise kind(f"one molecule in vacuum: {ended.status}: {ended.reason}")
        (folder / _DONE).touch()
    return folder


def minimum(system: System, settings: MdSettings, positions: NDArray[np.float64]) -> float:
    """Give the energy (eV) of one molecule in vacuum at the minimum nearest to a conformer.

    Parameters
    ----------
    system : System
        The force field of a molecule of n atoms.
    settings : MdSettings
        Its 1–4 scaling.
    positions : array of shape (n, 3)
        Å.

    Raises
    ------
    PairForestError
        If LAMMPS is not installed or fails.
    """
    centred = positions - positions.mean(axis=0) + _EDGE / 2
    lines = [*force_field(system, settings, vacuum=True), _MINIMISE, "run 0"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_text(folder / "system.data", data_file.render(system, Box(centred[None], _EDGE)))
        report = f'variable pe equal pe\nprint "${{pe}}" file {_ENERGY}'
        write_text(folder / "in.lmp", "\n".join([*lines, report]) + "\n")
        ended = engine.run(folder, 1, settings.timeout_s, settings.stall_s)
        if ended.status != "ok":
            raise PairForestError(f"one molecule in vacuum: {ended.status}: {ended.reason}")
        kcal = float((folder / _ENERGY).read_text(encoding="utf-8"))
    return float(kcal / KCAL_PER_MOL)


def _script(system: System, settings: MdSettings, temperature: float, length_ps: float) -> str:
    steps = settings.steps(length_ps)
    return "\n".join(
        [
            *force_field(system, settings, vacuum=True),
            "neigh_modify every 1 delay 0 check yes",
            f"timestep {settings.timestep_fs}",
            f"thermo {steps // 100}",
            "thermo_modify flush yes",
            _MINIMISE,
            "reset_timestep 0",
            f"velocity all create {temperature} {settings.seed} mom yes rot yes dist gaussian",
            "fix move all nve",
            f"fix bath all langevin {temperature} {temperature} 500 {settings.seed}",
            *constraints(system, settings),
            f"run {steps // 10}",
            "reset_timestep 0",
            f"dump frames all custom {settings.dump_every} {FRAMES} id mol type x y z",
            "dump_modify frames sort id format float %.6f",
            f"run {steps}",
        ]
    ) + "\n"  # fmt: skip
