"""LAMMPS' pair styles and coefficients: Buckingham or Lennard-Jones, and Coulomb in four guises."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairforest.md.settings import MdSettings
from pairforest.md.system import System
from pairforest.potential import KCAL_PER_MOL, Buckingham, Pairs, to_lammps_real

Array = NDArray[np.float64]

_WHOLE_MOLECULE = 40.0  # Å
_ONE_BOND_AND_ANGLE = "1 1"  # types in a molecule like water


class Styles(NamedTuple):
    """Lines that choose styles, before atoms are read, and that give coefficients, after."""

    lines: list[str]
    coefficients: list[str]


def of(system: System, settings: MdSettings) -> Styles:
    """Give the styles of a liquid.

    A charge off its atom, in a molecule like water, takes LAMMPS' ``tip4p`` styles, laid over the
    form of the pairs.

    Parameters
    ----------
    system : System
        One molecule's force field.
    settings : MdSettings
        Cutoff and k-space of the protocol; with a charge off its atom that is ``pppm/tip4p``.
    """
    form, cutoff, accuracy = _form(system), settings.cutoff, f"{settings.kspace.accuracy:g}"
    if not np.any(system.charges):
        return Styles([f"pair_style {form} {cutoff}"], coefficients(system.pairs))
    if not system.offset:
        lines = [
            f"pair_style {form}/coul/long {cutoff}",
            f"kspace_style {settings.kspace.style} {accuracy}",
        ]
        return Styles(lines, coefficients(system.pairs))
    centre, hydrogen = _centre_and_hydrogen(system)
    coulomb = f"tip4p/long {centre} {hydrogen} {_ONE_BOND_AND_ANGLE} {system.offset:.10g} {cutoff}"
    return Styles(
        [
            f"pair_style hybrid/overlay {form} {cutoff} {coulomb}",
            f"kspace_style pppm/tip4p {accuracy}",
        ],
        [*coefficients(system.pairs, form), "pair_coeff * * tip4p/long"],
    )


def in_vacuum(system: System) -> Styles:
    """Give the styles of one molecule alone, all of whose pairs interact.

    In a molecule like water none counts, so it does not matter where its charges are.
    """
    style = _form(system) + ("/coul/cut" if np.any(system.charges) else "")
    return Styles([f"pair_style {style} {_WHOLE_MOLECULE}"], coefficients(system.pairs))


def coefficients(pairs: Pairs, style: str = "") -> list[str]:
    """Write every pair out, since LAMMPS does not mix ``buck``; constants of shape (m, m).

    Where styles are overlaid, with the one they are of.
    """
    if isinstance(pairs, Buckingham):
        columns: list[Array] = list(to_lammps_real(pairs))
    else:
        columns = [pairs.epsilon * KCAL_PER_MOL, pairs.sigma]
    of_style = f" {style}" if style else ""
    return [
        f"pair_coeff {i + 1} {j + 1}{of_style} "
        + " ".join(f"{column[i, j]:.10g}" for column in columns)
        for i in range(len(columns[0]))
        for j in range(i, len(columns[0]))
    ]


def _form(system: System) -> str:
    return "buck" if isinstance(system.pairs, Buckingham) else "lj/cut"


def _centre_and_hydrogen(system: System) -> tuple[int, int]:
    """Give the types of the atoms of a molecule like water, whose one angle is at the centre."""
    (angle,) = system.bonded.angles
    classes = system.molecule.classes
    return int(classes[angle.atoms[1]]) + 1, int(classes[angle.atoms[0]]) + 1
