import numpy as np
import pytest

from pairforest.md.molecule import build, conformers
from pairforest.md.packing import box_length, pack


def test_the_box_has_the_density_asked_for():
    water = build("O", 1)
    assert box_length(water, 1000, 0.997) == pytest.approx(31.08, abs=0.02)  # 1000 waters


def test_molecules_are_whole_apart_and_the_same_for_the_same_seed():
    butane = build("CCCC", 1)
    shapes = conformers(butane, 40, 298.15, seed=7)
    assert len(np.unique(shapes[:, 0, 0])) > 1
    box = pack(butane, shapes, 0.5, seed=7)
    assert box.positions.shape == (40, 14, 3)
    inside = np.linalg.norm(box.positions - box.positions[:, :1], axis=2)
    own = np.linalg.norm(shapes - shapes[:, :1], axis=2)
    assert np.allclose(inside, own, atol=1e-3)
    flat = box.positions.reshape(-1, 3)
    gap = flat[:, None] - flat[None]
    gap -= box.length * np.round(gap / box.length)
    distance = np.linalg.norm(gap, axis=2)
    other = np.repeat(np.arange(40), 14)
    assert distance[other[:, None] != other[None]].min() > 1.9  # across the box's faces too
    assert np.array_equal(pack(butane, shapes, 0.5, seed=7).positions, box.positions)
    assert not np.array_equal(pack(butane, shapes, 0.5, seed=8).positions, box.positions)
