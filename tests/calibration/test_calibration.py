"""Gauss–Newton on a problem with a known answer, noisy; fluctuations against an exact average."""

import json

import numpy as np
import optuna
import pytest
from pydantic import ValidationError

from pairforest.calibration import study
from pairforest.calibration.gauss_newton import lines, next_point
from pairforest.calibration.parameters import factors_at, logarithms
from pairforest.calibration.response import (
    BOLTZMANN,
    Response,
    heat_of_vaporisation,
    slopes,
)
from pairforest.calibration.settings import CalibrateSettings
from pairforest.config import load_params
from pairforest.errors import PairForestError
from pairforest.kinds import kinds_of
from tests.liquids import ROOT

PAPER = ("water", "ethanol", "octane", "ethylene_carbonate")
FURTHER = (
    "n_heptane", "2_propanol", "1_butanol", "1_2_dimethoxyethane", "1_3_dioxolane",
    "diethyl_carbonate", "propylene_carbonate", "benzene",
)  # fmt: skip
TESTS = dict.fromkeys(PAPER, "paper_test") | dict.fromkeys(FURTHER, "test")
TRUTH = np.array([0.12, -0.08, 0.3])


def test_the_slope_of_an_average_is_in_its_fluctuations():
    """An oscillator of stiffness k: ⟨x²⟩ = kT/k, so d⟨x²⟩/dk = −kT/k², and d⟨U⟩/dk = 0."""
    temperature, k = 300.0, 2.0
    thermal = BOLTZMANN * temperature
    x = np.random.default_rng(1).normal(0, np.sqrt(thermal / k), 400_000)
    gradients = (x**2 / 2)[:, None]
    of_square = slopes(x**2, np.zeros_like(gradients), gradients, temperature)
    assert of_square[0] == pytest.approx(-thermal / k**2, rel=0.02)
    of_energy = slopes(k * x**2 / 2, gradients, gradients, temperature)
    assert of_energy[0] == pytest.approx(0, abs=0.02 * thermal / k)


def test_one_step_reaches_the_answer_of_a_linear_problem_within_the_box():
    slope = np.random.default_rng(2).normal(size=(6, 3))
    start = np.zeros(3)
    residuals = (slope @ (start - TRUTH))[None]
    errors = np.ones_like(residuals)
    arguments = (start[None], residuals, errors, slope[None], start, np.full(3, 1e3))
    point, foretold, *_ = next_point(*arguments, np.full(3, 1.0))
    assert point == pytest.approx(TRUTH, abs=1e-4)
    assert np.abs(foretold).max() < 1e-3
    assert np.abs(next_point(*arguments, np.full(3, 0.05))[0]).max() <= 0.05 + 1e-12


def test_a_narrow_prior_holds_the_constants():
    slope = np.eye(3)
    arguments = (np.zeros((1, 3)), -TRUTH[None], np.ones((1, 3)), slope[None], np.zeros(3))
    held, foretold, *_ = next_point(*arguments, np.full(3, 0.01), np.full(3, 1.0))
    assert np.abs(held).max() < 1e-3
    assert foretold == pytest.approx(-TRUTH, abs=1e-3)


def test_factors_and_logarithms_are_inverse():
    start = {"charge": {"default": 0.9}, "wall": {"default": 1.1}, "c6": {"default": 0.5}}
    values = logarithms(start, ["charge.donor", "wall.H", "c6.O"])
    assert values["wall.H"] == pytest.approx(np.log(1.1))
    start["wall"]["H"] = 1.3
    assert logarithms(start, ["wall.H_polar"])["wall.H_polar"] == pytest.approx(np.log(1.3))
    again = factors_at(start, values | {"wall.H": 0.0})
    assert again["wall"] == {"default": 1.1, "H": pytest.approx(1.0)}
    assert again["charge"] == {"default": 0.9, "donor": pytest.approx(0.9)}
    assert start["wall"] == {"default": 1.1, "H": 1.3}


@pytest.fixture
def settings():
    return load_params(ROOT / "params.yaml").calibrate


