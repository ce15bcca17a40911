"""A program as a subprocess that never outlives whoever started it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Ended(NamedTuple):
    """How a program ended: its return code, empty where the clock ended it."""

    returncode: int | None

    @property
    def timed_out(self) -> bool:
        """Whether the clock ended it."""
        return self.returncode is None


def run(
    command: Sequence[str],
    folder: Path,
    output: Path,
    timeout: float,
    variables: Mapping[str, str] | None = None,
) -> Ended:
    """Run a program to its end or until the clock stops it, with everything it started.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    folder : Path
        Its working directory.
    output : Path
        Takes what it prints, errors included.
    timeout : float
        Seconds.
    variables : mapping, optional
        Environment variables beside our own.
    """
    with output.open("w") as printed:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | dict(variables or {}),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        return Ended(process.wait(timeout))
    except subprocess.TimeoutExpired:
        return Ended(None)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def die_with_parent() -> None:
    """Have the kernel end this process when its parent is killed; does nothing off Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def tail(path: Path, lines: int = 5) -> str:
    """Give the last lines of a text file in one line, for an error's end."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    last = [line.strip() for line in text.splitlines() if line.strip(" %")][-lines:]
    return " | ".join(last) if last else "nothing was printed"
