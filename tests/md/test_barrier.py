"""Walls that keep atoms apart, before anything is run."""

import numpy as np
import pytest

from pairforest.md.liquid import low_barrier
from pairforest.md.molecule import build
from pairforest.md.system import assemble
from pairforest.potential import Buckingham
from tests.liquids import profile


def ethane(hydrogen: float, carbon: float):
    """Ethane of equal ranges, repulsions (eV) as given, without charges."""
    molecule = build("CC", 1)
    of = {"H": (hydrogen, 1.5), "C": (carbon, 25.0)}
    A, C = np.array([of[element] for element in molecule.elements]).T
    return assemble(molecule, np.zeros(8), Buckingham(A, np.full(8, 0.3), C), "smith")


@pytest.mark.parametrize(("carbon", "refused"), [(300.0, True), (3000.0, False)])
def test_what_holds_a_hydrogen_helps_to_keep_it_off(carbon, refused):
    low = low_barrier(ethane(45.0, carbon), profile("quick"))
    assert bool(low) == refused
    if refused:
        assert low.startswith("H-H: the wall is 0.")


def test_an_atom_with_several_bonds_stands_for_itself():
    low = low_barrier(ethane(1000.0, 60.0), profile("quick"))
    assert low.startswith("C-C")
