"""How averages of a run answer to a force field's parameters, from the run's own fluctuations."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import constants

Array = NDArray[np.float64]

BOLTZMANN = constants.k / constants.e
"""eV/K."""


KJ_PER_MOL = constants.e * constants.N_A / 1e3
"""One eV in kJ/mol."""


class Response(NamedTuple):
    """A liquid's density and heat of vaporisation, and their derivatives.

    Attributes
    ----------
    density, density_stderr : float
        g/cm³.
    heat, heat_stderr : float
        Of vaporisation, kJ/mol.
    density_slopes, heat_slopes : array of shape (p,)
        By each parameter: g/cm³ and kJ/mol per unit of it.
    """

    density: float
    density_stderr: float
    heat: float
    heat_stderr: float
    density_slopes: Array
    heat_slopes: Array


def slopes(values: Array, own: Array, gradients: Array, temperature: float) -> Array:
    """Give the derivatives of a mean by the parameters of the force field.

    d⟨X⟩/dλ = ⟨∂X/∂λ⟩ − (⟨X ∂U/∂λ⟩ − ⟨X⟩⟨∂U/∂λ⟩)/kT, at constant temperature and pressure or volume.

    Parameters
    ----------
    values : array of shape (n,)
        X of each frame.
    own : array of shape (n, p)
        ∂X/∂λ of each frame: zero for a density, ∂U/∂λ for an energy.
    gradients : array of shape (n, p)
        ∂U/∂λ of each frame, eV per unit of λ.
    temperature : float
        K.

    Returns
    -------
    array of shape (p,)
        In units of X per unit of λ.
    """
    centred = values - values.mean()
    covariance = centred @ (gradients - gradients.mean(axis=0)) / len(values)
    return np.asarray(own.mean(axis=0) - covariance / (BOLTZMANN * temperature))


def heat_of_vaporisation(
    vacuum: float, liquid: float, polarising: float, temperature: float
) -> float:
    """Give a heat of vaporisation (kJ/mol): ⟨U⟩ in vacuum less ⟨U⟩ in the liquid, and kT.

    Kinetic energies cancel, the vapour is ideal and the liquid's volume is neglected beside it. In
    both the molecule has the charges of the liquid; to get them costs it energy (Berendsen, Grigera
    and Straatsma 1987).

    Parameters
    ----------
    vacuum, liquid : float
        Mean potential energy of a molecule, eV.
    polarising : float
        What the liquid's charges cost a molecule, eV.
    temperature : float
        K.
    """
    return float((vacuum - liquid - polarising + BOLTZMANN * temperature) * KJ_PER_MOL)
