import numpy as np
import pytest

from pairforest import tables
from pairforest.database.lal2023 import assemble
from pairforest.database.sources import read_workbooks
from pairforest.errors import PairForestError
from tests.conftest import rows_of, workbook


@pytest.fixture(scope="module")
def database(synthetic, tmp_path_factory):
    folder = tmp_path_factory.mktemp("downloads")
    return assemble(read_workbooks([str(synthetic.archive)], synthetic.manifest, folder))


@pytest.fixture(scope="module")
def published(lal2023_workbooks):
    return assemble(lal2023_workbooks)


def test_every_configuration_is_in_the_table_with_its_source(database, synthetic):
    table = tables.check(database.dimers, tables.DIMERS, "test")
    found = set(table[["element", "charge"]].itertuples(index=False, name=None))
    assert found == set(synthetic.truth)
    polonium = table[table["element"] == "Po"]
    assert set(polonium["source"]) == {"Lead/Po.+0.0.xlsx"}
    assert len(polonium) == 18


def test_the_ledger_names_every_file_and_why_one_is_left_out(database, synthetic):
    ledger = database.ledger.set_index("workbook")
    assert len(ledger) == len(synthetic.truth) + 1
    left_out = ledger[ledger["outcome"] == "left out"]
    assert left_out.index.tolist() == ["Boron/B.+3.0.xlsx"]
    assert "no points" in left_out["note"].iloc[0]


def test_a_repeated_configuration_names_both_files(synthetic):
    book = workbook(rows_of(synthetic.truth["H", 0.0], 0.0))
    with pytest.raises(PairForestError, match=r"H\. 0\.xlsx: H at total charge \+0 .* H\.\+0\.0"):
        assemble({"H.+0.0.xlsx": book, "H. 0.xlsx": book})


def test_a_database_without_points_is_refused():
    with pytest.raises(PairForestError, match="no workbook has any points"):
        assemble({"H.+0.0.xlsx": workbook([])})


def test_the_published_database_has_the_counts_of_its_readme(published):
    dimers = published.dimers
    assert dimers["element"].nunique() == 66
    assert dimers.groupby(["element", "charge"]).ngroups == 343
    assert len(dimers) == 5935
    assert len(published.ledger) == 345
    left_out = published.ledger.query("outcome == 'left out'")["workbook"]
    assert left_out.tolist() == ["Boron/B.+3.0.xlsx", "Hydrogen/H.+1.0.xlsx"]
    counts = dimers[dimers["element"].isin(["Os", "Re", "Ta"])].groupby(["element", "charge"])
    assert set(counts.size().groupby("element").max().items()) == {("Os", 4), ("Re", 4), ("Ta", 9)}
    assert np.isclose(dimers["distance"].min(), 0.087, atol=5e-4)
    assert np.isclose(dimers["distance"].max(), 13.9, atol=0.05)


def test_the_known_suspects_of_the_published_database_are_flagged_for_the_right_reason(published):
    flagged = published.dimers[published.dimers["status"] != "converged"]

    def systems(reason):
        rows = flagged[flagged["status"].str.contains(reason)]
        return set(rows[["element", "charge"]].itertuples(index=False, name=None))

    assert systems("coulomb_of_another_charge") == {("H", 1.99), ("K", 2.0), ("N", -3.0)}
    assert systems("reference_not_at_largest") == {
        *(("B", charge) for charge in (-3.0, -1.5, 0.0)),
        *(("Pt", charge) for charge in (3.0, 4.0)),
    }
    assert systems("jump") == {
        *(("Cu", charge) for charge in (2.0, 3.0, 4.0, 5.0)),
        *(("V", charge) for charge in (1.0, 2.0, 3.0, 4.0)),
        *(("Nb", charge) for charge in (1.0, 3.0, 4.0)),
        *(("Ru", charge) for charge in (3.0, 4.0, 5.0)),
        *(("O", charge) for charge in (-3.0, -1.5, 2.0)),
    }
    assert systems("repeats_other_charge") == {("N", -3.0), ("N", -2.0), ("F", 1.0), ("F", 2.0)}
    assert {("O", -3.0), ("O", -1.5), ("O", 2.0)} <= systems("repeats_other_distance")
