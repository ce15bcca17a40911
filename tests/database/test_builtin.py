"""Our own tables into the `dimers` and `atoms` tables, and what a spoilt file is called."""

import numpy as np
import pandas as pd
import pytest

from pairforest import tables
from pairforest.database import builtin
from pairforest.errors import PairForestError
from pairforest.labels import curves
from pairforest.potential import COULOMB


def pairs(**changes: object) -> pd.DataFrame:
    """A neutral and a charged curve of lithium, unsorted."""
    distance = np.tile([3.0, 2.0, 6.0], 2)
    charge = np.repeat([1.0, 0.0], 3)
    row = {
        "element": "Li",
        "charge": charge,
        "distance": distance,
        "energy": -400.0 + COULOMB * (charge / 2) ** 2 / distance,
        "correction": 0.0,
        "force": 0.1,
        "iterations": 9,
        "attempts": 1,
        "wall_s": 3.5,
        "status": "converged",
        "family": "gth",
        "ecutwfc": 90.0,
        "ecutrho": 360.0,
        "cell": 10.0,
        "nspin": 1,
        "key": [f"{i:024x}" for i in range(6)],
        "source": "pw.x 6.7MaX, PBE, GTH-PBE-q3",
    }
    return tables.check(pd.DataFrame(row | changes), tables.QE_DIMERS, "made up")


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
    row = dict.fromkeys(("x", "y", "z", "energy", "cell_x", "cell_y", "cell_z"), 1.0)
    row |= {"smiles": "O", "equivalence": 0, "iterations": 9, "wall_s": 1.0, "family": "paw"}
    row |= {"ecutwfc": 40.0, "ecutrho": 320.0, "key": "0", "source": "made up", "element": "O"}
    row |= {"population": 6.9, "sigma": 0.4, "charge": -0.9, "volume": 33.0}
    rows = pd.DataFrame(
        [
            row | {"molecule": "water", "atom_index": 0, "status": "converged"},
            row | {"molecule": "other", "atom_index": 0, "status": "suspect: no", "volume": np.nan},
        ]
    )
    found = builtin.atoms(tables.check(rows, tables.QE_ATOMS, "made up"))
    assert tables.check(found, tables.ATOMS, "atoms")["molecule"].tolist() == ["water"]
