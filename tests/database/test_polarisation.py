"""Dipoles in liquids, against Onsager's equation and dielectric constants by experiment."""

import numpy as np
import pandas as pd
import pytest
from ase.units import Debye, kB
from scipy.optimize import brentq

from pairforest.database import builtin
from pairforest.database.polarisation import Polarisation, polarisation
from pairforest.potential import COULOMB
from pairforest.stages.database import atoms_of
from tests.liquids import ROOT
from tests.rows import in_molecules, potentials, walls

CROWDING = 0.22
N2 = (1 + 2 * CROWDING) / (1 - CROWDING)


def of_dipole(debye: float, polarisability: float) -> Polarisation:
    """A pair of charges an ångström apart."""
    charge = debye * Debye
    return polarisation([charge, -charge], [[0, 0, 0], [0, 0, 1.0]], polarisability)


def test_no_dipole_leaves_the_field_of_the_electrons_alone():
    field = 2 * (N2 - 1) / (2 * N2 + 1)
    assert of_dipole(0.0, 8.0) == (pytest.approx(1 / (1 - CROWDING * field)), 0.0)


def test_a_charge_that_is_left_over_makes_no_dipole():
    """The molecule is neutralised evenly, wherever it lies."""
    there = polarisation([1.0, 1.0], [[5.0, 0, 0], [7.0, 0, 0]], 8.0)
    assert there == pytest.approx(of_dipole(0.0, 8.0))


@pytest.mark.parametrize(("debye", "polarisability"), [(2.88, 6.4), (1.15, 8.7), (20.0, 1.0)])
def test_the_dielectric_constant_solves_onsagers_equation(debye, polarisability):
    """(ε − n²)(2ε + n²)/ε(n² + 2)² = 4πNμ²/9kT, and the dipole m = μ(2ε + 1)(n² + 2)/3(2ε + n²)."""
    number = 3 * CROWDING / (4 * np.pi * polarisability)  # of molecules in an Å³
    square = (debye * Debye) ** 2 * COULOMB
    right = 4 * np.pi * number * square / (9 * kB * 298.15)
    dielectric = brentq(
        lambda e: (e - N2) * (2 * e + N2) / (e * (N2 + 2) ** 2) - right, N2, 1e6, xtol=1e-9
    )
    meant = (2 * dielectric + 1) * (N2 + 2) / (3 * (2 * dielectric + N2))
    found = of_dipole(debye, polarisability)
    assert found.onsager == pytest.approx(meant)
    assert found.self_energy == pytest.approx(square / (2 * polarisability))


@pytest.mark.parametrize(
    ("debye", "polarisability", "dielectric"),
    [(2.88, 6.4, 21.0), (1.15, 8.7, 4.2), (1.75, 8.0, 7.5)],
)
def test_liquids_without_hydrogen_bonds_have_onsagers_dielectric_constant(
    debye, polarisability, dielectric
):
    """Acetone, diethyl ether and tetrahydrofuran, CRC Handbook."""
    field = (1 - 1 / of_dipole(debye, polarisability).onsager) / CROWDING
    assert (field + 2) / (2 - 2 * field) == pytest.approx(dielectric, rel=0.2)


def test_the_atoms_of_a_molecule_have_what_its_dipole_says():
    found = atoms_of(in_molecules(), potentials(), walls())
    assert found["onsager"].nunique() == found["self_energy"].nunique() == 1
    rows = pd.read_parquet(ROOT / builtin.ATOMS)
    rows = rows[rows["molecule"].isin(["acetone", "dimethyl_carbonate"])]
    shipped = builtin.atoms(rows, pd.read_parquet(ROOT / builtin.POTENTIALS))
    by = shipped.groupby("molecule")[["onsager", "self_energy"]].first()
    assert by["onsager"]["acetone"] > by["onsager"]["dimethyl_carbonate"] + 0.1
    assert by["self_energy"]["acetone"] > 10 * by["self_energy"]["dimethyl_carbonate"]
