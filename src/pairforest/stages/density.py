"""One liquid in one potential: what `pairforest density` runs."""

from pairforest.config import load_liquid, load_params, load_profile
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate_all
from pairforest.md.script import deviations
from pairforest.md.summary import describe, summarise
from pairforest.stages.potentials import learned, load_registered


def density(name: str, potential: str, profile: str, ranks: int | None = None) -> str:
    """Simulate a liquid and say its density beside experiment.

    Parameters
    ----------
    name : str
        Of the liquid, a file in conf/liquid.
    potential : str
        ``learned`` (the model that `register` named, of the first recipe), or a published force
        field: ``spce``, ``tip4p_2005``, ``opls``, ``w99``.
    profile : str
        Of the protocol, a file in conf/md.
    ranks : int, optional
        MPI ranks; ``compute.mpi_ranks`` if not given.

    Raises
    ------
    PairForestError
        If the liquid, the profile or the model does not exist, or the published force field does
        not cover the liquid.
    """
    params = load_params()
    liquid, md = load_liquid(name), load_profile(profile)
    if potential == "learned":
        recipe = params.recipe
        model = load_registered(recipe)[1]
        system = learned(model, liquid, params.labels.of(recipe), md.seed).system
    else:
        system = FORCE_FIELDS[potential](liquid, md.seed)
    for text in deviations(system, md) if system else []:
        print(f"deviation: {text}")
    ranks = ranks or params.compute.mpi_ranks
    task = Task(name, system, liquid, md, ranks)
    outcomes = simulate_all([task], params.compute.runs_at_once(ranks))
    gate = params.validation.max_density_error_percent
    row = summarise(outcomes, {name: liquid}, md, gate)["liquids"][name]
    known = row["experiment"]
    beside = "" if known is None else f"; experiment {known} at {row['temperature']} K"
    return f"{name}, {potential}, {profile}: {describe(row)}{beside}"
