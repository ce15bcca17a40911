"""One SCF in its own content-addressed folder: run once, resumed after a kill, never lost."""

import fcntl
import hashlib
import itertools
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pairforest import process
from pairforest.files import write_json, write_text
from pairforest.qe import engine, pw
from pairforest.qe.pseudo import Pseudo, cutoffs, find
from pairforest.qe.settings import Family, QeSettings

_RESULT = "result.json"
_FINAL = ("converged", "suspect: not converged", "suspect: timed out")  # more may be the machine's
_CUBE = "density.cube"


class Scf(NamedTuple):
    """An SCF and how it came out.

    Status is `converged` or `suspect: why`. Energy in eV, including Makov and Payne's correction
    (eV); NaN unless converged. Forces in eV/Å, shape (n, 3), empty where there are none.
    Attempts: how many were tried, the last of which is the one kept. Wall time in s, of all
    attempts. Cutoffs in Ry. Density: a cube file of the valence density, if asked for.
    """

    key: str
    status: str
    energy: float
    correction: float
    forces: np.ndarray
    iterations: int
    attempts: int
    wall_s: float
    ecutwfc: float
    ecutrho: float
    density: Path | None = None


class Task(NamedTuple):
    """An SCF to do: the key it is known by, the inputs of each attempt, its potentials.

    The key holds what decides the result, and not how it is iterated. Cutoffs in Ry, timeout in s
    for an attempt, version of pw.x.
    """

    key: str
    version: str
    folder: Path
    inputs: tuple[tuple[str, ...], ...]
    pseudos: tuple[Pseudo, ...]
    cutoffs: tuple[float, float]
    timeout: float
    density: bool


def prepare(
    system: pw.System,
    settings: QeSettings,
    density: bool = False,
    family: Family | None = None,
) -> Task:
    """Make an SCF ready to run; nothing is written yet.

    Parameters
    ----------
    system : System
        What is computed.
    settings : QeSettings
        Pseudopotentials, cutoffs, SCF, where scratch folders go.
    density : bool
        Whether the valence density is wanted too.
    family : {'gth', 'paw'}, optional
        For every element, instead of the settings' choice.

    Raises
    ------
    PairForestError
        If pw.x or a pseudopotential is missing.
    """
    pseudos = tuple(find(element, settings, family) for element in dict.fromkeys(system.symbols))
    chosen = cutoffs(pseudos)
    inputs = tuple(
        pw.render_attempt(system, pseudos, chosen, settings.scf, attempt)
        for attempt in settings.scf.attempts
    )
    version = engine.pw_version()
    physics = pw.render(system, pseudos, chosen, settings.scf)
    key = _key([version, physics, *(pseudo.sha256 for pseudo in pseudos)])
    return Task(
        key,
        version,
        settings.scratch / key,
        inputs,
        pseudos,
        chosen,
        settings.scf.timeout_s,
        density,
    )


def _key(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def run(task: Task) -> Scf:
    """Do an SCF, or give its result if it was done before.

    A failure of the SCF is a status, not an exception. It is tried again when its attempts or
    their timeout have changed, and always if it may have been the machine's (memory, disk).
    Another process at the same SCF is waited for.

    Raises
    ------
    PairForestError
        If pw.x or pp.x is not installed.
    """
    task.folder.parent.mkdir(parents=True, exist_ok=True)
    with task.folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _read(task) or _compute(task)


def _compute(task: Task) -> Scf:
    shutil.rmtree(task.folder, ignore_errors=True)
    for pseudo in task.pseudos:
        write_text(task.folder / "pseudo" / pseudo.file, pseudo.content)
    result = _attempt_all(task)
    if task.density and result.status == "converged":
        result = _with_density(task, result)
    for name in ("out", "pseudo"):
        shutil.rmtree(task.folder / name, ignore_errors=True)
    if result.status.startswith(_FINAL):
        content = result._asdict() | {"forces": result.forces.tolist(), "density": None}
        content["tried"] = _tried(task)
        content["energy"] = None if np.isnan(result.energy) else result.energy
        write_json(task.folder / _RESULT, content)
    return result


def _read(task: Task) -> Scf | None:
    """Give the result kept in the folder, if it has all that is asked for."""
    try:
        content = json.loads((task.folder / _RESULT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    cube = task.folder / _CUBE
    converged, tried = content["status"] == "converged", content.pop("tried")
    if not converged and tried != _tried(task):
        return None
    if converged and task.density and not cube.exists():
        return None
    content["energy"] = np.nan if content["energy"] is None else content["energy"]
    content["forces"] = np.array(content["forces"]).reshape(-1, 3)
    return Scf(**content | {"density": cube if cube.exists() else None})


def _tried(task: Task) -> str:
    """Give what an SCF that fails has failed with."""
    return _key([*itertools.chain(*task.inputs), repr(task.timeout)])


def _attempt_all(task: Task) -> Scf:
    """Make attempts in turn until one converges."""
    start = time.monotonic()
    for number, inputs in enumerate(task.inputs, 1):
        shutil.rmtree(task.folder / "out", ignore_errors=True)
        iterations = 0
        for part, text in enumerate(inputs, 1):
            status, printed = _pw(task, f"scf{number}_{part}", text)
            iterations += printed.iterations
            if status != "converged":
                break
        if status == "converged":
            break
    return Scf(
        task.key,
        status,
        np.nan if printed.energy is None or status != "converged" else printed.energy,
        printed.correction,
        np.empty((0, 3)) if printed.forces is None else printed.forces,
        iterations,
        number,
        round(time.monotonic() - start, 2),
        *task.cutoffs,
    )


def _pw(task: Task, stem: str, text: str) -> tuple[str, pw.Printed]:
    """Run pw.x; give its status and what it printed."""
    write_text(task.folder / f"{stem}.in", text)
    ended = engine.run("pw.x", task.folder, stem, task.timeout)
    output = task.folder / f"{stem}.out"
    printed = pw.parse(output.read_text(encoding="utf-8", errors="replace"))
    return _status(task, ended, printed, output), printed


def _status(task: Task, ended: process.Ended, printed: pw.Printed, output: Path) -> str:
    if ended.timed_out:
        return f"suspect: timed out after {task.timeout:g} s in iteration {printed.iterations}"
    if printed.converged and ended.returncode == 0:
        return "converged"
    if printed.error:
        return f"suspect: {printed.error}"
    if "convergence NOT achieved" in output.read_text(encoding="utf-8", errors="replace"):
        return f"suspect: not converged in {printed.iterations} iterations"
    return f"suspect: pw.x ended with code {ended.returncode}: {process.tail(output)}"


def _with_density(task: Task, result: Scf) -> Scf:
    """Write the valence density of the SCF just done as a cube file."""
    write_text(task.folder / "density.in", pw.density_input())
    ended = engine.run("pp.x", task.folder, "density", task.timeout)
    (task.folder / "density.pp").unlink(missing_ok=True)
    cube = task.folder / _CUBE
    if ended.timed_out or ended.returncode != 0 or not cube.exists():
        cube.unlink(missing_ok=True)
        why = process.tail(task.folder / "density.out")
        return result._replace(status=f"suspect: pp.x wrote no density: {why}", energy=np.nan)
    return result._replace(density=cube)
