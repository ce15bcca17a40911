import numpy as np
import pandas as pd
import pytest

from pairforest.database.lal2023 import assemble
from pairforest.database.sources import read_workbooks
from pairforest.errors import PairForestError
from pairforest.labels.curves import cut


@pytest.fixture(scope="module")
def dimers(synthetic, tmp_path_factory):
    folder = tmp_path_factory.mktemp("downloads")
    return assemble(read_workbooks([str(synthetic.archive)], synthetic.manifest, folder)).dimers


def test_as_published_is_the_published_column_verbatim(dimers):
    curve = next(c for c in cut(dimers, "as_published") if (c.element, c.charge) == ("C", 0.5))
    own = dimers.query("element == 'C' and charge == 0.5")
    assert np.array_equal(curve.energy, own["published_relative_energy"])


def test_half_charge_takes_the_coulomb_energy_of_half_the_charge_on_each_atom_out():
    distance = np.array([0.5, 1.0, 2.0, 4.0])
    short_range = np.array([100.0, 10.0, 1.0, 0.5])
    charged = short_range + 14.399645 * 0.25 * 0.25 / distance - 300
    table = pd.DataFrame(
        {
            "element": "O",
            "charge": 0.5,
            "distance": distance,
            "energy": charged,
            "published_relative_energy": np.nan,
            "status": "converged",
            "source": "",
        }
    )
    curve = cut(table, "half_charge")[0]
    assert np.allclose(curve.energy, short_range - 0.5, atol=1e-5)
    with pytest.raises(PairForestError, match="as_published, but"):
        cut(table, "as_published")


def test_both_ways_agree_on_neutral_pairs(dimers):
    published = {(c.element, c.charge): c for c in cut(dimers, "as_published")}
    for curve in cut(dimers, "half_charge"):
        if curve.charge == 0:
            assert np.allclose(curve.energy, published[curve.element, 0.0].energy, atol=1e-9)
