"""Goedecker-Teter-Hutter pseudopotentials: CP2K's table into the layout pw.x reads.

The parameters are those of Goedecker, Teter and Hutter 1996, Hartwigsen, Goedecker and Hutter 1998
and, for PBE, Krack 2005; CP2K tabulates them in GTH_POTENTIALS. pw.x reads one element per file in
ABINIT's layout of pspcod 10.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pairforest.errors import PairForestError

_PBE = 11  # ABINIT's number of the functional
_FORMAT = 10
_DATE = "20050101"  # the layout asks for one; nothing reads it


class Channel(NamedTuple):
    """The projectors of one angular momentum: radius (bohr), upper triangle of h (hartree)."""

    radius: float
    h: tuple[tuple[float, ...], ...]


class Gth(NamedTuple):
    """One pseudopotential: valence electrons by shell, local part and channels from l = 0.

    Lengths in bohr, coefficients in hartree.
    """

    element: str
    name: str
    valence: tuple[int, ...]
    r_loc: float
    c_loc: tuple[float, ...]
    channels: tuple[Channel, ...]

    @property
    def n_valence(self) -> int:
        """Valence electrons."""
        return sum(self.valence)


def parse_table(text: str, functional: str = "PBE") -> dict[str, list[Gth]]:
    """Read every potential of one functional, by element, the table's default first.

    Where the table has several valences for an element, its default is the one that carries the
    plain name as an alias, ``GTH-PBE`` (Mg q10, Ga q13, Cu q11, Ce q12).

    Parameters
    ----------
    text : str
        Content of GTH_POTENTIALS.
    functional : str
        As in the potentials' names, ``GTH-PBE-q4``.

    Raises
    ------
    PairForestError
        If an entry cannot be read, with its name.
    """
    found: dict[str, list[Gth]] = {}
    for block in re.split(r"^#.*$", text, flags=re.MULTILINE):
        words = block.split()
        if len(words) > 1 and words[1].startswith(f"GTH-{functional}-q"):
            entries = found.setdefault(words[0], [])
            is_default = f"GTH-{functional}" in words[2:]
            entries.insert(0 if is_default else len(entries), parse_entry(block))
    return found


def parse_entry(block: str) -> Gth:
    """Read one entry of the table.

    Raises
    ------
    PairForestError
        If it is cut short or says something that is not a number.
    """
    lines = block.strip().splitlines()
    element, name = lines[0].split()[:2]
    try:
        valence = tuple(int(word) for word in lines[1].split())
        words = iter(" ".join(lines[2:]).split())
        r_loc = float(next(words))
        c_loc = _take(words, int(next(words)))
        channels = []
        for _ in range(int(next(words))):
            radius, n = float(next(words)), int(next(words))
            channels.append(Channel(radius, tuple(_take(words, n - i) for i in range(n))))
    except (ValueError, IndexError, StopIteration, RuntimeError):
        raise PairForestError(f"GTH table: entry {element} {name} cannot be read") from None
    return Gth(element, name, valence, r_loc, c_loc, tuple(channels))


def _take(words: Iterator[str], n: int) -> tuple[float, ...]:
    return tuple(float(next(words)) for _ in range(n))


def render(gth: Gth, atomic_number: int) -> str:
    """Write a potential in ABINIT's layout of pspcod 10, as pw.x reads it from ``.gth``.

    After the h matrix of each channel but the first comes its k matrix (spin-orbit), which is
    zero here: scalar-relativistic.
    """
    channels = gth.channels or (Channel(0.0, ()),)  # the layout wants l = 0, if empty
    lmax = len(channels) - 1
    lines = [
        f"{gth.element} {gth.name}",
        f"{atomic_number} {gth.n_valence} {_DATE}  zatom, zion, date",
        f"{_FORMAT} {_PBE} {lmax} {lmax + 1} 2002 0  pspcod, pspxc, lmax, lloc, mmax, r2well",
        _row([gth.r_loc], len(gth.c_loc), gth.c_loc),
        f"{len(channels)}  channels",
    ]
    for momentum, (radius, h) in enumerate(channels):
        first = h[0] if h else ()
        lines.append(_row([radius], len(h), first))
        lines.extend(_row([], None, row) for row in h[1:])
        if momentum:
            lines.extend(_row([], None, [0.0] * len(row)) for row in h)
    return "\n".join(lines) + "\n"


def _row(head: Sequence[float], n: int | None, values: Sequence[float]) -> str:
    words = [f"{value:.8f}" for value in head]
    words += [] if n is None else [str(n)]
    return " ".join(words + [f"{value:.8f}" for value in values])


def read_table(path: Path) -> dict[str, list[Gth]]:
    """Read CP2K's table of PBE potentials.

    Raises
    ------
    PairForestError
        If it is missing, saying how to get it, or cannot be read.
    """
    try:
        return parse_table(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PairForestError(
            f"{path} is missing: 'make qe-setup' installs it (package cp2k-data)"
        ) from None
