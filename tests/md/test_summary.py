import pandas as pd

from pairforest.md.liquid import Outcome
from pairforest.md.summary import summarise
from tests.liquids import liquid


def _outcome(name, status="ok", density=None):
    stderr, n_eff = (None, None) if density is None else (0.001, 30.0)
    return Outcome(name, status, "", density, stderr, n_eff, 1.5, pd.DataFrame(), [1], [])


LIQUIDS = {name: liquid(name) for name in ("water", "octane")}


def test_errors_are_against_experiment_at_the_runs_temperature(smoke):
    found = summarise(
        [_outcome("water", density=1.0169), _outcome("octane", density=0.6986)], LIQUIDS, smoke, 7.0
    )
    assert found["liquids"]["water"]["error_percent"] == 2.0
    assert found["mae_percent"] == 1.0
    assert found["max_error_percent"] == 2.0
    assert found["passed"]


def test_the_gate_holds_back_large_errors_lost_liquids_and_unconverged_ones(smoke):
    good = _outcome("water", density=0.997)
    for other in (
        _outcome("octane", density=0.9),
        _outcome("octane", "collapsed"),
        _outcome("octane", "not_converged", density=0.6986),
    ):
        assert not summarise([good, other], LIQUIDS, smoke, 7.0)["passed"]


def test_no_density_at_all_is_no_error_of_zero(smoke):
    found = summarise([_outcome("water", "collapsed")], LIQUIDS, smoke, 7.0)
    assert found["mae_percent"] is None
    assert found["liquids"]["water"]["density"] is None
    assert not found["passed"]
