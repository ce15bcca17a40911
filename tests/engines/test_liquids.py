"""Whole runs with the real engine, and every way they may end."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from pairforest import tables
from pairforest.md import density, engine, replica
from pairforest.md.charges import assign_charges, neutralise
from pairforest.md.liquid import Task, simulate, simulate_all
from pairforest.md.molecule import build
from pairforest.md.system import assemble
from pairforest.potential import Buckingham
from tests import liquids as md


@pytest.fixture(autouse=True)
def _scratch(tmp_path, monkeypatch):
    monkeypatch.setattr(replica, "SCRATCH", tmp_path / "md")


def task(name: str, settings, constants=md.w99, mixing_rule="w99", charged=True) -> Task:
    of = md.liquid(name)
    molecule = build(of.smiles, settings.seed)
    charges = neutralise(assign_charges(molecule, of.charges["lal2023"]))
    system = assemble(molecule, charges * charged, constants(molecule), mixing_rule)
    return Task(name, system, of, settings, ranks=1)


def weak(molecule) -> Buckingham:
    """Cores too small to keep anything apart, as the paper's constants are."""
    one = np.ones(len(molecule.elements))
    return Buckingham(500.0 * one, 0.12 * one, -1e-4 * one)


def repulsive(molecule) -> Buckingham:
    one = np.ones(len(molecule.elements))
    return Buckingham(1500.0 * one, 0.25 * one, 0.0 * one)


@pytest.mark.slow
def test_a_force_field_that_holds_a_liquid_gives_its_density():
    """W99 octane without charges is too thin; 10 ps of a small box, so to some per cent only."""
    changes = {"timeout_s": 300, "cutoff": 9.0, "n_atoms": 390, "scale_14": 0.5}
    settings = md.profile("smoke", max_ps=19.2, **changes)
    found = simulate(task("octane", settings, charged=False))
    assert found.status in ("ok", "not_converged"), found.reason
    assert found.density == pytest.approx(0.62, rel=0.1)  # on its way from 0.63 to 0.58
    assert 0 < found.stderr < 0.05
    tables.check(found.series.assign(liquid="octane"), tables.SERIES, "test")
    assert found.series["used"].iloc[-1]


@pytest.mark.slow
def test_a_run_that_is_done_is_not_done_again(smoke, monkeypatch):
    short = smoke.model_copy(update={"block_ps": 1.2, "max_ps": 1.2, "nvt_ps": 0.3})
    first = simulate(task("water", short, repulsive))
    monkeypatch.setattr(engine, "run", None)  # a second run would fail
    again = simulate(task("water", short, repulsive))
    pd.testing.assert_frame_equal(again.series, first.series)
    assert again[:7] == first[:7]


@pytest.mark.slow
def test_replicas_that_are_each_sure_and_disagree_go_on_together(smoke, monkeypatch):
    changes = {"block_ps": 0.6, "min_ps": 0.6, "max_ps": 4.8, "nvt_ps": 0.1, "discard_ps": 0.0}
    changes |= {"replicas": 2, "target_stderr_percent": 1e-6, "boil_ratio": 0.01}
    settings = smoke.model_copy(update=changes)
    monkeypatch.setattr(density, "shortcomings", lambda *_: [])  # each thinks it is converged
    (found,) = simulate_all([task("water", settings, repulsive)], 1)
    assert found.reason.startswith("stderr of the replicas' mean")
    assert len(set(found.folders)) == 2
    for _, series in found.series.groupby("replica"):
        assert series["time"].max() == pytest.approx(4.8)
        assert np.allclose(np.diff(series["time"]), series["time"].iloc[1] - series["time"].iloc[0])
    (again,) = simulate_all([task("water", settings, repulsive)], 1)
    pd.testing.assert_frame_equal(again.series, found.series)


@pytest.mark.slow
def test_a_run_goes_on_to_its_least_length_however_soon_it_looks_converged(smoke):
    settings = smoke.model_copy(
        update={"target_stderr_percent": 100.0, "min_n_eff": 0.1, "discard_ps": 0.0}
        | {"nvt_ps": 0.3, "block_ps": 1.2, "min_ps": 3.6}
    )
    found = simulate(task("octane", settings, charged=False))
    assert found.series["time"].max() >= 3.6


@pytest.mark.slow
def test_cores_that_are_too_small_collapse_and_are_stopped(smoke):
    found = simulate(task("water", smoke, weak, "lal2023"))
    assert found.status == "collapsed", found.reason
    assert "g/cm³ after" in found.reason
    assert found.density is None
    assert found.last_density > 1.5 * 0.997


@pytest.mark.slow
def test_atoms_that_only_repel_boil_off_and_are_stopped(smoke):
    found = simulate(task("octane", smoke, repulsive, "geometric"))
    assert found.status == "boiled", found.reason
    assert found.last_density < 0.5 * 0.6986


def test_a_wall_too_low_is_refused_before_the_run(smoke, tmp_path):
    def shallow(molecule):
        one = np.ones(len(molecule.elements))
        return Buckingham(500.0 * one, 0.25 * one, 30.0 * one)

    found = simulate(task("water", smoke, shallow))
    assert found.status == "barrier_too_low"
    assert "eV high" in found.reason
    assert not (tmp_path / "md").exists()


