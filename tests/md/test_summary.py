import pandas as pd
import pytest

from pairforest.md.liquid import Outcome, combine
from pairforest.md.summary import summarise
from pairforest.md.timestep import set_pressure
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


def test_a_liquid_that_nobody_has_measured_must_converge_and_cannot_pass_alone(smoke):
    unmeasured = LIQUIDS["octane"].model_copy(update={"densities": []})
    liquids = LIQUIDS | {"octane": unmeasured}
    water, octane = _outcome("water", density=0.997), _outcome("octane", density=0.9)
    assert summarise([water, octane], liquids, smoke, 7.0)["passed"]
    assert not summarise([octane], liquids, smoke, 7.0)["passed"]
    lost = _outcome("octane", "collapsed")
    assert not summarise([water, lost], liquids, smoke, 7.0)["passed"]


def test_no_density_at_all_is_no_error_of_zero(smoke):
    found = summarise([_outcome("water", "collapsed")], LIQUIDS, smoke, 7.0)
    assert found["mae_percent"] is None
    assert found["liquids"]["water"]["density"] is None
    assert not found["passed"]


def test_replicas_that_disagree_are_not_converged_however_sure_each_is():
    pair = [_outcome("water", density=value) for value in (0.990, 1.004)]  # 0.001 each
    found = combine(pair, 0.5)
    assert found.density == 0.997
    assert found.stderr == pytest.approx(0.007)
    assert found.status == "not_converged"
    assert found.reason == "stderr of the replicas' mean 0.0070 above 0.0050 g/cm³"
    alike = combine([_outcome("water", density=value) for value in (0.9965, 0.9975)], 0.5)
    assert (alike.status, alike.n_eff) == ("ok", 60)
    lost = combine([pair[0], _outcome("water", "collapsed")], 0.5)
    assert (lost.status, lost.density) == ("collapsed", None)


def test_what_the_run_was_set_to_is_told(tmp_path, smoke):
    assert set_pressure(tmp_path) is None
    (tmp_path / "targets.lmp").write_text("variable target_pressure equal -98.6923\n")
    bar = set_pressure(tmp_path)
    assert bar == pytest.approx(-100.0, abs=1e-3)
    outcome = _outcome("water", density=0.997)._replace(set_pressures=(bar,))
    row = summarise([outcome], LIQUIDS, smoke, 7.0)["liquids"]["water"]
    assert row["set_pressure"] == -100.0
