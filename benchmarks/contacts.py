"""Hydrogens on nitrogen, oxygen and fluorine by Hartree–Fock, against point charges and walls.

Usage: python benchmarks/contacts.py

Where two molecules touch: first-order energies, as a neon atom feels them (`walls.probe`), less
those of charges, are what walls have to be there. Neon has no charges, and what overlapping clouds
take off between two that have is missing in the walls it feels: how much of the repulsion between a
hydrogen and such an atom is left, the other pairs being as neon says? Hydrogen on hydrogen and
oxygen on oxygen stand beside it. Farther out: electrostatic energies of two densities over those of
charges, which spread their errors where the fit is told to and have no lone pairs on atoms; and the
same of water with its charge off the oxygen, against the alcohols of the calibration. Charges are
of the same densities here, drawn towards the partition's as the shipped ones are (water's too,
where all are on its atoms). No liquid is run; pairs with a test liquid's molecule do not count.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.units import Bohr, Debye, Hartree
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

from pairforest import tables
from pairforest.database import resp
from pairforest.database.builtin import ATOMS, PROBES
from pairforest.database.charges import PARTITIONED
from pairforest.elements import element_of
from pairforest.kinds import ELECTRONEGATIVE, kinds_of
from pairforest.potential import COULOMB, KCAL_PER_MOL, mix
from pairforest.qe.electrostatics import surface
from pairforest.walls.law import fit, gather, of_neon, repulsion
from pairforest.walls.probe import first_order
from result import write

POLAR = (
    ("methanol", "methanol"), ("methanol", "acetone"), ("methanol", "dimethyl_ether"),
    ("methanol", "formaldehyde"), ("2_2_2_trifluoroethanol", "methanol"),
    ("methanol", "methylamine"), ("methylamine", "methanol"),
)  # fmt: skip
"""Which gives the hydrogen, which takes it: hydrogen bonds."""
OTHER = (
    ("ethane", "methanol"), ("ethane", "dimethyl_ether"), ("ethane", "formaldehyde"),
    ("dimethyl_ether", "dimethyl_ether"), ("ethane", "methylamine"), ("ethane", "acetonitrile"),
    ("ethane", "fluoromethane"),
)  # fmt: skip
"""The same of hydrogens on carbon."""
TESTS = (
    ("water", "water"), ("water", "methanol"), ("methanol", "water"), ("ethanol", "ethanol"),
)  # fmt: skip
"""Hydrogen bonds with a test liquid's molecule; they do not count."""
BONDED = (1.7, 1.8, 1.9, 2.0)  # Å between the hydrogen and what takes it, as in liquids
TOUCHING = (2.2, 2.4, 2.6)  # the same of a hydrogen on carbon
ALCOHOLS = ("methanol", "1_propanol")
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

    def felt(self) -> tuple[Array, Array]:
        """Give the density's potential (hartree/e) and where (bohr), as charges are fitted to."""
        molecule, density = self.solve(self.positions)
        positions = self.positions / Bohr
        points = surface(tuple(self.elements), positions)
        of_electrons = np.concatenate(
            [
                np.einsum("kij,ij->k", molecule.intor("int1e_grids", grids=part), density)
                for part in np.array_split(points, 20)
            ]
        )
        of_nuclei = (molecule.atom_charges() / cdist(points, positions)).sum(axis=1)
        return of_nuclei - of_electrons, points


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
    potential, points = found.felt()
    positions = found.positions / Bohr
    towards = PARTITIONED * rows["charge"].to_numpy()
    for power in POWERS:
        fitted = resp.fit(potential, points, positions, found.classes, towards, power)
        found.charges[power] = fitted
    return found


def giving(of: Molecule, kind: str) -> Array:
    """Put the first hydrogen of a kind at the origin, its bond along +z."""
    hydrogen = of.kinds.index(kind)
    distances = cdist(of.positions, of.positions)[hydrogen]
    bond = of.positions[hydrogen] - of.positions[np.argsort(distances)[1]]
    turn = Rotation.align_vectors([[0, 0, 1]], [bond])[0]
    return np.asarray(turn.apply(of.positions - of.positions[hydrogen]))


