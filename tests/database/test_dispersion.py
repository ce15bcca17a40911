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


@pytest.mark.parametrize("molecule", DOSD)
def test_a_molecules_c6_is_that_of_its_oscillator_strengths(molecule):
    rows = pd.read_parquet(ROOT / builtin.ATOMS)
    of = rows[rows["molecule"] == molecule]
    found = dispersion.c6(molecule, of["element"].tolist(), of[["x", "y", "z"]])
    whole = np.sqrt(found).sum() ** 2 / (Hartree * Bohr**6)
    assert whole == pytest.approx(DOSD[molecule], rel=0.06)


def test_what_dft_d4_does_not_take_is_named():
    with pytest.raises(PairForestError, match="squeezed: DFT-D4: Too close"):
        dispersion.c6("squeezed", ["H", "H"], [[0, 0, 0], [0, 0, 0]])
    with pytest.raises(PairForestError, match="odd: DFT-D4: 'Xx'"):
        dispersion.c6("odd", ["H", "Xx"], [[0, 0, 0], [0, 0, 1]])
    with pytest.raises(PairForestError, match="lost: DFT-D4: an atom has no position"):
        dispersion.c6("lost", ["H", "H"], [[0, 0, 0], [0, 0, np.nan]])
