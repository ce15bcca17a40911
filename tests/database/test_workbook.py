import numpy as np
import pytest

from pairforest.database.workbook import read_points, system_of
from pairforest.errors import PairForestError
from tests.conftest import HEADING, workbook


@pytest.mark.parametrize(
    ("name", "element", "charge"),
    [
        ("Nitrogen/N.1.0.xlsx", "N", 1.0),
        ("Lead/Pb.3.0.xlsx", "Pb", 3.0),
        ("Aluminum/AL.+02.99.xlsx", "Al", 2.99),
        ("Oxygen/O. -1.5.xlsx", "O", -1.5),
        ("Oxygen/O. 0.xlsx", "O", 0.0),
        ("Manganese/Mn.+1.0.xlsx.xlsx", "Mn", 1.0),
        ("Phosphorus/P.-2.0_double_check.xlsx", "P", -2.0),
        ("Thallium/TII.-1.0.xlsx", "Tl", -1.0),
        ("Lead/Po.+0.0.xlsx", "Po", 0.0),
    ],
)
def test_names_tell_element_and_total_charge(name, element, charge):
    assert system_of(name) == (element, charge)


def test_an_unknown_element_is_named():
    with pytest.raises(PairForestError, match=r"Xq\.\+1\.0\.xlsx: 'Xq' is not a chemical element"):
        system_of("Unknown/Xq.+1.0.xlsx")


def test_an_unreadable_name_is_refused():
    with pytest.raises(PairForestError, match=r"not of the form"):
        system_of("Oxygen/O2 charge one.xlsx")


def test_points_come_sorted_by_distance():
    points = read_points("O.xlsx", workbook([[3, 1, 0, 1, 0], [1.0, 9, 0, 9, 8], [2, 4, 0, 4, 3]]))
    assert points["distance"].tolist() == [1, 2, 3]
    assert points["published_relative_energy"].tolist() == [8, 3, 0]


def test_a_workbook_without_points_is_empty_not_an_error():
    assert read_points("H.xlsx", workbook([])).empty


def test_a_missing_or_renamed_column_is_named():
    renamed = ["Distance (A)", "Energy", *HEADING[2:]]
    with pytest.raises(PairForestError, match=r"O\.xlsx: column 'Total Energy \(eV\)' is missing"):
        read_points("O.xlsx", workbook([[1, 2, 3, 4, 5]], renamed))


def test_a_blank_heading_shifts_nothing_and_a_repeated_one_is_refused():
    """As when an index column was saved along."""
    points = read_points("O.xlsx", workbook([[0, 1.5, 2, 3, 4, 5]], [None, *HEADING]))
    assert points.iloc[0].tolist() == [1.5, 2, 3, 4, 5]
    with pytest.raises(PairForestError, match=r"'LJ Enrgy' stands there twice"):
        read_points("O.xlsx", workbook([[1, 2, 3, 4, 5, 6]], [*HEADING, "LJ Enrgy"]))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("n/a", r"row 3, column 'LJ Enrgy': 'n/a' is not a number"),
        (None, r"row 3, column 'LJ Enrgy': the cell is empty"),
        (True, r"row 3, column 'LJ Enrgy': True is not a number"),
    ],
)
def test_a_cell_that_is_no_number_is_named_by_row_and_column(cell, message):
    with pytest.raises(PairForestError, match=message):
        read_points("O.xlsx", workbook([[1, 2, 3, 4, 5], [2, 2, 3, cell, 5]]))


def test_nan_is_refused():
    with pytest.raises(PairForestError, match="row 2, column 'Distance"):
        read_points("O.xlsx", workbook([[np.nan, 2, 3, 4, 5]]))


def test_a_repeated_or_impossible_distance_is_refused():
    with pytest.raises(PairForestError, match=r"distance 1\.0 Å stands there twice"):
        read_points("O.xlsx", workbook([[1, 2, 3, 4, 5], [1, 3, 3, 4, 5]]))
    with pytest.raises(PairForestError, match="not above zero"):
        read_points("O.xlsx", workbook([[0, 2, 3, 4, 5]]))


def test_bytes_that_are_no_workbook_are_refused():
    with pytest.raises(PairForestError, match=r"O\.xlsx: not a readable xlsx workbook"):
        read_points("O.xlsx", b"PK\x03\x04 and no more")
