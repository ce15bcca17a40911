"""Tasks in processes of their own: in order where wanted, one by one as they end where not."""

import time
from pathlib import Path

import pytest

from pairforest.compute import map_tasks, stream_tasks


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def mark(path: Path) -> None:
    if path.name == "0":
        raise ValueError("the first")
    time.sleep(0.2)
    path.touch()


def test_what_ends_first_is_told_first_and_a_list_keeps_its_order():
    assert list(stream_tasks(wait, [3.0, 0.1], 2)) == [0.1, 3.0]
    assert map_tasks(wait, [1.0, 0.0], 2) == [1.0, 0.0]
    assert map_tasks(wait, [], 2) == []


def test_after_a_failure_nothing_new_is_begun(tmp_path):
    with pytest.raises(ValueError, match="the first"):
        map_tasks(mark, [tmp_path / str(i) for i in range(40)], 2)
    assert len(list(tmp_path.iterdir())) < 20
