"""The law of the walls on molecules it has not seen, against one power of the volume for all.

Usage: python benchmarks/walls.py

Every molecule that was felt is left out once. What is compared is the error of the logarithm of its
energies: rms over the points of a molecule, then over molecules.
"""

from collections.abc import Sequence

import numpy as np

from pairforest import tables
from pairforest.database.builtin import ATOMS, PROBES
from pairforest.walls import law
from result import write

POWERS = {"by kind": None, "1/3": 1 / 3, "1/7": 1 / 7, "0": 0.0}


def left_out(felt: Sequence[law.Felt], neon: law.Repulsion, exponent: float | None) -> list[float]:
    """Give the mean square error of ln E of each molecule whose kinds others have."""
    errors = []
    for i, one in enumerate(felt):
        others = [*felt[:i], *felt[i + 1 :]]
        if not set(one.kinds) <= set().union(*(other.kinds for other in others)):
            continue
        found = law.fit(others, neon, exponent)
        predicted = found.energies(one.kinds, one.volumes, one.distances).sum(axis=1)
        errors.append(float(np.mean(np.log(predicted / one.energies) ** 2)))
    return errors


def main() -> None:
    """Leave every molecule out, with every power."""
    probes = tables.read(PROBES, tables.PROBES)
    felt = law.gather(probes, tables.read(ATOMS, tables.QE_ATOMS))
    neon = law.of_neon(probes)
    squares = {name: left_out(felt, neon, power) for name, power in POWERS.items()}
    errors = {name: float(np.sqrt(np.mean(of))) for name, of in squares.items()}
    better = {
        name: float(np.mean(np.array(squares["by kind"]) < np.array(of)))
        for name, of in squares.items()
        if name != "by kind"
    }
    write(
        "walls",
        compared="error of an energy of a molecule left out: a power by kind over 1/3 for all",
        ratio=errors["by kind"] / errors["1/3"],
        sizes={
            "molecules": len(squares["1/3"]),
            "energies": sum(len(one.energies) for one in felt),
        },
        measured={"rms of ln E": errors, "molecules where by kind is better": better},
    )


if __name__ == "__main__":
    main()
