"""Dipoles in liquids, against Onsager's equation and dielectric constants by experiment."""

import numpy as np
import pandas as pd
import pytest

from pairforest.database import builtin
from pairforest.database.polarisation import onsager
from pairforest.stages.database import atoms_of
from tests.liquids import ROOT
from tests.rows import in_molecules, walls


def dipole(debye: float, polarisability: float) -> float:
    """A pair of charges an ångström apart."""
    charge = debye * 0.2081943
    return onsager([charge, -charge], [[0, 0, 0], [0, 0, 1.0]], polarisability)


def test_no_dipole_leaves_the_field_of_the_electrons_alone():
    n2 = 1.44 / 0.78
    field = 2 * (n2 - 1) / (2 * n2 + 1)
    assert dipole(0.0, 8.0) == pytest.approx(1 / (1 - 0.22 * field))


@pytest.mark.parametrize(
    ("debye", "polarisability", "dielectric"),
    [(2.88, 6.4, 21.0), (1.15, 8.7, 4.2), (1.75, 8.0, 7.5)],
)
def test_liquids_without_hydrogen_bonds_have_onsagers_dielectric_constant(
    debye, polarisability, dielectric
):
    """Acetone, diethyl ether and tetrahydrofuran, CRC Handbook."""
    found = dipole(debye, polarisability)
    field = (1 - 1 / found) / 0.22
    assert (field + 2) / (2 - 2 * field) == pytest.approx(dielectric, rel=0.3)


def test_more_dipole_and_less_polarisability_make_it_grow():
    assert 1 < dipole(0.5, 8.0) < dipole(2.0, 8.0) < dipole(2.0, 4.0) < dipole(20.0, 4.0) < 1.2821


def test_the_atoms_of_a_molecule_have_its_factor():
    found = atoms_of(in_molecules(), walls())
    assert found["onsager"].iloc[0] == found["onsager"].iloc[-1] > 1
    rows = pd.read_parquet(ROOT / builtin.ATOMS)
    shipped = builtin.atoms(rows[rows["molecule"].isin(["acetone", "dimethyl_carbonate"])])
    by = shipped.groupby("molecule")["onsager"].first()
    assert by["acetone"] > by["dimethyl_carbonate"] + 0.1
    assert np.isfinite(shipped["onsager"]).all()