def model(values: dict[str, float], noise: np.random.Generator) -> dict[str, Response]:
    """Liquids whose density goes as a product of powers of the factors, and heats alike."""
    of = np.random.default_rng(5)
    theta = np.array(list(values.values()))
    found = {}
    for i in range(8):
        powers, heat_powers = of.normal(-1, 0.5, len(theta)), of.normal(1, 0.5, len(theta))
        density = 0.8 * np.exp(powers @ (theta - np.resize(TRUTH, len(theta))))
        heat = 35 * np.exp(heat_powers @ (theta - np.resize(TRUTH, len(theta))))
        found[f"liquid {i}"] = Response(
            density * (1 + 0.002 * noise.normal()), 0.002,
            heat * (1 + 0.01 * noise.normal()), 0.3,
            density * powers * (1 + 0.2 * noise.normal(size=len(theta))),
            heat * heat_powers * (1 + 0.2 * noise.normal(size=len(theta))),
        )  # fmt: skip
    return found


def test_a_study_finds_noisy_constants_and_goes_on_after_a_kill(settings, tmp_path):
    experiment = {f"liquid {i}": (0.8, 35.0) for i in range(8)}
    names = list(settings.parameters)
    noise, told, calls, before = np.random.default_rng(3), [], [], []

    def measure(values: dict[str, float], n_before: int) -> dict[str, Response]:
        calls.append(values)
        before.append(n_before)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return model(values, noise)

    of_run = ("w99", tmp_path / "j.journal", settings, 7, dict.fromkeys(names, 0.0), measure)
    with pytest.raises(KeyboardInterrupt):
        study.run(*of_run, experiment, told.append)
    best = study.run(*of_run, experiment, told.append)
    assert calls[2] == calls[3]  # begun again where it was
    assert before == [0, 1, 2, 2, 3, 4, 5, 6]
    assert len(told) == 7
    assert told[-1].value < 0.02 * told[0].value
    again = study.run(*of_run, experiment, told.append)
    assert (again.point, len(told)) == (best.point, 7)


@pytest.fixture
def odd_one_out(settings):
    """A trial where prior and liquids agree, but for one whose density is five per cent off."""
    names = list(settings.parameters)
    point = study.prior_mean(settings)
    found = model(point, np.random.default_rng(3))
    experiment = {name: (of.density, of.heat) for name, of in found.items()}
    experiment["liquid 3"] = (found["liquid 3"].density / 1.05, None)
    residuals, of_trial = study.residuals(found, experiment, settings)
    attributes = {
        study.RESIDUALS: residuals.tolist(),
        study.SLOPES: of_trial.tolist(),
        study.RESPONSES: {
            name: {"density_stderr": of.density_stderr / 5, "heat_stderr": of.heat_stderr / 5}
            for name, of in found.items()
        },
    }
    distributions = dict.fromkeys(names, optuna.distributions.FloatDistribution(-3, 3))
    trial = optuna.trial.create_trial(
        value=0.0, params=point, distributions=distributions, user_attrs=attributes
    )
    return trial, experiment


def test_a_liquid_left_out_is_foretold_by_the_others(settings, odd_one_out):
    trial, experiment = odd_one_out
    assert len(trial.user_attrs[study.RESIDUALS]) == 15
    within = study.best([trial], experiment, settings).residuals
    left_out = study.held_out([trial], experiment, settings)
    assert left_out[6] == pytest.approx(5 / settings.tolerance.density)
    assert abs(within[6]) < 0.9 * left_out[6]


def test_noise_of_the_objective_is_that_of_many_draws(settings, odd_one_out):
    trial, experiment = odd_one_out
    foretold = study.noise_of_objective([trial], experiment, settings)
    noise = np.random.default_rng(7)
    residuals = np.array(trial.user_attrs[study.RESIDUALS])
    errors = study.standard_errors(trial.user_attrs[study.RESPONSES], experiment, settings)
    objectives = []
    for _ in range(400):
        drawn = residuals + errors * noise.normal(size=len(residuals))
        trial.set_user_attr(study.RESIDUALS, drawn.tolist())
        best = study.best([trial], experiment, settings)
        penalty = study.prior_penalty(best.point, settings)
        objectives.append((best.residuals**2).sum() + penalty)
    assert np.std(objectives) == pytest.approx(foretold, rel=0.2)


def test_one_calibration_at_a_time_works_on_a_journal(settings, tmp_path):
    journal, start = tmp_path / "j.journal", dict.fromkeys(settings.parameters, 0.0)
    experiment = {f"liquid {i}": (0.8, 35.0) for i in range(8)}

    def measure(values: dict[str, float], _: int) -> dict[str, Response]:
        with pytest.raises(PairForestError, match="another calibration"):
            study.run("w99", journal, settings, 1, start, measure, experiment, print)
        return model(values, np.random.default_rng(3))

    study.run("w99", journal, settings, 1, start, measure, experiment, lambda _: None)
    with pytest.raises(PairForestError, match="is missing"):
        study.finished("w99", tmp_path / "none.journal")


