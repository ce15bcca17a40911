"""What a finished run of a liquid says: density, heat of vaporisation and their derivatives."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairforest.calibration.response import KJ_PER_MOL, Response, heat_of_vaporisation, slopes
from pairforest.md import gas, reweight, timestep
from pairforest.md.density import correlated_stderr
from pairforest.md.liquid import Outcome, Task, molecules_in_box, temperature_of
from pairforest.md.packing import box_length
from pairforest.md.settings import MdSettings
from pairforest.md.system import System

DIFFERENCE = 0.01
"""Of a parameter's logarithm, on either side, that derivatives are taken with."""


class Probe(NamedTuple):
    """A finished run of a liquid and the force fields its derivatives are taken with.

    `systems` are the run's own, then pairs with one parameter higher and lower, `polarising` what
    the charges of each cost a molecule (eV); `alone` is the protocol of one molecule in vacuum.
    """

    task: Task
    outcome: Outcome
    systems: list[System]
    polarising: NDArray[np.float64]
    alone: MdSettings
    gas_ps: float


class Frames(NamedTuple):
    """A liquid run's frames after equilibration, f of them.

    Attributes
    ----------
    density, energy : arrays of shape (f,)
        g/cm³; of the whole box, eV.
    gradients : array of shape (f, p)
        ∂U/∂ln of each parameter, eV.
    """

    density: NDArray[np.float64]
    energy: NDArray[np.float64]
    gradients: NDArray[np.float64]


def frames(task: Task, outcome: Outcome, systems: list[System]) -> Frames:
    """Give what a run's frames say in the force fields about its own.

    Raises
    ------
    PairForestError
        If LAMMPS fails.
    """
    steps, energies = reweight.energies(Path(outcome.folders[0]), systems, task.settings)
    series = outcome.series[outcome.series["used"]]
    density = dict(
        zip(
            np.round(series["time"] * 1e3 / task.settings.timestep_fs).astype(int),
            series["density"],
            strict=True,
        )
    )
    used = np.array([int(step) in density for step in steps])
    rho = np.array([density[int(step)] for step in steps[used]])
    return Frames(rho, energies[used, 0], _gradients(energies[used]))


def probe(of: Probe) -> Response:
    """Give a liquid's density, heat of vaporisation and their derivatives.

    Raises
    ------
    gas.UnstableError
        If the molecule breaks in vacuum.
    PairForestError
        If LAMMPS fails.
    """
    task, outcome = of.task, of.outcome
    temperature = temperature_of(task.liquid, task.settings)
    rho, energy, gradients = frames(task, outcome, of.systems)
    n_molecules = molecules_in_box(of.systems[0].molecule, task.settings)
    liquid = energy / n_molecules - _excess(of)
    of_liquid = slopes(liquid, gradients / n_molecules, gradients, temperature)

    folder = gas.run(of.systems[0], of.alone, temperature, of.gas_ps)
    _, in_vacuum = reweight.energies(folder, of.systems, of.alone, vacuum=True)
    own = _gradients(in_vacuum)
    of_gas = slopes(in_vacuum[:, 0], own, own, temperature)
    cost = of.polarising[None]
    energies = (in_vacuum[:, 0].mean(), liquid.mean(), cost[0, 0])
    heat = heat_of_vaporisation(*energies, temperature)
    error = np.hypot(correlated_stderr(liquid), correlated_stderr(in_vacuum[:, 0]))
    return Response(
        density=float(outcome.density or np.nan),
        density_stderr=float(outcome.stderr or np.nan),
        heat=float(heat),
        heat_stderr=float(error) * KJ_PER_MOL,
        density_slopes=slopes(rho, np.zeros_like(gradients), gradients, temperature),
        heat_slopes=(of_gas - of_liquid - _gradients(cost)[0]) * KJ_PER_MOL,
    )


def _excess(of: Probe) -> float:
    """Give what the liquid's time step adds to a molecule's energy, eV."""
    outcome, molecule = of.outcome, of.systems[0].molecule
    if not outcome.set_pressures:
        return 0.0
    volume = box_length(molecule, 1, float(outcome.density or np.nan)) ** 3
    return timestep.excess_energy(of.task.liquid.pressure - outcome.set_pressures[0], volume)


def _gradients(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give ∂U/∂ln f of each row of energies: the run's own, higher, lower, higher, lower."""
    return np.asarray((energies[:, 1::2] - energies[:, 2::2]) / (2 * DIFFERENCE))
