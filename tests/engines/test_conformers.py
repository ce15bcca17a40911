"""Chains keep their shape: conformers beside those of coupled cluster."""

import numpy as np
import pandas as pd
import pytest

from pairforest import tables
from pairforest.config import load_params
from pairforest.database import builtin
from pairforest.labels import constants
from pairforest.md import gas
from pairforest.md.molecule import relaxed
from pairforest.potential import KCAL_PER_MOL
from pairforest.stages.database import atoms_of
from pairforest.stages.potentials import direct
from pairforest.walls import law
from tests.liquids import ROOT, liquid, profile

COUPLED_CLUSTER, MMFF94 = 0.595, 0.83
"""How far hexane's form with one end gauche is above all trans, kcal/mol: Gruzman, Karton and
Martin 2009, and the force field that the bonded terms are from."""


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return tables.read(ROOT / builtin.ATOMS, tables.QE_ATOMS)


def with_walls(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the `atoms` table with the shipped walls."""
    probes = tables.read(ROOT / builtin.PROBES, tables.PROBES)
    known = tables.read(ROOT / builtin.ATOMS, tables.QE_ATOMS)
    walls = law.fit(law.gather(probes, known), law.of_neon(probes)).walls
    return atoms_of(rows, tables.read(ROOT / builtin.POTENTIALS, tables.QE_POTENTIALS), walls)


def gauche(atoms: pd.DataFrame, scale_14: float) -> float:
    """Give the same of ours, kcal/mol."""
    label = load_params(ROOT / "params.yaml").labels.aim
    chosen = constants.load(ROOT / label.constants, label.mixing_rule)
    system = direct(liquid("n_hexane"), atoms, chosen, seed=1)
    settings = profile("quick", scale_14=scale_14)
    positions, known = relaxed(system.molecule, seed=1)
    trans, *higher = np.argsort(known)
    one = next(i for i in higher if known[i] - known[trans] > 0.5)
    energies = [gas.minimum(system, settings, positions[i]) for i in (trans, one)]
    assert known[one] - known[trans] == pytest.approx(MMFF94, abs=0.02)
    return float(np.diff(energies)[0]) * KCAL_PER_MOL


def test_gauche_is_above_trans_as_in_coupled_cluster(rows):
    ours = gauche(with_walls(rows), profile("quick").scale_14)
    assert ours == pytest.approx(COUPLED_CLUSTER, abs=0.2)


def test_charges_of_mbis_pull_the_ends_of_a_chain_together(rows):
    atoms = with_walls(rows)
    partition = atoms["charge"] - atoms.groupby("molecule")["charge"].transform("mean")
    assert gauche(atoms.assign(charge_esp=partition), 0.5) < 0 < gauche(atoms, 0.5)
