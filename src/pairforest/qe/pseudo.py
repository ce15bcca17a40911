"""An element's pseudopotential: what pw.x reads, valence electrons, cutoffs."""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pairforest.elements import check_element, element_table
from pairforest.errors import PairForestError
from pairforest.qe import gth
from pairforest.qe.settings import Family, QeSettings


class Pseudo(NamedTuple):
    """A pseudopotential ready for pw.x: file name and content, cutoffs in Ry.

    `source` names it in tables: the potential's name or the data set's file.
    """

    element: str
    family: Family
    source: str
    file: str
    content: str
    n_valence: float
    ecutwfc: float
    ecutrho: float

    @property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content.encode()).hexdigest()


def find(element: str, settings: QeSettings, family: Family | None = None) -> Pseudo:
    """Give an element's pseudopotential.

    Parameters
    ----------
    element : str
        Symbol.
    settings : QeSettings
        Where the potentials are, and the cutoffs.
    family : {'gth', 'paw'}, optional
        Instead of the one the settings choose.

    Raises
    ------
    PairForestError
        If there is no such element, or no potential of the family for it, or its file is missing.
    """
    check_element(element, "qe")
    if (family or settings.family_of(element)) == "paw":
        return _paw(element, settings)
    return _gth(element, settings)


def cutoffs(pseudos: Sequence[Pseudo]) -> tuple[float, float]:
    """Give the cutoffs (Ry) of wavefunction and density that are enough for every element."""
    ecutwfc = max(pseudo.ecutwfc for pseudo in pseudos)
    return ecutwfc, max(4 * ecutwfc, *(pseudo.ecutrho for pseudo in pseudos))


def _gth(element: str, settings: QeSettings) -> Pseudo:
    """Give the table's default for an element."""
    table = _table(settings.gth.table)
    if element not in table:
        raise PairForestError(f"{settings.gth.table}: no GTH-PBE potential for {element}")
    chosen = table[element][0]
    ecutwfc = settings.gth.ecutwfc.get(element, settings.gth.ecutwfc["default"])
    return Pseudo(
        element,
        "gth",
        chosen.name,
        f"{element}.{chosen.name}.gth",
        gth.render(chosen, int(element_table()["atomic_number"][element])),
        chosen.n_valence,
        ecutwfc,
        4 * ecutwfc,
    )


_table = cache(gth.read_table)


def _paw(element: str, settings: QeSettings) -> Pseudo:
    if element not in settings.paw.elements:
        known = ", ".join(settings.paw.elements)
        raise PairForestError(f"qe.paw.elements: no data set for {element}; there are {known}")
    chosen = settings.paw.elements[element]
    content = _read(settings.paw.folder / chosen.file)
    valence = re.search(r'z_valence="\s*([-+.\dEe]+)"', content)
    if valence is None:
        raise PairForestError(f"{chosen.file}: no z_valence; not a UPF data set of version 2")
    return Pseudo(
        element,
        "paw",
        chosen.file,
        chosen.file,
        content,
        float(valence[1]),
        chosen.ecutwfc,
        chosen.ecutrho,
    )


@cache
def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PairForestError(
            f"{path} is missing: 'make qe-setup' installs it (package quantum-espresso-data)"
        ) from None
