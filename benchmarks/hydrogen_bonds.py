"""Hydrogen-bonded pairs by Hartree–Fock, against point charges and walls.

Usage: python benchmarks/hydrogen_bonds.py

Where the bond is: first-order energies, as a neon atom feels them (`walls.probe`), less those of
the charges, are what a wall has to be there. The neon has no charges, and what overlapping clouds
take off between two that have is missing in the walls it feels: how much of a polar hydrogen's is
left? Farther out: electrostatic energies of two densities over those of charges, which spread
their errors where the fit is told to. Charges are of the same densities here. No liquid is run;
pairs with a test liquid's molecule do not count for the wall, nor do hydrogens on nitrogen, which
no calibration liquid has.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.units import Bohr, Debye, Hartree
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

from pairforest import tables
from pairforest.database.builtin import ATOMS, PROBES
from pairforest.kinds import kinds_of
from pairforest.potential import COULOMB, KCAL_PER_MOL, mix
from pairforest.qe import electrostatics
from pairforest.walls.law import Repulsion, fit, gather, of_neon, repulsion
from pairforest.walls.probe import first_order
from result import write

PAIRS = (
    ("methanol", "methanol"), ("methanol", "acetone"), ("methanol", "dimethyl_ether"),
    ("methanol", "formaldehyde"), ("2_2_2_trifluoroethanol", "methanol"),
    ("water", "water"), ("water", "methanol"), ("methanol", "water"), ("ethanol", "ethanol"),
    ("methylamine", "methanol"),
)  # fmt: skip
"""Which gives the hydrogen, which takes it."""
COUNTED = 5
"""The first so many count for the wall."""
BONDED = (1.7, 1.8, 1.9, 2.0)  # Å between the hydrogen and the oxygen, as in liquids
FAR = 3.0  # where clouds no longer overlap much
POWERS = (0.0, 1.0, 2.0, 4.0)  # of the potential, by which points of a fit count
TILT = 57.0  # degrees between a dimer's hydrogen bond and the plane of the oxygen that takes it
BASIS = "aug-cc-pvdz"
TURNS = 24

Array = NDArray[np.float64]


class Molecule(NamedTuple):
    """One molecule: elements, positions (Å), kinds, volumes (bohr³), classes; charges (e)."""

    elements: list[str]
    positions: Array
    kinds: list[str]
    volumes: Array
    classes: NDArray[np.int64]
    charges: dict[float, Array]

    def atoms(self, positions: Array) -> list[tuple[str, Array]]:
        """Give elements and positions (Å) as PySCF takes them."""
        return list(zip(self.elements, positions, strict=True))

    def solve(self, positions: Array):  # type: ignore[no-untyped-def]
        """Give PySCF's molecule with its atoms at other positions (Å), and its density."""
        from pyscf import gto, scf

        molecule = gto.M(atom=self.atoms(positions), basis=BASIS, verbose=0)
        solver = scf.RHF(molecule).density_fit()
        solver.kernel()
        if not solver.converged:
            raise SystemExit("Hartree-Fock did not converge")
        return molecule, solver.make_rdm1()


def load(name: str) -> Molecule:
    """Give a molecule in the database's geometry, with charges fitted by every power."""
    rows = tables.read(ATOMS, tables.QE_ATOMS)
    rows = rows[rows["molecule"] == name].sort_values("atom_index")
    found = Molecule(
        rows["element"].tolist(),
        rows[["x", "y", "z"]].to_numpy(),
        kinds_of(rows["smiles"].iloc[0]),
        rows["volume"].to_numpy(),
        rows["equivalence"].to_numpy(),
        {},
    )
    molecule, density = found.solve(found.positions)
    positions = found.positions / Bohr
    points = electrostatics.surface(tuple(found.elements), positions)
    of_electrons = np.concatenate(
        [
            np.einsum("kij,ij->k", molecule.intor("int1e_grids", grids=part), density)
            for part in np.array_split(points, 20)
        ]
    )
    potential = (molecule.atom_charges() / cdist(points, positions)).sum(axis=1) - of_electrons
    for power in POWERS:
        fitted = electrostatics.fit(potential, points, positions, found.classes, power)
        found.charges[power] = fitted
    return found


