"""One run in a folder of its own: begun, watched, ended when converged, resumed after a kill."""

import fcntl
import hashlib
import json
import shutil
from pathlib import Path
from typing import NamedTuple

from pairforest.files import write_json, write_text
from pairforest.md import density, engine, samples
from pairforest.md.engine import Run
from pairforest.md.script import CHECKPOINT, STOP, render
from pairforest.md.settings import MdSettings
from pairforest.md.structure import FRAMES
from pairforest.md.system import System

SCRATCH = Path("scratch/md")

_KEPT_CHECKPOINTS = 2
TRANSIENT = ("timed_out", "crashed", "missing_engine")
"""What may be the machine's doing, and is tried again."""


class Plan(NamedTuple):
    """What a run needs beside its packed box.

    Attributes
    ----------
    system : System
        One molecule's force field.
    settings : MdSettings
        The protocol.
    temperature, pressure : float
        K, bar.
    expected : float
        g/cm³, for the limits of collapse and boiling.
    seed : int
        Of the velocities.
    ranks : int
        MPI ranks.
    """

    system: System
    settings: MdSettings
    temperature: float
    pressure: float
    expected: float
    seed: int
    ranks: int

    def script(self, checkpoint: int | None = None) -> str:
        """Give the input script, from the packed box or from a checkpoint."""
        return render(
            self.system, self.settings, self.temperature, self.pressure, self.seed, checkpoint
        )


def run(plan: Plan, data: str, at_least_ps: float = 0.0) -> Path:
    """Bring a run to its end and give its folder.

    The folder's name is a hash of all that LAMMPS reads, of the ranks and of the targets at which
    the run may stop, so that a run that is done is not done again, and one that was killed goes on
    from its last checkpoint.

    Parameters
    ----------
    plan : Plan
        What to run.
    data : str
        LAMMPS' data file of the packed box.
    at_least_ps : float
        How far to go on, if `min_ps` is less. No part of the name, nor is `max_ps`: a run that is
        done goes on.

    Raises
    ------
    PairForestError
        If LAMMPS or MPICH is not installed.
    """
    settings = plan.settings
    stops = settings.model_dump(
        include={
            "collapse_ratio",
            "boil_ratio",
            "min_ps",
            "discard_ps",
            "replicas",
            "target_stderr_percent",
            "min_n_eff",
        }
    )
    endless = plan._replace(settings=settings.model_copy(update={"max_ps": 0.0}))
    key = json.dumps([endless.script(), data, engine.lmp_version(), plan.ranks, stops])
    folder = SCRATCH / hashlib.sha256(key.encode()).hexdigest()[:24]
    longer = settings.model_copy(update={"min_ps": max(settings.min_ps, at_least_ps)})
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be at the same run
        _finish(plan._replace(settings=longer), data, folder)
    return folder


def _finish(plan: Plan, data: str, folder: Path) -> None:
    settings, result = plan.settings, folder / "result.json"
    if result.exists() and not _is_final(folder, settings):
        result.unlink()
    while not result.exists():
        checkpoint = _last_good_checkpoint(folder, settings)
        if checkpoint is None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_text(folder / "system.data", data)
        else:
            _forget_after(folder, checkpoint)
        ended = _go_on(plan, folder, checkpoint)
        if checkpoint is not None and ended.status == "crashed" and not _was_read(folder):
            (folder / f"{CHECKPOINT}.{checkpoint}").unlink()  # unreadable: try the one before
            continue
        if ended.status == "ok" and not _is_done(folder, settings):
            continue  # the block after the one that looked converged says it is not
        write_json(result, ended._asdict())


def _is_final(folder: Path, settings: MdSettings) -> bool:
    """Say whether a run ended in a way that another try would come to as well."""
    try:
        status = ending(folder).status
    except (json.JSONDecodeError, TypeError):  # not a whole file
        return False
    return _is_done(folder, settings) if status == "ok" else status not in TRANSIENT


def _is_done(folder: Path, settings: MdSettings) -> bool:
    """Say whether a run has come far enough, every sample up to its last checkpoint at hand."""
    steps, good = _checkpoints(folder), _last_good_checkpoint(folder, settings)
    return good is not None and good == steps[0] and _may_stop(folder, settings, good)


def ending(folder: Path) -> Run:
    """Give how a run in a folder ended."""
    return Run(**json.loads((folder / "result.json").read_text(encoding="utf-8")))


def analyse(folder: Path, settings: MdSettings) -> density.Density:
    """Give the density of a run's samples so far.

    Raises
    ------
    ValueError
        If there are too few.
    """
    series = samples.read(folder, settings.timestep_fs)
    discard = int((series["time"] < settings.discard_ps).sum())
    return density.analyse(series["density"].to_numpy(), discard)


def _go_on(plan: Plan, folder: Path, checkpoint: int | None) -> Run:
    settings = plan.settings
    if checkpoint is not None and _may_stop(folder, settings, checkpoint):
        return Run("ok", "")
    (folder / STOP).unlink(missing_ok=True)
    write_text(folder / "in.lmp", plan.script(checkpoint))
    seen = -1 if checkpoint is None else checkpoint

    def watch(folder: Path) -> Run | None:
        nonlocal seen
        series = samples.read(folder, settings.timestep_fs)
        if found := samples.lost(series, plan.expected, settings):
            return found[1]
        steps = _checkpoints(folder)
        if steps and steps[0] > seen:
            seen = steps[0]
            for old in steps[_KEPT_CHECKPOINTS:]:
                (folder / f"{CHECKPOINT}.{old}").unlink()
            if _may_stop(folder, settings, seen):
                (folder / STOP).touch()
        return None

    return engine.run(folder, plan.ranks, settings.timeout_s, settings.stall_s, watch)


def _may_stop(folder: Path, settings: MdSettings, step: int) -> bool:
    if step >= settings.steps(settings.max_ps):
        return True
    if step < settings.steps(settings.min_ps):
        return False
    try:
        return not density.shortcomings(analyse(folder, settings), settings, settings.replicas)
    except ValueError:
        return False


def _checkpoints(folder: Path) -> list[int]:
    """Give the steps of the whole checkpoints, the latest first."""
    names = [path.name.rsplit(".", 1)[-1] for path in folder.glob(f"{CHECKPOINT}.*")]
    return sorted((int(name) for name in names if name.isdigit()), reverse=True)


def _last_good_checkpoint(folder: Path, settings: MdSettings) -> int | None:
    """Give the latest checkpoint with all samples before it; its own comes again."""
    steps = set(samples.steps(folder))
    for checkpoint in _checkpoints(folder):
        if steps.issuperset(range(0, checkpoint, settings.sample_every)):
            return checkpoint
    return None


def _was_read(folder: Path) -> bool:
    """Say whether LAMMPS came past its checkpoint: what follows is in the log."""
    log = folder / "log.lammps"
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\nfix ensemble " in text


def _forget_after(folder: Path, checkpoint: int) -> None:
    """Drop samples and frames from a checkpoint on: they come again, its own first."""
    samples.truncate(folder, checkpoint)
    frames = folder / FRAMES
    if frames.exists():
        mark = "ITEM: TIMESTEP\n"
        parts = frames.read_text(encoding="utf-8").split(mark)[1:]
        kept = [part for part in parts if int(part.split("\n", 1)[0]) < checkpoint]
        write_text(frames, "".join(mark + part for part in kept))
    for later in _checkpoints(folder):
        if later > checkpoint:
            (folder / f"{CHECKPOINT}.{later}").unlink()
