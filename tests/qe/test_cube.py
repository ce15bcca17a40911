import numpy as np
import pytest
from ase import Atoms
from ase.io.cube import write_cube
from ase.units import Bohr

from pairforest.errors import PairForestError
from pairforest.qe import cube

EDGES = np.array([6.0, 7.0, 8.0])  # Å


def waves(shape: tuple[int, int, int]) -> np.ndarray:
    """A periodic density of long waves about 2."""
    x, y, z = np.meshgrid(*(2 * np.pi * np.arange(n) / n for n in shape), indexing="ij")
    return 2 + np.cos(x) + 0.5 * np.sin(2 * y) * np.cos(z)


@pytest.fixture
def path(tmp_path):
    atoms = Atoms("OH", [[1.0, 2.0, 3.0], [1.0, 2.0, 3.96]], cell=EDGES, pbc=True)
    path = tmp_path / "density.cube"
    with path.open("w") as stream:
        write_cube(stream, atoms, waves((12, 15, 16)))
    return path


def test_a_cube_of_ase_is_read_back(path):
    read = cube.read(path)
    assert read.density == pytest.approx(waves((12, 15, 16)), abs=1e-5)
    assert read.cell == pytest.approx(EDGES / Bohr, rel=1e-5)
    assert read.positions[1] == pytest.approx(np.array([1.0, 2.0, 3.96]) / Bohr, rel=1e-4)
    assert list(read.atomic_numbers) == [8, 1]
    assert read.n_electrons == pytest.approx(2 * np.prod(EDGES / Bohr), rel=1e-4)


def test_long_waves_survive_a_coarser_grid_exactly(path):
    read = cube.read(path)._replace(density=waves((12, 15, 16)))
    coarse = cube.coarsen(read, float(read.cell[2] / 8))
    assert coarse.density == pytest.approx(waves(coarse.density.shape), abs=1e-12)
    assert coarse.density.size < read.density.size
    assert coarse.n_electrons == pytest.approx(read.n_electrons, rel=1e-12)


def test_a_coarse_grid_is_left_alone(path):
    read = cube.read(path)
    assert cube.coarsen(read, 0.1).density is read.density


def test_a_file_cut_short_is_an_error(path):
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    with pytest.raises(PairForestError, match="cut short"):
        cube.read(path)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(PairForestError, match="is missing"):
        cube.read(tmp_path / "density.cube")


def test_an_oblique_cell_is_an_error(path):
    lines = path.read_text().splitlines()
    lines[3] = "12 0.9 0.1 0.0"
    path.write_text("\n".join(lines))
    with pytest.raises(PairForestError, match="not orthorhombic"):
        cube.read(path)
