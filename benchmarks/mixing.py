"""Pairs of unlike rare-gas atoms, mixed from like ones by each rule, against Hartree–Fock.

Usage: python benchmarks/mixing.py

Nothing but repulsion is in the first-order energies of two rare-gas atoms, and nothing is fitted
to pairs of unlike ones: a rule foretells them or does not.
"""

from itertools import combinations

import numpy as np
from ase.data import atomic_numbers, vdw_radii
from numpy.typing import NDArray

from pairforest.potential import WALL, Buckingham, energy, mix
from pairforest.walls.law import Repulsion, through
from pairforest.walls.probe import first_order
from result import write

GASES = ("He", "Ne", "Ar", "Kr")
RULES = ("smith", "geometric", "w99")
BASIS = "def2-TZVPD"
SCALES = np.linspace(0.7, 1.15, 16)  # of the sum of van der Waals radii
ORIGIN = (0.0, 0.0, 0.0)
WINDOW = (0.2, 4.0)  # energies that count, in units of `WALL`

Array = NDArray[np.float64]


def felt(first: str, second: str) -> tuple[Array, Array]:
    """Give distances (Å) and energies (eV) of two atoms."""
    distance = SCALES * sum(vdw_radii[atomic_numbers[one]] for one in (first, second))
    at = np.outer(distance, (0.0, 0.0, 1.0))
    found = first_order([(first, ORIGIN)], [(second, ORIGIN)], at, BASIS)
    counts = (found > WINDOW[0] * WALL) & (found < WINDOW[1] * WALL)
    return distance[counts], found[counts]


def main() -> None:
    """Fit the like pairs, mix them, and hold the unlike ones against Hartree–Fock."""
    walls, ranges = zip(*(through(*felt(gas, gas)) for gas in GASES), strict=True)
    like = Repulsion(np.array(walls), np.array(ranges)).like_pairs()
    pairs = {pair: felt(*(GASES[i] for i in pair)) for pair in combinations(range(len(GASES)), 2)}
    measured, errors = {}, {}
    for rule in RULES:
        mixed = mix(like, rule)
        logarithm, wall = [], []
        for (i, j), (distance, found) in pairs.items():
            pair = Buckingham(*(constants[i, j] for constants in mixed))
            logarithm.append(np.mean(np.log(energy(distance, pair) / found) ** 2))
            wall.append(float(pair.B * np.log(pair.A / WALL) - through(distance, found).wall))
        errors[rule] = float(np.sqrt(np.mean(logarithm)))
        measured[rule] = {
            "rms of ln E": errors[rule],
            "rms of where they repel by 1 kcal/mol (Å)": float(np.sqrt(np.mean(np.square(wall)))),
        }
    write(
        "mixing",
        compared="error of the repulsion of unlike rare-gas atoms: geometric over smith",
        ratio=errors["geometric"] / errors["smith"],
        sizes={"unlike pairs": len(pairs), "energies": sum(len(e) for _, e in pairs.values())},
        measured=measured,
    )


if __name__ == "__main__":
    main()
