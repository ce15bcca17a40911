import pytest

from pairforest.errors import PairForestError
from pairforest.qe.pseudo import cutoffs, find


def test_paw_and_gth_agree_on_valence_electrons(settings, data_sets):
    for element, n_valence in {"H": 1, "B": 3, "C": 4, "N": 5, "O": 6}.items():
        assert find(element, settings, "paw").n_valence == n_valence
        assert find(element, settings, "gth").n_valence == n_valence


def test_a_mixed_system_takes_the_highest_cutoffs(settings, data_sets):
    carbon, fluorine = find("C", settings, "paw"), find("F", settings, "gth")
    ecutwfc, ecutrho = cutoffs([carbon, fluorine])
    assert ecutwfc == max(carbon.ecutwfc, fluorine.ecutwfc)
    assert ecutrho == max(carbon.ecutrho, 4 * ecutwfc)


def test_the_family_is_the_settings_choice(settings, data_sets):
    assert find("C", settings).family == "paw"
    assert find("Li", settings).family == "gth"
    assert find("Li", settings).source == "GTH-PBE-q3"


def test_an_element_without_a_data_set_is_named_with_those_that_have_one(settings, data_sets):
    with pytest.raises(PairForestError, match=r"no data set for Li; there are H, B, C, N, O"):
        find("Li", settings, "paw")


def test_beyond_radon_there_is_no_potential(settings, data_sets):
    with pytest.raises(PairForestError, match="no GTH-PBE potential for Fr"):
        find("Fr", settings)


def test_missing_data_sets_say_what_to_run(settings, tmp_path):
    moved = settings.model_copy(deep=True)
    moved.paw.folder = tmp_path
    with pytest.raises(PairForestError, match="make qe-setup"):
        find("C", moved)
