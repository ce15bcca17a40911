"""Compare bond lengths and atomisation energies of small molecules with published PBE values.

Usage: python benchmarks/qe_validation.py [--molecules H2 N2] [--families gth paw]
Molecules are closed-shell; free atoms are spin-polarised with fixed magnetisation in a cell whose
edges differ a little, so that they may lose their spherical symmetry, as in the published values.
Each SCF is kept in scratch/qe, so that an interrupted run continues.
"""

import argparse
from typing import NamedTuple

import numpy as np
from ase.units import kcal, mol

from pairforest.config import load_params
from pairforest.elements import element_table
from pairforest.qe import scf
from pairforest.qe.dimers import pair
from pairforest.qe.pseudo import cutoffs, find
from pairforest.qe.pw import System
from pairforest.qe.settings import Family, QeSettings
from result import earlier, write

CELL = np.array([8.0, 8.1, 8.2])  # Å
STRETCH = np.array([-0.03, 0.0, 0.03])  # Å, round the published bond
UNPAIRED = {"H": 1, "Li": 1, "B": 1, "C": 2, "N": 3, "O": 2, "F": 1}


class Published(NamedTuple):
    """PBE: bond (Å) and atomisation (kcal/mol), both all-electron.

    Bonds: Paier et al. 2005 (J. Chem. Phys. 122, 234102), GAUSSIAN 03 column; those of H2 and H2O
    (at 104.5°) by PySCF 2.14.0 in aug-cc-pVQZ, which gives N2 1.103 and F2 1.413. Atomisation:
    Kurth, Perdew and Blaha 1999 (Int. J. Quantum Chem. 75, 889), at experimental geometries.
    """

    symbols: tuple[str, ...]
    bond: float
    atomisation: float


PUBLISHED = {
    "H2": Published(("H", "H"), 0.7506, 104.6),
    "LiH": Published(("Li", "H"), 1.604, 53.5),
    "N2": Published(("N", "N"), 1.102, 243.2),
    "CO": Published(("C", "O"), 1.135, 268.8),
    "F2": Published(("F", "F"), 1.413, 53.4),
    "H2O": Published(("O", "H", "H"), 0.9694, 234.2),
}
WATER_ANGLE = np.radians(104.5)

# Distances of the curves, in units of twice the covalent radius, and the energies there (eV, less
# that at the fourth) by all-electron PBE: PySCF 2.14.0, aug-cc-pVTZ, grid level 5, not polarised,
# Gaussian smearing of 0.01 Ry, free energies, as the pairs of the database; none where it did not
# converge.
REACHES = np.array([0.35, 0.55, 0.75, 1.0, 1.4, 2.5])
ALL_ELECTRON: dict[str, list[float | None]] = {
    "H": [25.652, 8.054, 2.223, 0.0, 0.0, 3.025],
    "C": [106.730, 17.734, 0.085, 0.0, 3.418, None],
    "N": [150.356, 13.761, -3.444, 0.0, 7.076, 12.458],
    "O": [258.669, 44.501, 5.412, 0.0, 3.551, 8.247],
}


def molecule(symbols: tuple[str, ...], bond: float) -> System:
    """Put a diatomic along an edge's direction, or water in a plane, in the middle of the cell."""
    tips = [[bond, 0.0, 0.0]]
    if len(symbols) == 3:
        tips += [[bond * np.cos(WATER_ANGLE), bond * np.sin(WATER_ANGLE), 0.0]]
    positions = np.array([[0.0, 0.0, 0.0], *tips])
    return System(symbols, positions - positions.mean(axis=0) + CELL / 2, CELL)


def energy(system: System, settings: QeSettings, family: Family) -> float:
    """Give the energy (eV) of an SCF, told as it comes; NaN where it did not converge."""
    done = scf.run(scf.prepare(system, settings, family=family))
    print(system.symbols, family, done.status, round(done.energy, 4), done.wall_s, flush=True)
    return done.energy if done.status == "converged" else np.nan


