"""What LAMMPS is told of a liquid: types, charges, pair constants, bonded terms."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairforest.errors import PairForestError
from pairforest.md.bonded import Bonded, Term, mmff94
from pairforest.md.molecule import Molecule
from pairforest.potential import Buckingham, Pairs, mix

Array = NDArray[np.float64]

NEUTRAL = 1e-6
"""A molecule's net charge above this (e) is an error, not a warning."""

METHOD = 1
"""To be raised when a change of this room changes densities: kept results then no longer count."""


class System(NamedTuple):
    """One molecule's force field; atom types are its symmetry classes.

    Attributes
    ----------
    molecule : Molecule
        Of n atoms and m classes.
    charges : array of shape (n,)
        e, neutral.
    pairs : Buckingham or LennardJones
        Constants of every pair of classes, each of shape (m, m).
    bonded : Bonded
        Bonded terms: MMFF94's, or a control's own.
    rigid : bool
        Whether all bonds and angles are held (published waters).
    scale_14 : float or None
        Of pairs three bonds apart, where the force field has one of its own.
    offset : float
        How far the charge of a molecule like water lies from its centre, towards the hydrogens, Å.
    """

    molecule: Molecule
    charges: Array
    pairs: Pairs
    bonded: Bonded
    rigid: bool = False
    scale_14: float | None = None
    offset: float = 0.0


def assemble(
    molecule: Molecule,
    charges: Array,
    constants: Buckingham,
    mixing_rule: str,
    contacts: Array | None = None,
    offset: float = 0.0,
) -> System:
    """Put a force field together.

    Parameters
    ----------
    molecule : Molecule
        Of n atoms.
    charges : array of shape (n,)
        e, neutral.
    constants : Buckingham
        Like-pair constants of each atom, each of shape (n,).
    mixing_rule : str
        One of `potential.MIXING_RULES`.
    contacts : array of shape (n, n), optional
        Factors on the repulsion of pairs.
    offset : float
        Of the centre's charge in a molecule like water, Å.

    Raises
    ------
    PairForestError
        If the molecule is not neutral, atoms that symmetry makes alike differ in charge or
        constants, or there is an offset in a molecule that is not like water.
    """
    check_alike(molecule, {"charge": charges, **constants._asdict()})
    if offset and (len(molecule.elements) != 3 or molecule.elements.count("H") != 2):
        raise PairForestError("only a molecule of one atom and two hydrogens has a charge off it")
    first = molecule.first_of_class
    like = Buckingham(*(np.asarray(values)[first] for values in constants))
    pairs = mix(like, mixing_rule)
    if contacts is not None:
        pairs = pairs._replace(A=pairs.A * contacts[np.ix_(first, first)])
    return System(molecule, charges, pairs, mmff94(molecule.rdkit), offset=offset)


def check_alike(molecule: Molecule, of_atoms: dict[str, Array]) -> None:
    """Check that a molecule is neutral and that atoms alike by symmetry are alike.

    Parameters
    ----------
    molecule : Molecule
        Of n atoms.
    of_atoms : dict
        Values of the atoms by name, each of shape (n,); ``charge`` (e) among them.

    Raises
    ------
    PairForestError
        If the net charge is above `NEUTRAL`, or two atoms of a class differ.
    """
    if abs(net := of_atoms["charge"].sum()) > NEUTRAL:
        raise PairForestError(f"the molecule has a net charge of {net:+.6f} e")
    first = molecule.first_of_class
    for name, values in of_atoms.items():
        if not np.allclose(values, values[first][molecule.classes], rtol=1e-9, atol=1e-12):
            raise PairForestError(f"atoms that symmetry makes alike differ in {name}")


def fingerprint(system: System) -> list[list[str]]:
    """Give charges and offset, pairs and bonded coefficients as text, to six digits, and `METHOD`.

    Other processors differ in the last of sixteen. What the forest gives back of a label differs
    from it in the tenth, and one in the middle between two sixth digits must not go both ways.
    """
    terms = [term.coefficients for kind in system.bonded for term in kind]
    offset = [[system.offset]] if system.offset else []
    rows = ([METHOD], system.charges, *offset, *system.pairs, *terms)
    return [[f"{float(f'{x:.9g}'):.6g}" for x in np.ravel(row)] for row in rows]


def numbered(terms: list[Term]) -> tuple[list[tuple[float, ...]], list[int]]:
    """Give the distinct coefficients of some terms, and which of them each term has (from 1)."""
    kinds = sorted({_rounded(term) for term in terms})
    return kinds, [kinds.index(_rounded(term)) + 1 for term in terms]


def _rounded(term: Term) -> tuple[float, ...]:
    return tuple(round(value, 6) for value in term.coefficients)
