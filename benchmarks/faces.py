"""Carbons of double bonds and rings by Hartree–Fock, against point charges and walls.

Usage: python benchmarks/faces.py

As `contacts.py`, where two molecules meet with the faces of their planes: first-order energies less
those of charges are what walls have to be there. How much is left of the repulsion that the neon's
walls give such carbons with each other and with hydrogens, the other pairs being as neon says, or
as `contacts.py` found them? Planes lie on one another, straight or aside, or a hydrogen points at
one, at its centre or at a carbon. No test liquid's molecule is among them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

from contacts import Array, Molecule, giving, load, meet, of_walls, placed, wanted
from pairforest.elements import element_of
from result import write

FACES = ("ethylene", "furan", "pyridine")
OTHER = "ethane"  # whose hydrogens meet the faces too
ASIDE = {"straight": [0, 0, 0], "along": [1.5, 0, 0], "across": [0, 1.5, 0]}  # Å
STACKED = (3.3, 3.5, 3.7)  # Å between two planes, as in liquids and crystals
POINTING = (2.3, 2.5, 2.7)  # Å of a hydrogen over a plane
MET = 0.6  # of the repulsion between hydrogens and N, O, F is left (`contacts.py`)


def flat(of: Molecule) -> Array:
    """Lay a molecule into the plane z = 0, the centre of its heavy atoms at the origin."""
    heavy = np.array([element_of(kind) != "H" for kind in of.kinds])
    away = of.positions - of.positions[heavy].mean(axis=0)
    normal = np.linalg.svd(away)[2][2]
    return np.asarray(Rotation.align_vectors([[0, 0, 1]], [normal])[0].apply(away))


def pointing(of: Molecule) -> Array:
    """Put a hydrogen at the origin, the rest of its molecule above it."""
    return np.asarray(giving(of, "H") * np.array([1, -1, -1]))


def meetings(of: Molecule, other: Molecule) -> Iterator[tuple[str, Molecule, Array, Array, Array]]:
    """Give how a face meets its like and the other's hydrogen.

    What it is called, who comes, both molecules' places, and how far the second is moved.
    """
    face = flat(of)
    turned = Rotation.from_rotvec([0, 0, np.pi]).apply(face)
    for where, aside in ASIDE.items():
        yield where, of, face, turned + np.array(aside), np.outer(STACKED, [0, 0, 1.0])
    at = np.outer(POINTING, [0, 0, 1.0])
    on_carbon = face - face[of.kinds.index("C_pi")]
    for who, whose in ((of, "its own"), (other, f"{OTHER}'s")):
        from_above = pointing(who)
        yield f"{whose} hydrogen at the centre", who, face, from_above, at
        from_above = placed(on_carbon, from_above, POINTING[1])
        yield f"{whose} hydrogen at a carbon", who, on_carbon, from_above, at


def of_faces(first: Molecule, second: Molecule) -> NDArray[np.bool_]:
    """Say which pairs are a carbon of a face and another, or a hydrogen."""
    one, other = (np.array([kind == "C_pi" for kind in of.kinds]) for of in (first, second))
    bare, of_other = (np.array([element_of(k) == "H" for k in of.kinds]) for of in (first, second))
    return np.asarray(np.outer(one, other | of_other) | np.outer(one | bare, other))


def left_over(of: Molecule, other: Molecule) -> dict[str, Array]:
    """Give what is left of the repulsion of a face, by meeting, at each distance."""
    found = {}
    for name, who, first, second, at in meetings(of, other):
        face, met, parts = of_faces(of, who), meet(of, who), []
        for away, wall in zip(at, wanted(of, who, first, second, at), strict=True):
            by_law = of_walls(of, who, cdist(first, second + away))
            rest = by_law[~face & ~met].sum() + MET * by_law[met & ~face].sum()
            parts.append((wall - rest) / by_law[face].sum())
        found[name] = np.array(parts)
        print(name, found[name].round(2).tolist(), flush=True)
    return found


def main() -> None:
    """Compare every face and keep the result."""
    other, of_molecules, measured = load(OTHER), [], {}
    for name in FACES:
        print(name, flush=True)
        found = left_over(load(name), other)
        of_molecules.append(float(np.mean(list(found.values()))))
        measured[name] = {how: float(part.mean()) for how, part in found.items()}
        measured[name] |= {"mean": of_molecules[-1]}
    measured["left of the repulsion of C_pi"] = {
        "mean": float(np.mean(of_molecules)),
        "standard deviation of molecules": float(np.std(of_molecules, ddof=1)),
    }
    write(
        "faces",
        compared="repulsion of a face's carbons by the neon's walls over what first-order energies "
        "leave of it beside charges fitted to the potential",
        ratio=1 / measured["left of the repulsion of C_pi"]["mean"],
        sizes={"molecules": len(FACES), "meetings": 7, "distances": len(STACKED)},
        measured=measured,
    )


if __name__ == "__main__":
    main()