def test_a_lost_liquid_halves_the_step_and_does_not_stop_the_study(settings, tmp_path):
    experiment = {f"liquid {i}": (0.8, 35.0) for i in range(8)}
    noise, calls = np.random.default_rng(3), []
    start = dict.fromkeys(settings.parameters, 0.0)
    for parameter in settings.parameters.values():
        parameter.step = 0.05  # less than the way to the answer

    def measure(values: dict[str, float], _: int) -> dict[str, Response]:
        calls.append(np.array(list(values.values())))
        if len(calls) in (2, 3):
            raise study.LostLiquidError("liquid 3 collapsed")
        return model(values, noise)

    of_run = ("w99", tmp_path / "j.journal", settings, 2, start, measure, experiment)
    study.run(*of_run, lambda _: None)
    farthest = [np.abs(point).max() / 0.05 for point in calls]
    assert farthest == pytest.approx([0, 1, 0.5, 0.25])

    def lose(values: dict[str, float], _: int) -> dict[str, Response]:
        raise study.LostLiquidError("liquid 1 boiled")

    with pytest.raises(study.LostLiquidError, match="boiled"):
        study.run("other", *of_run[1:5], lose, experiment, lambda _: None)


def test_the_prior_counts_from_its_means(settings):
    means = np.log([of.mean for of in settings.parameters.values()])
    values = dict(zip(settings.parameters, means, strict=True))
    assert study.prior_penalty(values, settings) == pytest.approx(0)
    values["charge.donor"] += 2 * settings.parameters["charge.donor"].width
    assert study.prior_penalty(values, settings) == pytest.approx(4)


def test_the_objective_of_a_kept_trial_goes_with_the_prior(settings, odd_one_out):
    trial, _ = odd_one_out
    before = study.objective(trial, settings)
    name, of = next(iter(settings.parameters.items()))
    elsewhere = of.model_copy(update={"mean": of.mean * np.exp(3 * of.width)})
    moved = settings.model_copy(update={"parameters": settings.parameters | {name: elsewhere}})
    assert study.objective(trial, moved) == pytest.approx(before + 9)


def test_a_parameter_that_is_none_is_refused(settings):
    content = settings.model_dump()
    content["parameters"]["alpha"] = {"width": 0.1, "step": 0.05}
    with pytest.raises(ValidationError, match=r"alpha is not charge\.X, wall\.X, c6\.X or"):
        CalibrateSettings.model_validate(content)


def test_residuals_are_in_units_of_their_tolerance(settings):
    one = Response(0.808, 0.0, 31.5, 0.0, np.array([-0.8]), np.array([35.0]))
    errors, slope = study.residuals({"a": one}, {"a": (0.8, 35.0)}, settings)
    assert errors == pytest.approx([1.0, -2.0])
    assert slope.ravel() == pytest.approx([-100.0, 20.0])
    errors, _ = study.residuals({"a": one}, {"a": (0.8, None)}, settings)
    assert errors == pytest.approx([1.0])


def test_a_heat_of_vaporisation_is_the_energy_lost_in_the_vapour_and_its_work():
    """A molecule 0.4 eV lower in the liquid: 38.594 kJ/mol, and RT of 2.479 at 298.15 K."""
    whole = 38.594 + 2.479
    assert heat_of_vaporisation(0.1, -0.3, 0.0, 298.15) == pytest.approx(whole, abs=2e-3)
    dear = heat_of_vaporisation(0.1, -0.3, 0.02, 298.15)  # its dipole costs it 1.930 kJ/mol
    assert dear == pytest.approx(whole - 1.930, abs=2e-3)


def test_many_noisy_trials_foretell_better_than_one():
    """The truth of a linear problem, from residuals as noisy as a short run's."""
    random = np.random.default_rng(7)
    slope = random.normal(size=(20, 3)) * 20
    prior = (np.zeros(3), np.full(3, 1e3), np.full(3, 0.1))

    def missed(n: int) -> float:
        points = TRUTH + random.normal(0, 0.03, (n, 3))
        found = (points - TRUTH) @ slope.T + random.normal(0, 1.0, (n, 20))
        slopes_ = slope + random.normal(0, 2.0, (n, 20, 3))
        point, *_ = next_point(points, found, np.ones_like(found), slopes_, *prior)
        return float(np.abs(point - TRUTH).max())

    one, many = (np.mean([missed(n) for _ in range(40)]) for n in (1, 8))
    assert many < 0.6 * one


