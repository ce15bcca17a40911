"""Bonded terms of MMFF94 (Halgren 1996), from RDKit, in LAMMPS' forms and ``real`` units.

MMFF94's quartic bonds, cubic angles and stretch-bend couplings are left out: the harmonic part
is kept. Torsions and out-of-plane terms are MMFF94's own, but for the twofold one of alkyl chains,
of which half is kept: it goes with MMFF94's own pairs, and with ours all of it puts a gauche form
of hexane 0.8 kcal/mol above trans, none of it 0.2, where coupled cluster has 0.60 (Gruzman,
Karton and Martin 2009), and MMFF94 0.83. Rings keep all.
"""

from typing import NamedTuple

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdForceFieldHelpers

from pairforest.errors import PairForestError

_CHAIN = 0.5  # of the twofold term of alkyl chains
_SATURATED = 1  # MMFF94's type of a carbon with four neighbours, outside rings of three and four

MMFF_STRETCH = 143.9325  # kcal/mol per mdyn Å
MMFF_BEND = 0.043844  # the same per square degree
_PER_RADIAN = (180 / np.pi) ** 2


class Term(NamedTuple):
    """Atoms of one term, and its coefficients in the order LAMMPS takes them."""

    atoms: tuple[int, ...]
    coefficients: tuple[float, ...]


class Bonded(NamedTuple):
    """All bonded terms of a molecule.

    Attributes
    ----------
    bonds : list of Term
        ``harmonic``: K (kcal/mol/Å²), r0 (Å).
    angles : list of Term
        ``harmonic``: K (kcal/mol/rad²), θ0 (degrees).
    dihedrals : list of Term
        ``opls``: V1, V2, V3, V4 (kcal/mol).
    impropers : list of Term
        ``inversion/harmonic``, central atom first: K (kcal/mol/rad²), ω0 (degrees).
    """

    bonds: list[Term]
    angles: list[Term]
    dihedrals: list[Term]
    impropers: list[Term]


def neighbours_of(molecule: Chem.Mol) -> dict[int, list[int]]:
    """Give the atoms bonded to each atom, in order."""
    return {
        atom.GetIdx(): sorted(other.GetIdx() for other in atom.GetNeighbors())
        for atom in molecule.GetAtoms()
    }


def mmff94(molecule: Chem.Mol) -> Bonded:
    """Give the bonded terms of a molecule with explicit hydrogens.

    Raises
    ------
    PairForestError
        If MMFF94 lacks a bond or an angle.
    """
    properties = rdForceFieldHelpers.MMFFGetMoleculeProperties(molecule)
    neighbours = neighbours_of(molecule)
    pairs = sorted(
        tuple(sorted((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())))
        for bond in molecule.GetBonds()
    )

    def required(kind: str, *atoms: int) -> tuple[float, ...]:
        found: tuple[float, ...] | None = getattr(properties, f"GetMMFF{kind}Params")(
            molecule, *atoms
        )
        if found is None:
            raise PairForestError(f"MMFF94 has no {kind} parameters for atoms {atoms}")
        return found

    def is_chain(atoms: tuple[int, int, int, int]) -> bool:
        _, j, k, _ = atoms
        return (
            all(properties.GetMMFFAtomType(atom) == _SATURATED for atom in atoms)
            and not molecule.GetBondBetweenAtoms(j, k).IsInRing()
        )

    bonds, angles, dihedrals, impropers = [], [], [], []
    for pair in pairs:
        _, k, r0 = required("BondStretch", *pair)
        bonds.append(Term(pair, (MMFF_STRETCH / 2 * k, r0)))
    for j, around in neighbours.items():
        ends = [(i, j, k) for n, i in enumerate(around) for k in around[n + 1 :]]
        for atoms in ends:
            _, k_a, theta0 = required("AngleBend", *atoms)
            angles.append(Term(atoms, (MMFF_BEND / 2 * k_a * _PER_RADIAN, theta0)))
        if len(around) == 3:
            i, k, m = around
            if k_oop := properties.GetMMFFOopBendParams(molecule, i, j, k, m):
                # MMFF94 sums the three Wilson angles of a centre, LAMMPS takes their mean.
                force = 3 * MMFF_BEND / 2 * k_oop * _PER_RADIAN
                impropers.append(Term((j, i, k, m), (force, 0.0)))
    for j, k in pairs:
        for i in neighbours[j]:
            for m in neighbours[k]:
                if len({i, j, k, m}) < 4:
                    continue
                found = properties.GetMMFFTorsionParams(molecule, i, j, k, m)
                if not found:
                    continue
                _, v1, v2, v3 = found
                if is_chain((i, j, k, m)):
                    v2 *= _CHAIN
                if any((v1, v2, v3)):
                    dihedrals.append(Term((i, j, k, m), (v1, v2, v3, 0.0)))
    return Bonded(bonds, angles, dihedrals, impropers)
