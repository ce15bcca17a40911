import pandas as pd
import pytest

from pairforest.errors import PairForestError
from pairforest.forest.features import features
from pairforest.kinds import covalent_radii


def test_features_are_those_of_the_paper():
    atoms = {"element": ["H", "C", "C", "O"], "charge": [0.4, -0.1, 0.1, -0.7]}
    atoms["radius"] = covalent_radii(["H_polar", "C", "C_carbonyl", "O"])
    table = features(pd.DataFrame(atoms))
    assert table["radius"].tolist() == [32, 75, 67, 63]
    assert table["atomic_number"].tolist() == [1, 6, 6, 8]
    assert table["mass"].tolist() == pytest.approx([1.008, 12.011, 12.011, 15.999], abs=1e-3)
    assert table["charge"].tolist() == [0.4, -0.1, 0.1, -0.7]


def test_an_unknown_element_is_refused():
    with pytest.raises(PairForestError, match="'Xx' is not a chemical element"):
        features(pd.DataFrame({"element": ["Xx"], "radius": [70.0], "charge": [0.0]}))
