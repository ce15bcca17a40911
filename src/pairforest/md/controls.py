"""Published force fields with known answers, to validate the harness apart from any model."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from rdkit import Chem

from pairforest.errors import PairForestError
from pairforest.md.bonded import Bonded, Term, neighbours_of
from pairforest.md.charges import assign_charges, neutralise
from pairforest.md.molecule import Array, Molecule, build
from pairforest.md.settings import ChargeRule, LiquidSettings
from pairforest.md.system import System, assemble, check_alike
from pairforest.potential import (
    KCAL_PER_MOL,
    Buckingham,
    LennardJones,
    mix_lennard_jones,
)


class Water(NamedTuple):
    """A rigid water: charge of a hydrogen (e); σ, length, offset (Å); ε (kcal/mol); angle (°)."""

    charge: float
    sigma: float
    epsilon: float
    length: float
    angle: float
    offset: float = 0.0


# Berendsen, Grigera and Straatsma 1987.
SPCE = Water(0.4238, 3.166, 0.1553, 1.0, 109.47)
# Abascal and Vega 2005.
TIP4P_2005 = Water(0.5564, 3.1589, 0.1852, 0.9572, 104.52, 0.1546)
# Both held, so that these act in the minimisation alone: kcal/mol/Å², kcal/mol/rad².
_STIFF_BOND, _STIFF_ANGLE = 450.0, 55.0

# Jorgensen, Maxwell and Tirado-Rives 1996: OPLS-AA alkanes, with AMBER's bonds and angles.
_OPLS_CHARGES = [("[CX4H3]", -0.18), ("[CX4H2]", -0.12), ("[#1]", 0.06)]
_OPLS_14 = 0.5  # of Lennard-Jones and Coulomb three bonds apart
_OPLS_LJ = {"C": (3.5, 0.066), "H": (2.5, 0.030)}  # σ (Å), ε (kcal/mol)
_OPLS_BONDS = {"CC": (268.0, 1.529), "CH": (340.0, 1.090)}
_OPLS_ANGLES = {"CCC": (58.35, 112.7), "CCH": (37.5, 110.7), "HCH": (33.0, 107.8)}
_OPLS_DIHEDRALS = {
    "CCCC": (1.740, -0.157, 0.279, 0.0),
    "CCCH": (0.0, 0.0, 0.366, 0.0),
    "HCCH": (0.0, 0.0, 0.318, 0.0),
}

# Williams 1999: W99, A (kcal/mol), ρ (Å), C (kcal/mol Å⁶). Its hydrogens sit 0.1 Å towards their
# carbon; here they sit on the nucleus.
_W99 = [
    ("[CX4]", (31446.0, 0.2778, 233.8)),
    ("[CX3]", (64618.0, 0.2778, 406.7)),
    ("[#1][#6]", (3031.0, 0.2809, 66.5)),
    ("[OX1]", (57610.0, 0.2525, 301.3)),
    ("[OX2]", (68026.0, 0.2525, 307.3)),
]


def rigid_water(water: Water, liquid: LiquidSettings, seed: int) -> System:
    """Give a rigid water of one Lennard-Jones site and three charges, like SPC/E and TIP4P/2005.

    Raises
    ------
    PairForestError
        If the liquid is not water.
    """
    half = np.radians(water.angle / 2)
    positions = water.length * np.array(
        [[0, 0, 0], [np.sin(half), np.cos(half), 0], [-np.sin(half), np.cos(half), 0]]
    )
    molecule = build(liquid.smiles, seed)._replace(positions=positions - positions.mean(axis=0))
    if molecule.elements != ["O", "H", "H"]:
        raise PairForestError(f"{liquid.smiles} is not water, which this force field is of")
    charges = water.charge * np.array([-2, 1, 1])
    epsilon = np.array([water.epsilon / KCAL_PER_MOL, 0.0, 0.0])
    sigma = np.array([water.sigma, 1.0, 1.0])
    bonded = Bonded(
        bonds=[Term((0, hydrogen), (_STIFF_BOND, water.length)) for hydrogen in (1, 2)],
        angles=[Term((1, 0, 2), (_STIFF_ANGLE, water.angle))],
        dihedrals=[],
        impropers=[],
    )
    system = _lennard_jones(molecule, charges, epsilon, sigma, bonded, rigid=True)
    return system._replace(offset=water.offset)


def opls_alkane(liquid: LiquidSettings, seed: int) -> System:
    """Give an alkane in OPLS-AA (Jorgensen, Maxwell and Tirado-Rives 1996).

    Raises
    ------
    PairForestError
        If an atom is none of CH3, CH2 and their hydrogens.
    """
    molecule = build(liquid.smiles, seed)
    rules = [ChargeRule(smarts=smarts, charge=charge) for smarts, charge in _OPLS_CHARGES]
    charges = assign_charges(molecule, rules)
    if charges is None:
        raise PairForestError(f"{liquid.smiles}: OPLS-AA control is for CH3 and CH2")
    sigma, epsilon = np.array([_OPLS_LJ[element] for element in molecule.elements]).T
    bonded = _opls_bonded(molecule)
    system = _lennard_jones(molecule, charges, epsilon / KCAL_PER_MOL, sigma, bonded)
    return system._replace(scale_14=_OPLS_14)


def w99(liquid: LiquidSettings, seed: int) -> System:
    """Give a molecule in W99 (Williams 1999), with the liquid's charges of Lal 2023, or none.

    Raises
    ------
    PairForestError
        If an atom has no W99 type here.
    """
    molecule = build(liquid.smiles, seed)
    rows = np.full((len(molecule.elements), 3), np.nan)
    for smarts, constants in _W99:
        for match in molecule.rdkit.GetSubstructMatches(Chem.MolFromSmarts(smarts)):
            rows[match[0]] = constants
    if np.isnan(rows).any():
        raise PairForestError(f"{liquid.smiles}: an atom has no type in the W99 control")
    polar = any(element not in ("C", "H") for element in molecule.elements)
    given = assign_charges(molecule, liquid.charges.get("lal2023", [])) if polar else None
    charges = np.zeros(len(rows)) if given is None else neutralise(given)
    A, B, C = rows.T
    like = Buckingham(A / KCAL_PER_MOL, B, C / KCAL_PER_MOL)
    return assemble(molecule, charges, like, "w99")


FORCE_FIELDS: dict[str, Callable[[LiquidSettings, int], System]] = {
    "spce": partial(rigid_water, SPCE),
    "tip4p_2005": partial(rigid_water, TIP4P_2005),
    "opls": opls_alkane,
    "w99": w99,
}
"""Published force fields by their name as a ``potential``."""


def _lennard_jones(
    molecule: Molecule,
    charges: Array,
    epsilon: Array,
    sigma: Array,
    bonded: Bonded,
    rigid: bool = False,
) -> System:
    check_alike(molecule, {"charge": charges, "epsilon": epsilon, "sigma": sigma})
    first = molecule.first_of_class
    pairs = mix_lennard_jones(LennardJones(epsilon[first], sigma[first]))
    return System(molecule, charges, pairs, bonded, rigid)


def _opls_bonded(molecule: Molecule) -> Bonded:
    """Give OPLS-AA's bonds, angles and torsions by the elements of their atoms."""
    around = neighbours_of(molecule.rdkit)
    elements = molecule.elements

    def term(atoms: tuple[int, ...], table: Mapping[str, tuple[float, ...]]) -> Term:
        name = "".join(elements[atom] for atom in atoms)
        return Term(atoms, table[name] if name in table else table[name[::-1]])

    pairs = sorted((i, j) for i in around for j in around[i] if i < j)
    angles = [
        (i, j, k) for j in around for n, i in enumerate(around[j]) for k in around[j][n + 1 :]
    ]
    dihedrals = [
        (i, j, k, m) for j, k in pairs for i in around[j] for m in around[k] if i != k and m != j
    ]
    return Bonded(
        bonds=[term(atoms, _OPLS_BONDS) for atoms in pairs],
        angles=[term(atoms, _OPLS_ANGLES) for atoms in angles],
        dihedrals=[term(atoms, _OPLS_DIHEDRALS) for atoms in dihedrals],
        impropers=[],
    )