def taking(of: Molecule) -> Array:
    """Put the nitrogen, oxygen or fluorine at the origin, a lone pair of it along −z."""
    taker = next(i for i, one in enumerate(of.elements) if one in ELECTRONEGATIVE)
    distances = cdist(of.positions, of.positions)
    near = np.flatnonzero((distances[taker] > 0) & (distances[taker] < 1.6))
    bonds = of.positions[near] - of.positions[taker]
    bonds /= np.linalg.norm(bonds, axis=1, keepdims=True)
    lone = -bonds.sum(axis=0)
    if len(near) == 1 and of.kinds[taker] == "O_terminal":  # in the plane, 60 degrees off the axis
        carbon = near[0]
        others = [i for i in np.flatnonzero(distances[carbon] < 1.7) if i not in (carbon, taker)]
        normal = np.cross(*(of.positions[others[:2]] - of.positions[carbon]))
        aside = np.cross(normal / np.linalg.norm(normal), bonds[0])
        lone = -0.5 * bonds[0] + np.sqrt(0.75) * aside
    elif len(near) == 2:
        normal, angle = np.cross(*bonds), np.radians(TILT)
        lone = np.cos(angle) * lone / np.linalg.norm(lone)
        lone += np.sin(angle) * normal / np.linalg.norm(normal)
    turn = Rotation.align_vectors([[0, 0, -1]], [lone])[0]
    return np.asarray(turn.apply(of.positions - of.positions[taker]))


def placed(first: Array, second: Array, nearest: float) -> Array:
    """Turn the second molecule about z, its places out of the way of the first's at `nearest`."""
    angles = np.linspace(0, 2 * np.pi, TURNS, endpoint=False)
    turned = [Rotation.from_rotvec([0, 0, angle]).apply(second) for angle in angles]
    away = np.array([0, 0, nearest])
    return min(turned, key=lambda of: np.exp(-2 * cdist(first, of + away)).sum())


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


def of_walls(giver: Molecule, taker: Molecule, distances: Array) -> Array:
    """Give the energy of the walls of every pair of atoms, kcal/mol, shape of `distances`."""
    kinds = [*giver.kinds, *taker.kinds]
    volumes = np.concatenate([giver.volumes, taker.volumes])
    pairs, n = mix(repulsion(kinds, volumes, walls()).like_pairs(), "smith"), len(giver.kinds)
    return np.asarray(KCAL_PER_MOL * pairs.A[:n, n:] * np.exp(-distances / pairs.B[:n, n:]))


def meet(giver: Molecule, taker: Molecule) -> NDArray[np.bool_]:
    """Say which pairs are a hydrogen and a nitrogen, oxygen or fluorine."""
    first, second = (np.array([element_of(kind) for kind in of.kinds]) for of in (giver, taker))
    drawn_to = list(ELECTRONEGATIVE)
    one_way = np.logical_and.outer(first == "H", np.isin(second, drawn_to))
    other_way = np.logical_and.outer(np.isin(first, drawn_to), second == "H")
    return np.asarray(one_way | other_way)


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


def wanted(giver: Molecule, taker: Molecule, first: Array, second: Array, at: Array) -> list[float]:
    """Give first-order energies less those of charges with the second moved to places, kcal/mol."""
    energies = first_order(giver.atoms(first), taker.atoms(second), at, BASIS)
    return [
        energy * KCAL_PER_MOL - of_charges(giver, taker, cdist(first, second + away), 2.0)
        for away, energy in zip(at, energies.tolist(), strict=True)
    ]


def left_over(giver: Molecule, taker: Molecule, kind: str, apart: tuple[float, ...]) -> Array:
    """Give the part of the repulsion between hydrogens and N, O, F that is left, by distance."""
    first = giving(giver, kind)
    second = placed(first, taking(taker), apart[0])
    at, met, parts = np.outer(apart, [0, 0, 1.0]), meet(giver, taker), []
    for away, wall in zip(at, wanted(giver, taker, first, second, at), strict=True):
        by_law = of_walls(giver, taker, cdist(first, second + away))
        parts.append((wall - by_law[~met].sum()) / by_law[met].sum())
    return np.array(parts)


def alike(of: Molecule, orient: Array, apart: tuple[float, ...]) -> Array:
    """Give what two molecules, face to face as `orient` says, want of all walls by the law."""
    first = Rotation.from_rotvec([np.pi, 0, 0]).apply(orient)
    second, at = placed(first, orient, apart[0]), np.outer(apart, [0, 0, 1.0])
    by_law = [of_walls(of, of, cdist(first, second + away)).sum() for away in at]
    return np.asarray(np.array(wanted(of, of, first, second, at)) / by_law)


