"""Electrostatic energies of hydrogen-bonded pairs: of two densities, and of charges fitted to them.

Usage: python benchmarks/hydrogen_bonds.py

Calibration liquids' molecules and others; no liquid is run. The densities are PBE/aug-cc-pVDZ by
PySCF, of one molecule each. Charges do not know how clouds overlap, so pairs are half an ångström
and more outside their bond; what is left is that atoms are no points, and a fit spreads its errors
where it is told to. One factor on all charges would make up for a ratio that all pairs share.
"""

from typing import NamedTuple

import numpy as np
from ase.units import Bohr, Debye, Hartree
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

from pairforest import tables
from pairforest.database.builtin import ATOMS
from pairforest.kinds import kinds_of
from pairforest.potential import COULOMB, KCAL_PER_MOL
from pairforest.qe import electrostatics
from result import write

PAIRS = (
    ("water", "water"), ("water", "methanol"), ("methanol", "water"), ("methanol", "methanol"),
    ("ethanol", "ethanol"), ("water", "acetone"), ("methanol", "acetone"),
    ("water", "dimethyl_ether"),
)  # fmt: skip
"""Which gives the hydrogen, which takes it."""
DISTANCES = (2.6, 3.0)  # Å between the hydrogen and the oxygen
POWERS = (0.0, 1.0, 2.0, 4.0)  # of the potential, by which points of a fit count
TILT = 57.0  # degrees between a dimer's hydrogen bond and the plane of the oxygen that takes it
BASIS = "aug-cc-pvdz"
TURNS = 24

Array = NDArray[np.float64]


class Molecule(NamedTuple):
    """One molecule: elements, positions (Å), kinds, classes, and its density by PySCF."""

    elements: list[str]
    positions: Array
    kinds: list[str]
    classes: NDArray[np.int64]
    density: Array

    def at(self, positions: Array):  # type: ignore[no-untyped-def]
        """Give PySCF's molecule with its atoms at other positions (Å)."""
        from pyscf import gto

        return gto.M(atom=list(zip(self.elements, positions, strict=True)), basis=BASIS, verbose=0)


def compute(name: str) -> Molecule:
    """Compute the density of a molecule in the database's geometry."""
    from pyscf import dft

    rows = tables.read(ATOMS, tables.QE_ATOMS)
    rows = rows[rows["molecule"] == name].sort_values("atom_index")
    found = Molecule(
        rows["element"].tolist(),
        rows[["x", "y", "z"]].to_numpy(),
        kinds_of(rows["smiles"].iloc[0]),
        rows["equivalence"].to_numpy(),
        np.zeros(0),
    )
    solver = dft.RKS(found.at(found.positions), xc="pbe").density_fit()
    solver.kernel()
    if not solver.converged:
        raise SystemExit(f"{name}: PBE did not converge")
    return found._replace(density=solver.make_rdm1())


def charges(of: Molecule) -> dict[float, Array]:
    """Fit charges (e) to the potential of the density, by power."""
    positions = of.positions / Bohr
    points = electrostatics.surface(tuple(of.elements), positions)
    molecule = of.at(of.positions)
    of_electrons = np.concatenate(
        [
            np.einsum("kij,ij->k", molecule.intor("int1e_grids", grids=part), of.density)
            for part in np.array_split(points, 20)
        ]
    )
    potential = (molecule.atom_charges() / cdist(points, positions)).sum(axis=1) - of_electrons
    return {
        power: electrostatics.fit(potential, points, positions, of.classes, power)
        for power in POWERS
    }


def giving(of: Molecule) -> Rotation:
    """Turn the bond of the polar hydrogen to +z."""
    hydrogen = of.kinds.index("H_polar")
    distances = cdist(of.positions, of.positions)[hydrogen]
    bond = of.positions[hydrogen] - of.positions[np.argsort(distances)[1]]
    return Rotation.align_vectors([[0, 0, 1]], [bond])[0]


