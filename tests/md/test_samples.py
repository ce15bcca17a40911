import numpy as np
import pandas as pd
import pytest

from pairforest.md import samples


def _series(*density):
    return pd.DataFrame({"time": np.arange(len(density)) * 0.1, "density": density})


@pytest.mark.parametrize(
    ("density", "index", "status"),
    [
        ((0.9, 1.0, 1.6, 2.5), 2, "collapsed"),
        ((0.9, 0.4, 0.2), 1, "boiled"),
        ((0.9, np.nan, 1.0), 1, "unstable"),
    ],
)
def test_the_first_sample_past_a_limit_says_how_the_liquid_was_lost(smoke, density, index, status):
    found, ended = samples.lost(_series(*density), 1.0, smoke)
    assert (found, ended.status) == (index, status)
    # More samples after it change nothing: the answer does not hang on when one looks.
    assert samples.lost(_series(*density[: index + 1]), 1.0, smoke) == (found, ended)


def test_a_liquid_within_its_limits_is_not_lost(smoke):
    assert samples.lost(_series(0.9, 1.4, 0.6), 1.0, smoke) is None
    assert samples.lost(_series(), 1.0, smoke) is None


def test_a_half_written_line_is_not_read(tmp_path):
    (tmp_path / samples.FILE).write_text("# head\n0 0.9 298 1 2\n50 0.95 299 1 2\n100 0.9")
    table = samples.read(tmp_path, timestep_fs=2.0)
    assert table["time"].tolist() == [0.0, 0.1]
    assert table["density"].tolist() == [0.9, 0.95]


def test_before_the_first_sample_the_table_is_empty(tmp_path):
    assert samples.read(tmp_path, 2.0).empty


def test_what_follows_a_spoilt_line_is_not_read(tmp_path):
    lines = b"# head\n0 0.9 298 1 -2.5\n50 0.95 nan 1 2\n10\x00\x00\x00 1\n150 0.9 298 1 2\n"
    (tmp_path / samples.FILE).write_bytes(lines)
    assert samples.steps(tmp_path) == [0, 50]
    assert samples.read(tmp_path, 2.0)["density"].tolist() == [0.9, 0.95]
