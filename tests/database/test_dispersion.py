"""C6 of molecules against those of their measured oscillator strengths."""

import numpy as np
import pandas as pd
import pytest
from ase.units import Bohr, Hartree

from pairforest.database import builtin, dispersion
from pairforest.errors import PairForestError
from tests.liquids import ROOT

DOSD = {"water": 45.3, "methane": 129.7, "ethane": 381.9}
"""Hartree bohr⁶: Zeiss and Meath 1977, Thomas and Meath 1977, Jhanwar and Meath 1980."""
POLARISABILITY = {"water": 1.43, "methane": 2.56, "ethane": 4.39}
"""Å³, from the same oscillator strengths."""


@pytest.mark.parametrize("molecule", DOSD)
def test_a_molecules_c6_is_that_of_its_oscillator_strengths(molecule):
    rows = pd.read_parquet(ROOT / builtin.ATOMS)
    of = rows[rows["molecule"] == molecule]
    found = dispersion.responses(molecule, of["element"].tolist(), of[["x", "y", "z"]])
    whole = np.sqrt(found.c6).sum() ** 2 / (Hartree * Bohr**6)
    assert whole == pytest.approx(DOSD[molecule], rel=0.06)
    assert found.polarisability.sum() == pytest.approx(POLARISABILITY[molecule], rel=0.05)


@pytest.mark.parametrize(
    ("smiles", "meant"),
    [
        ("CO", [9.0, 25.0, 1.0, 1.0, 1.0, 0.0]),
        ("N", [36.0, 0.0, 0.0, 0.0]),
        ("C", [9.0, *[1.0] * 4]),
    ],
)
def test_a_polar_hydrogens_dispersion_is_with_what_holds_it(smiles, meant):
    alone = {"CO": [9.0, 16.0, 1.0, 1.0, 1.0, 1.0], "N": [9.0, *[1.0] * 3], "C": [9.0, *[1.0] * 4]}
    found = dispersion.united(alone[smiles], smiles)
    assert found == pytest.approx(meant)
    assert np.sqrt(found).sum() == pytest.approx(np.sqrt(alone[smiles]).sum())


def test_what_dft_d4_does_not_take_is_named():
    with pytest.raises(PairForestError, match="squeezed: DFT-D4: Too close"):
        dispersion.responses("squeezed", ["H", "H"], [[0, 0, 0], [0, 0, 0]])
    with pytest.raises(PairForestError, match="odd: DFT-D4: 'Xx'"):
        dispersion.responses("odd", ["H", "Xx"], [[0, 0, 0], [0, 0, 1]])
    with pytest.raises(PairForestError, match="lost: DFT-D4: an atom has no position"):
        dispersion.responses("lost", ["H", "H"], [[0, 0, 0], [0, 0, np.nan]])