def test_the_covariance_is_the_scatter_of_the_optimum_about_the_truth():
    """The truth from the prior, residuals with errors of one: pulls squared average one."""
    random = np.random.default_rng(11)
    width = np.array([0.3, 0.1, 0.05])
    prior = (np.zeros(3), width, np.full(3, 10.0))
    pulls = []
    for _ in range(400):
        slope = random.normal(size=(20, 3)) * np.array([3.0, 3.0, 0.1])
        truth = random.normal(0, width)
        found = random.normal(0, 1.0, 20) - slope @ truth
        point, *_, covariance = next_point(
            np.zeros((1, 3)), found[None], np.ones((1, 20)), slope[None], *prior
        )
        pulls.append((point - truth) / np.sqrt(np.diag(covariance)))
    assert np.mean(np.square(pulls), axis=0) == pytest.approx(1, abs=0.25)


def test_a_trial_that_says_it_is_quiet_does_not_draw_the_line():
    points = np.array([[0.0], [0.1], [0.2]])
    values, slope = np.array([[1.0], [3.0], [2.0]]), np.array([5.0, 6.0, 4.0])[:, None, None]
    of_two = [
        lines(points, values, np.array(errors)[:, None], slope)
        for errors in ([1e-3, 1.0, 1.0], [1.0, 1.0, 1e-3])
    ]
    assert of_two[0] == of_two[1]


def test_a_slope_is_as_noisy_as_its_own_parameters():
    """Steep and noisy by one parameter, shallow and sure by another, nothing by a third."""
    random = np.random.default_rng(9)
    true, noise = np.array([-60.0, 3.0, 0.0]), np.array([15.0, 0.2, 0.0])
    missed = []
    for _ in range(40):
        points = random.normal(0, 0.05, (3, 3))
        values = (points @ true)[:, None] + random.normal(0, 1.0, (3, 8))
        slopes_ = true + noise * random.normal(size=(3, 8, 3))
        missed.append(lines(points, values, np.ones_like(values), slopes_)[1] - true)
    steep, shallow, nothing = np.sqrt(np.mean(np.square(missed), axis=(0, 1)))
    assert 5 < steep < 12
    assert shallow < 0.3
    assert nothing < 1e-6


def test_only_calibration_liquids_calibrate(settings, monkeypatch):
    from pairforest.stages.calibrate import calibration_liquids

    monkeypatch.chdir(ROOT)
    assert set(calibration_liquids(settings)) == set(settings.liquids)
    for name, role in TESTS.items():
        leaked = settings.model_copy(update={"liquids": [*settings.liquids, name]})
        with pytest.raises(PairForestError, match=f"{name} is a {role} liquid"):
            calibration_liquids(leaked)


def test_what_no_calibration_liquid_holds_keeps_the_priors_mean(settings, monkeypatch):
    from pairforest.stages.calibrate import calibration_liquids

    monkeypatch.chdir(ROOT)
    liquids = calibration_liquids(settings).values()
    held = {kind for liquid in liquids for kind in kinds_of(liquid.smiles)}
    for which in ("wall", "c6"):
        factors = getattr(settings.start, which)
        kept = {kind for kind in factors if f"{which}.{kind}" not in settings.parameters}
        assert {"C_pi", "N", "F"} < kept
        assert kept.isdisjoint(held)
        mean = settings.parameters[f"{which}.default"].mean
        assert {factors[kind] for kind in kept} == {mean}
    measured = json.loads((ROOT / "benchmarks/results/faces.json").read_text(encoding="utf-8"))
    of_faces = measured["measured"]["left of the repulsion of C_pi"]["mean"]
    assert settings.start.contact["C_pi"] == pytest.approx(of_faces, abs=0.005)


def test_no_shipped_study_has_looked_at_a_test_liquid(monkeypatch):
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    from pairforest.stages.calibrate import JOURNAL

    monkeypatch.chdir(ROOT)
    storage = JournalStorage(JournalFileBackend(str(JOURNAL)))
    summaries = optuna.get_all_study_names(storage)
    assert summaries
    for name in summaries:
        kept = optuna.load_study(study_name=name, storage=storage)
        assert set(kept.user_attrs[study.LIQUIDS]).isdisjoint(TESTS)
        for trial in kept.get_trials(states=(optuna.trial.TrialState.COMPLETE,)):
            assert set(trial.user_attrs[study.RESPONSES]).isdisjoint(TESTS)