def taking(of: Molecule) -> Rotation:
    """Turn a lone pair of the oxygen to −z."""
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
    return Rotation.align_vectors([[0, 0, -1]], [lone])[0]


def placed(giver: Molecule, taker: Molecule, distance: float) -> tuple[Array, Array]:
    """Put the hydrogen at the origin and the oxygen above it, the rest turned out of the way."""
    hydrogen, oxygen = giver.kinds.index("H_polar"), taker.elements.index("O")
    first = giving(giver).apply(giver.positions - giver.positions[hydrogen])
    second = taking(taker).apply(taker.positions - taker.positions[oxygen])
    turned = [
        Rotation.from_rotvec([0, 0, angle]).apply(second) + np.array([0, 0, distance])
        for angle in np.linspace(0, 2 * np.pi, TURNS, endpoint=False)
    ]
    return first, min(turned, key=lambda positions: np.exp(-2 * cdist(first, positions)).sum())


def of_densities(giver: Molecule, taker: Molecule, first: Array, second: Array) -> float:
    """Give the electrostatic energy of two densities, kcal/mol."""
    from pyscf import gto, scf

    one, other = giver.at(first), taker.at(second)
    both = gto.conc_mol(one, other)
    n = one.nao
    density_one, density_other = np.zeros((2, both.nao, both.nao))
    density_one[:n, :n], density_other[n:, n:] = giver.density, taker.density
    nuclei = [np.zeros((both.nao, both.nao)) for _ in range(2)]
    for i in range(both.natm):
        with both.with_rinv_origin(both.atom_coord(i)):
            nuclei[i >= one.natm] -= both.atom_charge(i) * both.intor("int1e_rinv")
    apart = cdist(one.atom_coords(), other.atom_coords())
    energy = (np.outer(one.atom_charges(), other.atom_charges()) / apart).sum()
    energy += (density_one * nuclei[1]).sum() + (density_other * nuclei[0]).sum()
    energy += (density_other * scf.hf.get_jk(both, density_one, with_k=False)[0]).sum()
    return float(energy * Hartree * KCAL_PER_MOL)


def main() -> None:
    """Compare every pair and keep the result."""
    molecules = {name: compute(name) for name in dict.fromkeys(np.ravel(PAIRS).tolist())}
    fitted = {name: charges(of) for name, of in molecules.items()}
    measured: dict[str, dict[str, float]] = {}
    for giver, taker in PAIRS:
        for distance in DISTANCES:
            pair = molecules[giver], molecules[taker]
            first, second = placed(*pair, distance)
            energy = of_densities(*pair, first, second)
            row = {"of the densities (kcal/mol)": energy}
            for power in POWERS:
                product = np.outer(fitted[giver][power], fitted[taker][power])
                of_points = COULOMB * KCAL_PER_MOL * (product / cdist(first, second)).sum()
                row[f"over that of charges, power {power:g}"] = energy / float(of_points)
            measured[f"{giver} to {taker}, {distance:g} Å"] = row
            print(giver, taker, distance, row, flush=True)
    ratios = np.log([list(row.values())[1:] for row in measured.values()])
    far = np.array([name.endswith(f"{DISTANCES[-1]:g} Å") for name in measured])
    scatter = dict(zip(POWERS, ratios[far].std(axis=0).tolist(), strict=True))
    measured["scatter of the logarithm at the larger distance"] = {
        f"power {power:g}": value for power, value in scatter.items()
    }
    for name, of in molecules.items():
        moments = {
            f"power {power:g}": float(np.linalg.norm(fitted[name][power] @ of.positions) / Debye)
            for power in POWERS
        }
        measured[f"dipole of {name} (D)"] = moments
    write(
        "hydrogen_bonds",
        compared="scatter among hydrogen-bonded pairs of the electrostatic energy of two densities "
        "over that of charges fitted to their potentials: points alike over points that count as "
        "the square of the potential",
        ratio=scatter[0.0] / scatter[2.0],
        sizes={"pairs": len(PAIRS), "molecules": len(molecules)},
        measured=measured,
    )


if __name__ == "__main__":
    main()
