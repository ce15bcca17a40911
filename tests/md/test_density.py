import numpy as np
import pytest
from scipy.signal import lfilter

from pairforest.md.density import analyse, correlated_stderr


def correlated(n: int, time: float, generator: np.random.Generator) -> np.ndarray:
    """An AR(1) series of unit variance with correlation time `time` in samples."""
    decay = np.exp(-1 / time)
    noise = generator.normal(size=n) * np.sqrt(1 - decay**2)
    series = np.empty(n)
    series[0] = generator.normal()
    for i in range(1, n):
        series[i] = decay * series[i - 1] + noise[i]
    return series


def test_the_error_bar_is_that_of_correlated_samples():
    """Over many series the means scatter by the error that each series states."""
    generator = np.random.default_rng(2)
    found = [analyse(1 + 0.01 * correlated(2000, 20, generator), 0) for _ in range(60)]
    scatter = np.std([density.mean for density in found], ddof=1)
    stated = np.mean([density.stderr for density in found])
    assert stated == pytest.approx(scatter, rel=0.35)
    exact = (1 + np.exp(-1 / 20)) / (1 - np.exp(-1 / 20))
    assert np.mean([2000 / density.n_eff for density in found]) == pytest.approx(exact, rel=0.35)
    assert stated > 3 * 0.01 / np.sqrt(2000)  # what uncorrelated samples would claim


def test_the_approach_to_equilibrium_is_discarded_and_nothing_else():
    generator = np.random.default_rng(3)
    series = np.concatenate([np.linspace(0.7, 1.0, 300), np.ones(1500)])
    series += 0.005 * correlated(1800, 5, generator)
    found = analyse(series, 300)
    assert found.start == 300
    assert found.mean == pytest.approx(series[300:].mean())
    assert found.halves_agree
    assert analyse(series).stderr > 10 * found.stderr  # a drift that is left in is in the error


def test_a_quiet_tail_does_not_lower_the_error_bar():
    """Series of few correlation times, as a short run's: each states the error that they have."""
    generator = np.random.default_rng(8)
    found = [analyse(correlated(1000, 30, generator)) for _ in range(200)]
    scatter = np.std([density.mean for density in found], ddof=1)
    stated = np.sqrt(np.mean([density.stderr**2 for density in found]))
    assert 0.8 * scatter < stated < 1.3 * scatter


def test_halves_that_differ_are_seen():
    """A slow drift under white noise: g stays near 1, so the halves must tell."""
    noise = 0.001 * np.random.default_rng(4).normal(size=1000)
    assert analyse(1 + noise, 0).halves_agree
    assert not analyse(1 + 10 * noise + np.linspace(0, 0.004, 1000), 0).halves_agree


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="too few"):
        analyse(np.ones(5))
    with pytest.raises(ValueError, match="after the discarded part"):
        analyse(np.arange(100.0), 95)


def test_a_slow_tail_behind_a_ringing_volume_is_in_the_error_bar():
    """A volume rings with its barostat and drifts slowly besides: g alone misses the drift."""
    rng = np.random.default_rng(0)
    n, means, errors = 2000, [], []
    for _ in range(60):
        noise = rng.normal(size=(2, n + 500))
        rings = lfilter([1.0], [1.0, -1.9 * np.cos(0.5), 0.9025], noise[0])[500:]
        drifts = lfilter([1.0], [1.0, -0.99], noise[1])[500:]
        found = analyse(rings / rings.std() + 0.5 * drifts / 7.1)
        means.append(found.mean)
        errors.append(found.stderr)
    scatter = np.std(means, ddof=1)
    assert 0.8 * scatter < np.sqrt(np.mean(np.square(errors))) < 1.5 * scatter


def test_uncorrelated_samples_have_nearly_the_plain_error():
    series = np.random.default_rng(1).normal(size=4096)
    plain = series.std(ddof=1) / np.sqrt(len(series))
    assert plain <= correlated_stderr(series) < 1.7 * plain
