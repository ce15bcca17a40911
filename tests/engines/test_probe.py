"""A calibration's answer from one liquid, against the same sums done by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy import constants

from pairforest.calibration.response import BOLTZMANN
from pairforest.md import gas, reweight
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate_all
from pairforest.stages.responses import Probe, probe
from tests.liquids import liquid, profile

GAS_PS = 10.0
N_MOLECULES = 10
EV = constants.e * constants.N_A / 1e3  # kJ/mol
COSTS = np.array([0.0300, 0.0309, 0.0292])  # of the charges, of larger and of smaller ones, eV


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Three picoseconds of ten octane molecules in OPLS-AA, charges as the parameter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("probe"))
        settings = profile("smoke").model_copy(
            update={
                "n_atoms": 260, "cutoff": 6.0, "nvt_ps": 0.1, "block_ps": 3.0, "min_ps": 3.0,
                "max_ps": 3.0, "discard_ps": 1.0, "sample_every": 10, "dump_every": 20,
                "timestep_correction": True,
            }
        )  # fmt: skip
        alone = settings.model_copy(update={"timestep_fs": 0.5, "hydrogen_mass": None})
        of = liquid("octane")
        system = FORCE_FIELDS["opls"](of, 1)
        around = [system._replace(charges=system.charges * np.exp(x)) for x in (0.01, -0.01)]
        task = Task("octane", system, of, settings, 1)
        outcome = simulate_all([task], 1)[0]
        found = probe(Probe(task, outcome, [system, *around], COSTS, alone, GAS_PS))
        uncharged = system._replace(charges=0 * system.charges)
        both = [system, uncharged]
        steps, energies = reweight.energies(Path(outcome.folders[0]), both, settings)
        vacuum = gas.run(system, alone, of.temperature, GAS_PS)
        _, in_vacuum = reweight.energies(vacuum, both, alone, vacuum=True)
        yield found, outcome, steps * settings.timestep_fs / 1e3, energies, in_vacuum


def test_a_heat_is_of_a_molecule_without_what_the_time_step_adds(measured):
    found, outcome, times, energies, in_vacuum = measured
    used = energies[times >= 1.0, 0]
    hidden = 1.0 - outcome.set_pressures[0]  # bar
    assert hidden > 20.0
    volume = 114.232 / (0.602214 * outcome.density)  # Å³
    excess = 1.5 * hidden * volume / (160.21766 * 1e4)
    liquid_energy = used.mean() / N_MOLECULES - excess
    expected = in_vacuum[:, 0].mean() - liquid_energy - COSTS[0] + BOLTZMANN * 298.15
    assert found.heat == pytest.approx(expected * EV, rel=1e-5)


def test_slopes_by_the_charges_are_twice_the_coulomb_energy_in_the_fluctuations(measured):
    """U = U₀ + f² U_C, so ∂U/∂ln f = 2 U_C at f = 1."""
    found, outcome, times, energies, in_vacuum = measured
    series = outcome.series.set_index(outcome.series["time"].round(6))["density"]
    keep = times >= 1.0
    density = series.loc[times[keep].round(6)].to_numpy()
    gradient = 2 * (energies[keep, 0] - energies[keep, 1])
    beta = 1 / (BOLTZMANN * 298.15)
    slope = -beta * np.cov(density, gradient, bias=True)[0, 1]
    assert found.density_slopes[0] == pytest.approx(slope, rel=0.02)

    own = 2 * (in_vacuum[:, 0] - in_vacuum[:, 1])
    of_gas = own.mean() - beta * np.cov(in_vacuum[:, 0], own, bias=True)[0, 1]
    liquid_energy = energies[keep, 0] / N_MOLECULES
    of_liquid = gradient.mean() / N_MOLECULES
    of_liquid -= beta * np.cov(liquid_energy, gradient, bias=True)[0, 1]
    cost = (COSTS[1] - COSTS[2]) / 0.02
    assert found.heat_slopes[0] == pytest.approx((of_gas - of_liquid - cost) * EV, rel=0.02)