def ratios(giver: Molecule, taker: Molecule) -> Array:
    """Give electrostatic energies of densities over those of charges of every power, at `FAR`."""
    first = giving(giver, "H_polar")
    second = placed(first, taking(taker), BONDED[0]) + np.array([0, 0, FAR])
    energy, distances = of_densities(giver, taker, first, second), cdist(first, second)
    return np.array([energy / of_charges(giver, taker, distances, power) for power in POWERS])


def off_atom(water: Molecule) -> float:
    """Give the ratio of `ratios` for two waters whose charges lie off their oxygens."""
    potential, points = water.felt()
    fitted = resp.fit_with_offset(potential, points, water.positions / Bohr, water.classes, 0)

    def sites(positions: Array) -> Array:
        towards = positions[1:].mean(axis=0) - positions[0]
        moved = fitted.offset * Bohr * towards / np.linalg.norm(towards)
        return np.vstack([positions[0] + moved, positions[1:]])

    first = giving(water, "H_polar")
    second = placed(first, taking(water), BONDED[0]) + np.array([0, 0, FAR])
    charged = water._replace(charges={2.0: fitted.charges})
    distances = cdist(sites(first), sites(second))
    of_sites = of_charges(charged, charged, distances, 2.0)
    return of_densities(water, water, first, second) / of_sites


def lone_pairs(water: Molecule, alcohols: list[Molecule]) -> dict[str, float]:
    """Give what charges lack far out, off an atom and on it."""
    on_atoms = [ratios(one, one)[POWERS.index(2.0)] for one in alcohols]
    return {
        "two waters, charges off the oxygens": off_atom(water),
        "two alcohols, mean": float(np.mean(on_atoms)),
    }


def main() -> None:
    """Compare every pair and keep the result."""
    pairs = [*POLAR, *OTHER, *TESTS]
    names = dict.fromkeys([*np.ravel(pairs).tolist(), *ALCOHOLS])
    molecules = {name: load(name) for name in names}
    measured: dict[str, dict[str, float]] = {}
    parts: dict[str, list[Array]] = {"H_polar": [], "H": []}
    for giver, taker in pairs:
        kind, apart = ("H", TOUCHING) if (giver, taker) in OTHER else ("H_polar", BONDED)
        part = left_over(molecules[giver], molecules[taker], kind, apart)
        found = {f"left at {r:g} Å": value for r, value in zip(apart, part.tolist(), strict=True)}
        if kind == "H_polar":
            far = ratios(molecules[giver], molecules[taker])
            for power, value in zip(POWERS, far.tolist(), strict=True):
                found[f"electrostatic at {FAR:g} Å over charges of power {power:g}"] = value
        measured[f"{giver} to {taker}"] = found
        print(giver, taker, found, flush=True)
        if (giver, taker) not in TESTS:
            parts[kind].append(part)
    turned = giving(molecules["ethane"], "H") * np.array([1, -1, -1])
    for name, orient, facing in (
        ("ethane", turned, (2.2, 2.4)),
        ("dimethyl_ether", taking(molecules["dimethyl_ether"]), (2.8, 3.0)),
        ("methanol", taking(molecules["methanol"]), (2.8, 3.0)),
    ):
        of = alike(molecules[name], orient, facing).tolist()
        what = "hydrogens" if name == "ethane" else "oxygens"
        measured[f"two of {name}, {what} facing"] = {
            f"of all walls at {r:g} Å": value for r, value in zip(facing, of, strict=True)
        }
    for kind, of_kind in parts.items():
        values = np.array(of_kind)
        measured[f"left of the repulsion of {kind}"] = {
            "mean": float(values.mean()),
            "standard deviation of pairs": float(values.mean(axis=1).std(ddof=1)),
        }
    alcohols = [molecules[name] for name in ALCOHOLS]
    far_out = f"electrostatic at {FAR:g} Å over charges, lone pairs"
    measured[far_out] = lone_pairs(molecules["water"], alcohols)
    for name, one in molecules.items():
        measured[f"dipole of {name} (D)"] = {
            f"power {power:g}": float(np.linalg.norm(charges @ one.positions) / Debye)
            for power, charges in one.charges.items()
        }
    write(
        "contacts",
        compared="repulsion of a polar hydrogen and N, O, F by the neon's walls over what "
        "first-order energies leave of it beside charges fitted to the potential",
        ratio=1 / measured["left of the repulsion of H_polar"]["mean"],
        sizes={"pairs": len(pairs), "molecules": len(molecules), "distances": len(BONDED)},
        measured=measured,
    )


if __name__ == "__main__":
    main()