def giving(of: Molecule) -> Array:
    """Put the polar hydrogen at the origin, its bond along +z."""
    hydrogen = of.kinds.index("H_polar")
    distances = cdist(of.positions, of.positions)[hydrogen]
    bond = of.positions[hydrogen] - of.positions[np.argsort(distances)[1]]
    turn = Rotation.align_vectors([[0, 0, 1]], [bond])[0]
    return np.asarray(turn.apply(of.positions - of.positions[hydrogen]))


def taking(of: Molecule) -> Array:
    """Put the oxygen at the origin, a lone pair of it along −z."""
    oxygen = of.elements.index("O")
    distances = cdist(of.positions, of.positions)
    near = np.flatnonzero((distances[oxygen] > 0) & (distances[oxygen] < 1.6))
    bonds = of.positions[near] - of.positions[oxygen]
    bonds /= np.linalg.norm(bonds, axis=1, keepdims=True)
    if len(near) == 1:  # of a double bond: in the plane, 60 degrees off the axis
        carbon = near[0]
        others = [i for i in np.flatnonzero(distances[carbon] < 1.7) if i not in (carbon, oxygen)]
        normal = np.cross(*(of.positions[others[:2]] - of.positions[carbon]))
        aside = np.cross(normal / np.linalg.norm(normal), bonds[0])
        lone = -0.5 * bonds[0] + np.sqrt(0.75) * aside
    else:
        middle, normal = -bonds.sum(axis=0), np.cross(*bonds)
        angle = np.radians(TILT)
        lone = np.cos(angle) * middle / np.linalg.norm(middle)
        lone += np.sin(angle) * normal / np.linalg.norm(normal)
    turn = Rotation.align_vectors([[0, 0, -1]], [lone])[0]
    return np.asarray(turn.apply(of.positions - of.positions[oxygen]))


def placed(giver: Molecule, taker: Molecule) -> tuple[Array, Array]:
    """Put the hydrogen and the oxygen at the origin, the rest turned out of each other's way."""
    first, second = giving(giver), taking(taker)
    angles = np.linspace(0, 2 * np.pi, TURNS, endpoint=False)
    turned = [Rotation.from_rotvec([0, 0, angle]).apply(second) for angle in angles]
    away = np.array([0, 0, BONDED[0]])
    return first, min(turned, key=lambda of: np.exp(-2 * cdist(first, of + away)).sum())


def of_charges(giver: Molecule, taker: Molecule, distances: Array, power: float) -> float:
    """Give the energy of charges fitted by a power, kcal/mol."""
    product = np.outer(giver.charges[power], taker.charges[power])
    return float(COULOMB * KCAL_PER_MOL * (product / distances).sum())


@cache
def walls() -> pd.DataFrame:
    """Give the walls that a neon atom feels."""
    probes = tables.read(PROBES, tables.PROBES)
    felt = gather(probes, tables.read(ATOMS, tables.QE_ATOMS))
    return fit(felt, of_neon(probes)).walls


def of_walls(giver: Molecule, taker: Molecule, distances: Array, factor: float) -> float:
    """Give the energy of walls, the polar hydrogens' a factor of the neon's, kcal/mol."""
    kinds = [*giver.kinds, *taker.kinds]
    volumes = np.concatenate([giver.volumes, taker.volumes])
    found = repulsion(kinds, volumes, walls())
    size = np.where(np.array(kinds) == "H_polar", factor, 1.0)
    pairs = mix(Repulsion(size * found.wall, size * found.range).like_pairs(), "smith")
    n = len(giver.elements)
    between = pairs.A[:n, n:] * np.exp(-distances / pairs.B[:n, n:])
    return float(KCAL_PER_MOL * between.sum())


