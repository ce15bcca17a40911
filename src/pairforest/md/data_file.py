"""LAMMPS' data file: atoms, types and bonded terms of a packed box."""

from collections.abc import Iterator

import numpy as np

from pairforest.md.bonded import Term
from pairforest.md.packing import Box
from pairforest.md.system import System, numbered


def render(system: System, box: Box) -> str:
    """Write the data file (``atom_style full``, ``units real``).

    Parameters
    ----------
    system : System
        One molecule's force field.
    box : Box
        Where the molecules are.
    """
    n_molecules, n_atoms, _ = box.positions.shape
    counts = {"atom": n_atoms, **{kind[:-1]: len(t) for kind, t in _terms(system)}}
    first = system.molecule.first_of_class
    lines = ["PairForest", ""]
    lines += [f"{n * n_molecules} {kind}s" for kind, n in counts.items() if n]
    lines += ["", f"{len(first)} atom types"]
    for kind, terms in _terms(system):
        if terms:
            lines.append(f"{len(numbered(terms)[0])} {kind[:-1]} types")
    lines += ["", *(f"0.0 {box.length:.6f} {axis}lo {axis}hi" for axis in "xyz")]
    lines += ["", "Masses", ""]
    lines += [
        f"{i} {system.molecule.masses[atom]:.6f}  # {system.molecule.elements[atom]}"
        for i, atom in enumerate(first, start=1)
    ]
    lines += ["", "Atoms  # full", "", *_atoms(system, box)]
    for kind, terms in _terms(system):
        if terms:
            lines += ["", kind.capitalize(), ""]
            types = numbered(terms)[1]
            for copy in range(n_molecules):
                for i, (term, number) in enumerate(zip(terms, types, strict=True)):
                    atoms = " ".join(str(copy * n_atoms + atom + 1) for atom in term.atoms)
                    lines.append(f"{copy * len(terms) + i + 1} {number} {atoms}")
    return "\n".join(lines) + "\n"


def _terms(system: System) -> list[tuple[str, list[Term]]]:
    return list(system.bonded._asdict().items())


def _atoms(system: System, box: Box) -> Iterator[str]:
    """Write atoms inside the box, with image flags so that molecules stay whole."""
    n_molecules, n_atoms, _ = box.positions.shape
    image = np.floor(box.positions / box.length).astype(int)
    wrapped = box.positions - image * box.length
    for copy in range(n_molecules):
        for atom in range(n_atoms):
            x, y, z = wrapped[copy, atom]
            i, j, k = image[copy, atom]
            yield (
                f"{copy * n_atoms + atom + 1} {copy + 1} {system.molecule.classes[atom] + 1} "
                f"{system.charges[atom]:.10f} {x:.6f} {y:.6f} {z:.6f} {i} {j} {k}"
            )
