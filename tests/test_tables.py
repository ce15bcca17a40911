import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest

from pairforest import tables
from pairforest.errors import PairForestError


@pytest.fixture
def dimers():
    return pd.DataFrame(
        {
            "element": ["O", "O"],
            "charge": [0.0, 0.0],
            "distance": [1.0, 2.0],
            "energy": [-1.0, -2.0],
            "published_relative_energy": [1.0, np.nan],
            "status": ["converged", "suspect: jump"],
            "source": ["a", "a"],
        }
    )


def test_a_table_comes_back_with_units_in_its_columns(dimers, tmp_path):
    path = tmp_path / "dimers.parquet"
    tables.write(path, dimers, tables.DIMERS)
    pd.testing.assert_frame_equal(tables.read(path, tables.DIMERS), dimers, check_dtype=False)
    assert parquet.read_schema(path).field("distance").metadata == {b"unit": "Å".encode()}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"distance": [1.0, 1.0]}, "dimers"),
        ({"distance": [-1.0, 1.0]}, "distance: greater_than"),
        ({"status": ["converged", "odd"]}, "converged or 'suspect: why'"),
        ({"energy": [np.nan, 1.0]}, "energy: not_nullable"),
        ({"extra": [1, 2]}, "column_in_schema"),
    ],
)
def test_a_breach_is_named_and_nothing_is_written(dimers, tmp_path, change, message):
    path = tmp_path / "dimers.parquet"
    with pytest.raises(PairForestError, match=message):
        tables.write(path, dimers.assign(**change), tables.DIMERS)
    assert not list(tmp_path.iterdir())


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(PairForestError, match="'dvc repro' makes it"):
        tables.read(tmp_path / "none.parquet", tables.DIMERS)
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    with pytest.raises(PairForestError, match=r"cut\.parquet is not a readable Parquet"):
        tables.read(tmp_path / "cut.parquet", tables.DIMERS)