def of_densities(giver: Molecule, taker: Molecule, first: Array, second: Array) -> float:
    """Give the electrostatic energy of two densities, kcal/mol."""
    from pyscf import gto, scf

    (one, density_one), (other, density_other) = giver.solve(first), taker.solve(second)
    both = gto.conc_mol(one, other)
    n = one.nao
    of_one, of_other = np.zeros((2, both.nao, both.nao))
    of_one[:n, :n], of_other[n:, n:] = density_one, density_other
    nuclei = np.zeros((2, both.nao, both.nao))
    for i in range(both.natm):
        with both.with_rinv_origin(both.atom_coord(i)):
            nuclei[int(i >= one.natm)] -= both.atom_charge(i) * both.intor("int1e_rinv")
    apart = cdist(one.atom_coords(), other.atom_coords())
    energy = (np.outer(one.atom_charges(), other.atom_charges()) / apart).sum()
    energy += (of_one * nuclei[1]).sum() + (of_other * nuclei[0]).sum()
    energy += (of_other * scf.hf.get_jk(both, of_one, with_k=False)[0]).sum()
    return float(energy * Hartree * KCAL_PER_MOL)


def compare(giver: Molecule, taker: Molecule) -> dict[str, float]:
    """Give the part of the neon's wall at each distance of a bond, and ratios farther out."""
    first, second = placed(giver, taker)
    at = np.outer(BONDED, [0, 0, 1.0])
    partners = giver.atoms(first), taker.atoms(second)
    found = {}
    for away, energy in zip(at, first_order(*partners, at, BASIS), strict=True):
        distances = cdist(first, second + away)
        wall = energy * KCAL_PER_MOL - of_charges(giver, taker, distances, 2.0)
        found[f"part of the wall at {away[2]:g} Å"] = brentq(
            lambda part, r=distances, wall=wall: of_walls(giver, taker, r, part) - wall, 0.2, 2.0
        )
    far = np.array([0, 0, FAR])
    energy = of_densities(giver, taker, first, second + far)
    for power in POWERS:
        of_points = of_charges(giver, taker, cdist(first, second + far), power)
        found[f"electrostatic at {FAR:g} Å over charges of power {power:g}"] = energy / of_points
    return found


def main() -> None:
    """Compare every pair and keep the result."""
    molecules = {name: load(name) for name in dict.fromkeys(np.ravel(PAIRS).tolist())}
    measured: dict[str, dict[str, float]] = {}
    for giver, taker in PAIRS:
        row = compare(molecules[giver], molecules[taker])
        measured[f"{giver} to {taker}"] = row
        print(giver, taker, row, flush=True)
    table = np.array([list(row.values()) for row in measured.values()])
    parts, ratios = table[:COUNTED, : len(BONDED)], np.log(table[:, len(BONDED) :])
    scatter = dict(zip(POWERS, ratios.std(axis=0).tolist(), strict=True))
    measured["scatter of the logarithm of the electrostatic ratio"] = {
        f"power {power:g}": value for power, value in scatter.items()
    }
    measured[f"part of the wall, the first {COUNTED} pairs"] = {
        "mean": float(parts.mean()),
        "standard deviation": float(parts.std()),
    }
    for name, of in molecules.items():
        measured[f"dipole of {name} (D)"] = {
            f"power {power:g}": float(np.linalg.norm(charges @ of.positions) / Debye)
            for power, charges in of.charges.items()
        }
    write(
        "hydrogen_bonds",
        compared="wall of a polar hydrogen that a neon atom feels over what first-order energies "
        "of hydrogen-bonded pairs leave of it beside charges fitted to the potential",
        ratio=1 / float(parts.mean()),
        sizes={"pairs": len(PAIRS), "molecules": len(molecules), "distances": len(BONDED)},
        measured=measured,
    )


if __name__ == "__main__":
    main()
