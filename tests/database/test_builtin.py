"""Our own tables into the `dimers` and `atoms` tables, and what a spoilt file is called."""

import numpy as np
import pytest

from pairforest import tables
from pairforest.database import builtin
from pairforest.errors import PairForestError
from pairforest.labels import curves
from tests.rows import in_molecules, pairs


def test_our_pairs_are_a_dimers_table_whose_coulomb_energy_can_be_taken_out():
    found = builtin.assemble(pairs())
    dimers = tables.check(found.dimers, tables.DIMERS, "builtin")
    assert dimers["published_relative_energy"].isna().all()
    assert found.ledger["n_points"].tolist() == [3, 3]
    for curve in curves.cut(dimers, "half_charge"):
        assert curve.distance.tolist() == [2.0, 3.0, 6.0]
        assert curve.energy == pytest.approx(0, abs=1e-9)


def test_a_failed_point_stays_in_the_ledger_and_one_that_did_not_converge_is_marked():
    status = ["suspect: timed out", *["converged"] * 4, "suspect: not converged in 60 iterations"]
    energy = [np.nan, *[-400.0] * 5]
    found = builtin.assemble(pairs(status=status, energy=energy))
    assert len(found.dimers) == 5
    assert (found.dimers["status"] != "converged").sum() == 1
    notes = found.ledger.set_index("charge")["note"]
    assert "3 Å: suspect: timed out" in notes[1.0]
    assert "6 Å: suspect: not converged" in notes[0.0]


def test_nothing_at_all_is_said():
    with pytest.raises(PairForestError, match="no energies"):
        builtin.assemble(pairs(energy=np.nan))


def test_a_file_that_is_not_what_the_manifest_says_is_named(tmp_path):
    file, manifest = tmp_path / "qe_dimers.parquet", tmp_path / "qe.sha256"
    file.write_bytes(b"as computed")
    builtin.write_manifest(manifest, [file, tmp_path / "not_yet_there.parquet"])
    builtin.verify(manifest)
    assert manifest.read_text().endswith("  qe_dimers.parquet\n")
    file.write_bytes(b"spoilt")
    with pytest.raises(PairForestError, match=r"qe_dimers\.parquet is not what .*qe\.sha256"):
        builtin.verify(manifest)
    file.unlink()
    with pytest.raises(PairForestError, match=r"qe_dimers\.parquet is missing"):
        builtin.verify(manifest)


def test_atoms_of_converged_molecules_are_the_atoms_table():
    found = builtin.atoms(in_molecules())
    names = tables.check(found, tables.ATOMS, "atoms")["molecule"]
    assert names.unique().tolist() == ["water", "free O", "free H"]


def test_the_summary_counts_every_scf_once():
    status = ["suspect: no", *["converged"] * 5]
    found = builtin.summary(pairs(status=status), in_molecules())
    counts = {name: found[name] for name in ("n_elements", "n_dimers", "n_molecules", "n_atoms")}
    assert counts == {"n_elements": 1, "n_dimers": 6, "n_molecules": 2, "n_atoms": 4}
    assert found["n_free_atoms"] == 2
    assert found["converged_fraction"] == pytest.approx(8 / 10)  # a pair and a molecule failed
    assert found["wall_hours"] == pytest.approx((6 * 3.5 + 4 * 36) / 3600, abs=0.005)
