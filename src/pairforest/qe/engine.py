"""pw.x and pp.x: where they are, which version, one run."""

import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pairforest import process
from pairforest.errors import PairForestError


def find_program(name: str) -> str:
    """Give the path of pw.x or pp.x.

    Raises
    ------
    PairForestError
        If it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise PairForestError(
            f"{name} of Quantum ESPRESSO is not on the path: 'make qe-setup' installs it on Debian"
        )
    return found


@cache
def pw_version() -> str:
    """Give the version pw.x prints at its start, as `6.7MaX`.

    Raises
    ------
    PairForestError
        If pw.x is not installed or does not start.
    """
    program = find_program("pw.x")
    with tempfile.TemporaryDirectory() as name:  # it leaves a file CRASH, for want of an input
        folder = Path(name)
        output = folder / "pw.out"
        process.run([program], folder, output, timeout=120, variables={"OMP_NUM_THREADS": "1"})
        printed, last = output.read_text(errors="replace"), process.tail(output)
    version = re.search(r"Program PWSCF v\.(\S+)", printed)
    if version is None:
        raise PairForestError(f"{program} does not start: {last}")
    return version[1]


def run(name: str, folder: Path, stem: str, timeout: float) -> process.Ended:
    """Run pw.x or pp.x in a folder: `<stem>.in` into `<stem>.out`, one rank, one thread.

    Raises
    ------
    PairForestError
        If the program is not installed.
    """
    return process.run(
        [find_program(name), "-in", f"{stem}.in"],
        folder,
        folder / f"{stem}.out",
        timeout,
        {"OMP_NUM_THREADS": "1"},
    )