def test_a_liquid_without_charges_is_a_status(smoke):
    found = simulate(task("water", smoke)._replace(system=None))
    assert found.status == "missing_charges"


def test_lammps_own_error_is_the_reason(smoke):
    settings = smoke.model_copy(update={"min_barrier_ev": 0.0})

    def backwards(molecule):
        one = np.ones(len(molecule.elements))
        return Buckingham(500.0 * one, -0.1 * one, 0 * one)

    found = simulate(task("water", settings, backwards, "w99"))
    assert found.status == "crashed"
    assert found.reason.startswith("ERROR")


def test_a_blow_up_is_unstable_not_a_dead_pipeline(smoke):
    wild = smoke.model_copy(update={"timestep_fs": 50.0, "minimise_steps": 1})
    found = simulate(task("octane", wild))
    assert found.status == "unstable", found.reason


def test_a_run_past_its_time_is_stopped_with_the_tail_of_its_log(smoke):
    settings = smoke.model_copy(update={"timeout_s": 1.0, "max_ps": 1000.0})
    found = simulate(task("octane", settings))
    assert found.status == "timed_out"
    assert "not finished after 1 s; last line of the log" in found.reason


def test_a_run_that_falls_silent_is_stopped(tmp_path):
    lines = ["units lj", "region box block 0 4 0 4 0 4", "create_box 1 box"]
    lines += ["create_atoms 1 random 10 1 NULL", "mass 1 1", "pair_style zero 1", "pair_coeff * *"]
    lines += ["thermo 1000", "thermo_modify flush yes", "run 1000000000"]
    (tmp_path / "in.lmp").write_text("\n".join(lines))
    frozen = []

    def freeze(folder: Path) -> None:
        if not frozen and "Step" in (folder / "log.lammps").read_text():
            (lmp,) = psutil.Process().children()
            lmp.suspend()
            frozen.append(lmp)

    found = engine.run(tmp_path, ranks=1, timeout=60.0, stall=2.0, watch=freeze)
    assert found.status == "timed_out"
    assert "no output for 2 s; last line of the log" in found.reason
    assert not frozen[0].is_running()


def test_a_timed_out_run_is_tried_again_next_time(smoke):
    settings = smoke.model_copy(
        update={"block_ps": 0.5, "max_ps": 0.5, "nvt_ps": 0.1, "timeout_s": 0.1}
    )
    assert simulate(task("water", settings, repulsive)).status == "timed_out"
    (folder,) = (path for path in replica.SCRATCH.iterdir() if path.is_dir())
    assert not list(folder.glob("checkpoint.*"))
    patient = settings.model_copy(update={"timeout_s": 60.0})
    assert simulate(task("water", patient, repulsive)).last_density is not None


def test_two_ranks_run_the_same_script(smoke):
    settings = smoke.model_copy(update={"block_ps": 0.6, "max_ps": 0.6, "nvt_ps": 0.1})
    found = simulate(task("water", settings, repulsive)._replace(ranks=2))
    assert found.last_density is not None, found.reason
    assert (
        "1 by 1 by 2 MPI processor grid" in next(replica.SCRATCH.glob("*/log.lammps")).read_text()
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["water", "ethylene_carbonate"])
def test_the_papers_protocol_starts_and_prints_its_deviations(name):
    settings = md.profile("paper", n_atoms=200, minimise_steps=50, timeout_s=15, sample_every=20)
    found = simulate(task(name, settings))
    assert found.status == "timed_out", found.reason
    folder = next(path for path in replica.SCRATCH.iterdir() if path.is_dir())
    log = (folder / "log.lammps").read_text()
    assert "deviation: Parrinello-Rahman barostat" in log
    assert json.loads((folder / "result.json").read_text())["status"] == "timed_out"
    _, minimisation, nvt = log.split("   Step ")  # two tables of thermo output
    assert "Minimization stats" in minimisation
    assert re.search(r"^ +[1-9]\d* +[\d.]+ ", nvt, re.MULTILINE)  # past its first step


@pytest.mark.slow
def test_the_authors_own_constants_do_not_hold_water(authors, smoke):
    """Their predictions (eV, Å), their mixing rule, their charges made neutral."""
    theirs = pd.read_csv(authors / "predictions.csv").drop_duplicates(
        ["Element Name", "Partial Charge"]
    )
    by_atom = theirs.set_index(["Element Name", "Partial Charge"])

    def predicted(molecule):
        keys = {"O": ("Oxygen", -0.711), "H": ("Hydrogen", 0.4153)}
        rows = by_atom.loc[[keys[element] for element in molecule.elements]]
        return Buckingham(*(rows[f"{name}_predicted"].to_numpy() for name in "ABC"))

    settings = smoke.model_copy(update={"n_atoms": 600, "max_ps": 30.0, "timeout_s": 300})
    found = simulate(task("water", settings, predicted, "lal2023"))
    assert found.status == "collapsed", found.reason
