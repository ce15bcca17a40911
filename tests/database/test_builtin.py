"""Our own tables into the `dimers` and `atoms` tables, and what a spoilt file is called."""

import numpy as np
import pytest

from pairforest import tables
from pairforest.database import builtin
from pairforest.errors import PairForestError
from pairforest.labels import curves
from pairforest.stages.database import atoms_of
from tests.rows import in_molecules, pairs, potentials, walls


def test_our_pairs_are_a_dimers_table_whose_coulomb_energy_can_be_taken_out():
    found = builtin.assemble(pairs())
    dimers = tables.check(found.dimers, tables.DIMERS, "builtin")
    assert dimers["published_relative_energy"].isna().all()
    assert found.ledger["n_points"].tolist() == [3, 3]
    for curve in curves.cut(dimers, "half_charge"):
        assert curve.distance.tolist() == [2.0, 3.0, 6.0]
        assert curve.energy == pytest.approx(0, abs=1e-9)


def test_a_failed_point_and_a_curve_without_its_end_stay_in_the_ledger():
    status = ["suspect: timed out", *["converged"] * 4, "suspect: not converged in 60 iterations"]
    energy = [np.nan, *[-400.0] * 4, np.nan]
    found = builtin.assemble(pairs(status=status, energy=energy))
    assert found.dimers["charge"].tolist() == [1.0, 1.0]
    assert found.dimers["distance"].tolist() == [2.0, 6.0]
    ledger = found.ledger.set_index("charge")
    assert ledger["outcome"].to_dict() == {0.0: "left out", 1.0: "read"}
    assert ledger["note"][1.0] == "3 Å: suspect: timed out"
    assert (
        "6 Å: suspect: not converged in 60 iterations; no energy to refer to" in ledger["note"][0.0]
    )


def test_nothing_at_all_is_said():
    with pytest.raises(PairForestError, match="no curve that reaches its largest distance"):
        builtin.assemble(pairs(energy=np.nan, status="suspect: no"))


@pytest.fixture
def files(tmp_path):
    """The raw tables, spoilt or not, beside their manifest."""
    tables_of = (builtin.DIMERS, builtin.ATOMS, builtin.POTENTIALS, builtin.PROBES)
    found = [tmp_path / table.name for table in tables_of]
    for file in found:
        file.write_bytes(b"as computed")
    return found


def test_a_file_that_is_not_what_the_manifest_says_is_named(files, tmp_path):
    manifest = tmp_path / "qe.sha256"
    builtin.write_manifest(manifest, files)
    builtin.verify(manifest)
    files[0].write_bytes(b"spoilt")
    with pytest.raises(PairForestError, match=r"qe_dimers\.parquet is not what .*qe\.sha256"):
        builtin.verify(manifest)
    files[0].unlink()
    with pytest.raises(PairForestError, match=r"qe_dimers\.parquet is missing"):
        builtin.verify(manifest)


def test_a_manifest_keeps_the_lines_of_other_files(files, tmp_path):
    manifest = tmp_path / "qe.sha256"
    builtin.write_manifest(manifest, files)
    for file in files:
        file.write_bytes(b"computed anew")
    builtin.write_manifest(manifest, files[1:])
    with pytest.raises(PairForestError, match=r"qe_dimers\.parquet is not what"):
        builtin.verify(manifest)
    builtin.write_manifest(manifest, files[:1])
    builtin.verify(manifest)


def test_a_manifest_that_does_not_name_all_tables_is_refused(files, tmp_path):
    manifest = tmp_path / "qe.sha256"
    builtin.write_manifest(manifest, files[1:])
    with pytest.raises(PairForestError, match=r"does not name qe_dimers\.parquet"):
        builtin.verify(manifest)


def test_atoms_of_converged_molecules_are_the_atoms_table():
    found = atoms_of(in_molecules(), potentials(), walls())
    names = tables.check(found, tables.ATOMS, "atoms")["molecule"]
    assert names.unique().tolist() == ["water"]
    oxygen, hydrogen = found["wall"][:2]
    assert oxygen == pytest.approx(2.9 * (33 / 26) ** 0.15)
    assert hydrogen == pytest.approx(1.6 * (1.4 / 1.2) ** 0.16)  # a polar one
    assert found["c6"][1:].tolist() == [0.0, 0.0]  # the oxygen has the hydrogens'
    assert found["charge_esp"].tolist() == pytest.approx([-0.81, 0.405, 0.405], abs=0.01)
    assert found["offset"].tolist() == [0.0, 0.0, 0.0]


def test_a_molecule_without_its_potential_or_with_anothers_is_named():
    with pytest.raises(PairForestError, match="lacks water; 'pairforest-qe molecules name=water'"):
        atoms_of(in_molecules(), potentials().assign(key="1"), walls())


def test_the_summary_counts_what_converged():
    status = ["suspect: no", *["converged"] * 5]
    found = builtin.summary(pairs(status=status), in_molecules())
    counts = {name: found[name] for name in ("n_elements", "n_dimers", "n_molecules", "n_atoms")}
    assert counts == {"n_elements": 1, "n_dimers": 5, "n_molecules": 1, "n_atoms": 3}
    assert found["n_free_atoms"] == 2
    assert found["converged_fraction"] == pytest.approx(8 / 10)  # a pair and a molecule failed