def at_one_cutoff(symbols: tuple[str, ...], settings: QeSettings, family: Family) -> QeSettings:
    """Give settings in which each of a molecule's elements alone has the molecule's cutoffs."""
    wave, density = cutoffs([find(symbol, settings, family) for symbol in symbols])
    changed = settings.model_copy(deep=True)
    for symbol in symbols:
        if family == "gth":
            changed.gth.ecutwfc[symbol] = wave
        else:
            data_set = changed.paw.elements[symbol]
            data_set.ecutwfc, data_set.ecutrho = wave, density
    return changed


def free_atom(symbol: str, settings: QeSettings, family: Family) -> float:
    """Give the energy (eV) of an atom in its ground state's spin."""
    magnetisation = float(UNPAIRED[symbol])
    alone = System((symbol,), CELL[None] / 2, CELL, nspin=2, magnetisation=magnetisation)
    return energy(alone, settings, family)


def measure(name: str, settings: QeSettings, family: Family) -> dict[str, float]:
    """Give bond and atomisation of a molecule, ours beside the published."""
    published = PUBLISHED[name]
    bonds = published.bond + STRETCH
    energies = [energy(molecule(published.symbols, bond), settings, family) for bond in bonds]
    a, b, c = np.polyfit(bonds, energies, 2)
    minimum = -b / (2 * a)
    same = at_one_cutoff(published.symbols, settings, family)
    atoms = sum(free_atom(symbol, same, family) for symbol in published.symbols)
    atomisation = (atoms - np.polyval([a, b, c], minimum)) * mol / kcal
    return {
        "bond": round(float(minimum), 4),
        "bond_published": published.bond,
        "atomisation_kcal_mol": round(float(atomisation), 2),
        "atomisation_published": published.atomisation,
    }


def side_by_side(element: str, settings: QeSettings) -> dict[str, list[float | None]]:
    """Give relative energies (eV) of a pair by distance (Å), all-electron and by each family."""
    distances = np.round(0.02 * float(element_table()["radius"][element]) * REACHES, 3)
    curves = {"distance": distances.tolist(), "all_electron": ALL_ELECTRON[element]}
    for family in ("gth", "paw"):
        found = np.array([energy(pair(element, r, 8.0, 0.0), settings, family) for r in distances])
        curves[family] = np.round(found - found[3], 4).tolist()
    return curves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--molecules", nargs="*", default=list(PUBLISHED))
    parser.add_argument("--families", nargs="*", default=["gth", "paw"], choices=["gth", "paw"])
    parser.add_argument("--curves", nargs="*", default=list(ALL_ELECTRON))
    arguments = parser.parse_args()
    polarised = load_params().qe
    polarised.scf.smearing = 0.0  # integer occupations
    whole = arguments.molecules == list(PUBLISHED) and arguments.curves == list(ALL_ELECTRON)
    measured: dict[str, object] = {} if whole else earlier("qe_validation")

    def keep(name: str, found: object) -> None:
        measured[name] = found
        print(name, found, flush=True)
        write(
            "qe_validation",
            compared="bonds (Å) and atomisation energies (kcal/mol) by pw.x against published PBE; "
            "curves of pairs (eV, to twice the covalent radius): all-electron, GTH and PAW",
            ratio=1.0,
            sizes={"molecules": len(arguments.molecules), "cell": CELL.tolist()},
            measured=measured,
        )

    for name in arguments.molecules:
        for family in arguments.families:
            symbols = PUBLISHED[name].symbols
            if family == "paw" and not set(symbols) <= set(polarised.paw.elements):
                continue
            keep(f"{name} {family}", measure(name, polarised, family))
    for element in arguments.curves:
        keep(f"{element}-{element}", side_by_side(element, load_params().qe))


if __name__ == "__main__":
    main()
