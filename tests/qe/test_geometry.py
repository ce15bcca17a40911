import numpy as np
import pytest

from pairforest.errors import PairForestError
from pairforest.qe import geometry


def distance(found: geometry.Geometry, one: int, other: int) -> float:
    return float(np.linalg.norm(found.positions[one] - found.positions[other]))


def test_water_has_its_bonds_and_angle():
    found = geometry.optimise("O")
    first, second = (found.positions[i] - found.positions[0] for i in (1, 2))
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert found.symbols == ("O", "H", "H")
    assert distance(found, 0, 1) == pytest.approx(0.96, abs=0.01)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(104.5, abs=4)
    assert found.classes[1] == found.classes[2] != found.classes[0]


def test_the_water_dimer_stays_hydrogen_bonded():
    found = geometry.optimise("O.O")
    assert 2.7 < distance(found, 0, 1) < 3.0
    between = min(distance(found, o, h) for o, h in ((0, 4), (0, 5), (1, 2), (1, 3)))
    assert between == pytest.approx(distance(found, 0, 1) - 0.96, abs=0.1)


def test_the_methanol_dimer_stays_hydrogen_bonded():
    found = geometry.optimise("CO.CO")
    first, second = (i for i, symbol in enumerate(found.symbols) if symbol == "O")
    assert 2.6 < distance(found, first, second) < 3.0


def test_the_same_seed_gives_the_same_geometry():
    one, other = geometry.optimise("CCO"), geometry.optimise("CCO")
    assert np.array_equal(one.positions, other.positions)


def test_chirality_survives_the_turn_to_principal_axes():
    rng = np.random.default_rng(1)
    positions = rng.normal(size=(5, 3)) * [3.0, 2.0, 1.0]
    turned = geometry._principal(positions)

    def handedness(r: np.ndarray) -> float:
        return float(np.linalg.det(r[1:4] - r[0]))

    assert handedness(turned) == pytest.approx(handedness(positions), abs=1e-2)
    assert np.all(np.diff(turned.std(axis=0)) < 0)


@pytest.mark.parametrize(
    ("smiles", "message"),
    [("C1CC", "not a SMILES"), ("C[NH3+]", "is charged")],
)
def test_what_cannot_be_built_is_one_clear_error(smiles, message):
    with pytest.raises(PairForestError, match=message):
        geometry.optimise(smiles)


def test_a_relaxation_that_does_not_end_is_an_error():
    with pytest.raises(PairForestError, match="not relaxed"):
        geometry.optimise("CCO", steps=1)
