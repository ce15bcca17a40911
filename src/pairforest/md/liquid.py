"""One liquid, from a force field to a density: the whole run, with a named outcome."""

from collections.abc import Sequence
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pairforest.compute import map_tasks
from pairforest.errors import PairForestError
from pairforest.md import data_file, density, engine, replica, samples
from pairforest.md.molecule import Molecule, conformers, repartition
from pairforest.md.packing import pack
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.md.system import System
from pairforest.md.timestep import set_pressure
from pairforest.potential import Buckingham, barrier

TYPICAL_DENSITY = 0.9
"""g/cm³, to pack a liquid whose density nobody has given."""


class Task(NamedTuple):
    """One replica of a liquid to simulate: pickled to a worker.

    Attributes
    ----------
    name : str
        The liquid's name.
    system : System or None
        One molecule's force field; None if the recipe has no charges for it.
    liquid : LiquidSettings
        The state point and the experiment.
    settings : MdSettings
        Protocol.
    ranks : int
        MPI ranks.
    replica : int
        From 0; each packs and starts from seeds of its own.
    at_least_ps : float
        Of NPT, where the profile's `min_ps` turned out to be too short.
    """

    name: str
    system: System | None
    liquid: LiquidSettings
    settings: MdSettings
    ranks: int
    replica: int = 0
    at_least_ps: float = 0.0


class Outcome(NamedTuple):
    """What came of it.

    Attributes
    ----------
    name : str
        The liquid's name.
    status : str
        ``ok``, ``not_converged``, ``collapsed``, ``boiled``, ``unstable``, ``barrier_too_low``,
        ``crashed``, ``timed_out``, ``missing_engine`` or ``missing_charges``.
    reason : str
        Why, in one line; empty if ok.
    density, stderr, n_eff : float or None
        g/cm³; None unless the run came to its end.
    last_density : float or None
        g/cm³, the last sample seen, however the run ended.
    series : DataFrame
        replica, time (ps), density (g/cm³), temperature (K), used (after equilibration).
    seeds : list of int
        Of packing and velocities, one a replica.
    folders : list of str
        Where the runs are.
    set_pressures : tuple of float
        What the barostat was set to (bar), to make up for the time step; one a replica.
    """

    name: str
    status: str
    reason: str
    density: float | None
    stderr: float | None
    n_eff: float | None
    last_density: float | None
    series: pd.DataFrame
    seeds: list[int]
    folders: list[str]
    set_pressures: tuple[float, ...] = ()


def temperature_of(liquid: LiquidSettings, settings: MdSettings) -> float:
    """Give the temperature of the run (K): the protocol's if it has one, else the liquid's."""
    return liquid.temperature if settings.temperature is None else settings.temperature


def molecules_in_box(molecule: Molecule, settings: MdSettings) -> int:
    """Give how many molecules the protocol's number of atoms makes."""
    return max(1, round(settings.n_atoms / len(molecule.elements)))


def prepare(task: Task, system: System) -> tuple[replica.Plan, str]:
    """Pack the box; give what to run and LAMMPS' data file.

    Raises
    ------
    PairForestError
        If the molecules cannot be packed.
    """
    settings = task.settings
    if settings.hydrogen_mass is not None:
        system = system._replace(molecule=repartition(system.molecule, settings.hydrogen_mass))
    n_molecules = molecules_in_box(system.molecule, settings)
    density_packed = _expected(task) * settings.pack_density_ratio
    temperature = temperature_of(task.liquid, settings)
    shapes = conformers(system.molecule, n_molecules, temperature, _seed(task))
    box = pack(system.molecule, shapes, density_packed, _seed(task))
    plan = replica.Plan(
        system=system,
        settings=settings,
        temperature=temperature,
        pressure=task.liquid.pressure,
        expected=_expected(task),
        seed=_seed(task),
        ranks=task.ranks,
    )
    return plan, data_file.render(system, box)


def simulate(task: Task) -> Outcome:
    """Run one replica; every failure is an outcome, never an exception."""
    if task.system is None:
        reason = "an atom has no charge by this recipe's source: see README.md, 'Add a liquid'"
        return _lost(task, "missing_charges", reason)
    try:
        engine.find_lmp()
    except PairForestError as error:
        return _lost(task, "missing_engine", str(error))
    if low := low_barrier(task.system, task.settings):
        return _lost(task, "barrier_too_low", low)
    try:
        folder = replica.run(*prepare(task, task.system), task.at_least_ps)
    except PairForestError as error:
        return _lost(task, "crashed", str(error))
    except OSError as error:  # a full disk, say
        return _lost(task, "crashed", f"in {replica.SCRATCH}: {error.strerror or error}")
    return _read(task, folder)


def simulate_all(tasks: Sequence[Task], workers: int) -> list[Outcome]:
    """Run every replica of every liquid, `workers` at once; one outcome a liquid, in order.

    Replicas of a liquid that disagree go on together, to twice their length, until they agree or
    have come to `max_ps`.
    """
    found: dict[int, Outcome] = {}
    waiting = dict(enumerate(tasks))
    while waiting:
        replicas = [
            one._replace(replica=i)
            for one in waiting.values()
            for i in range(one.settings.replicas)
        ]
        outcomes = iter(map_tasks(simulate, replicas, workers))
        for place, task in list(waiting.items()):
            group = [next(outcomes) for _ in range(task.settings.replicas)]
            found[place] = combine(group, task.settings.target_stderr_percent)
            if longer := _longer(found[place], task.settings):
                waiting[place] = task._replace(at_least_ps=longer)
            else:
                del waiting[place]
    return [found[place] for place in range(len(tasks))]


def _longer(outcome: Outcome, settings: MdSettings) -> float:
    """Give how far a liquid's replicas should go on (ps), 0 if they need not or may not."""
    if outcome.status != "not_converged" or outcome.density is None:
        return 0.0
    shortest = outcome.series.groupby("replica")["time"].max().min()
    if shortest > settings.max_ps - settings.block_ps:
        return 0.0
    return float(min(2 * shortest, settings.max_ps))


def combine(outcomes: Sequence[Outcome], target_stderr_percent: float) -> Outcome:
    """Put the replicas of one liquid together.

    The mean is that of the replicas' means; its standard error the larger of the replicas' own,
    added in quadrature, and their scatter over √R, which must meet the target as well. One lost
    replica is a lost liquid.
    """
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    together = first._replace(
        series=pd.concat([outcome.series for outcome in outcomes], ignore_index=True),
        seeds=[seed for outcome in outcomes for seed in outcome.seeds],
        folders=[folder for outcome in outcomes for folder in outcome.folders],
        set_pressures=tuple(bar for outcome in outcomes for bar in outcome.set_pressures),
    )
    for outcome in outcomes:
        if outcome.density is None:
            return together._replace(
                status=outcome.status,
                reason=outcome.reason,
                density=None,
                stderr=None,
                n_eff=None,
                last_density=outcome.last_density,
            )
    means = np.array([outcome.density for outcome in outcomes], dtype=float)
    own = np.array([outcome.stderr for outcome in outcomes], dtype=float)
    within = np.sqrt((own**2).sum()) / len(own)
    between = means.std(ddof=1) / np.sqrt(len(means))
    stderr, target = max(within, between), target_stderr_percent / 100 * means.mean()
    reasons = [outcome.reason for outcome in outcomes if outcome.reason]
    if stderr > target:
        reasons.append(f"stderr of the replicas' mean {stderr:.4f} above {target:.4f} g/cm³")
    return together._replace(
        status="not_converged" if reasons else "ok",
        reason="; ".join(dict.fromkeys(reasons)),
        density=float(means.mean()),
        stderr=float(stderr),
        n_eff=float(sum(outcome.n_eff or 0 for outcome in outcomes)),
    )


def _seed(task: Task) -> int:
    return task.settings.seed + task.replica


def _lost(task: Task, status: str, reason: str) -> Outcome:
    empty = pd.DataFrame({name: pd.Series(dtype=float) for name in samples.COLUMNS})
    series = empty.assign(replica=pd.Series(dtype=int), used=pd.Series(dtype=bool))
    return Outcome(task.name, status, reason, None, None, None, None, series, [_seed(task)], [])


def low_barrier(system: System, settings: MdSettings) -> str:
    """Say which pair's wall is too low to keep its atoms apart, or nothing.

    Two atoms meet along a line; one that hangs on a single bond has what holds it behind it.
    Charges are taken to be on their atoms, also water's, which lies behind.
    """
    pairs = system.pairs
    if not isinstance(pairs, Buckingham):
        return ""
    molecule = system.molecule
    first, classes = molecule.first_of_class, molecule.classes
    in_line = {one: _with_what_is_behind(molecule, one) for one in first}
    for one, other in combinations_with_replacement(first, 2):
        met = product(in_line[one], in_line[other])
        atoms, others, behind = zip(*((i, j, a + b) for (i, a), (j, b) in met), strict=True)
        of = classes[list(atoms)], classes[list(others)]
        charges = system.charges[list(atoms)] * system.charges[list(others)]
        height = barrier(Buckingham(*(values[of] for values in pairs)), charges, behind)
        if height < settings.min_barrier_ev:
            return (
                f"{molecule.elements[one]}-{molecule.elements[other]}: the wall is {height:.2f} eV "
                f"high, md.min_barrier_ev asks {settings.min_barrier_ev}"
            )
    return ""


def _with_what_is_behind(molecule: Molecule, atom: int) -> list[tuple[int, float]]:
    """Give an atom, and how far behind it (Å) what holds it is, if it hangs on one bond."""
    neighbours = [one.GetIdx() for one in molecule.rdkit.GetAtomWithIdx(int(atom)).GetNeighbors()]
    if len(neighbours) != 1:
        return [(atom, 0.0)]
    bond = np.linalg.norm(molecule.positions[atom] - molecule.positions[neighbours[0]])
    return [(atom, 0.0), (neighbours[0], float(bond))]


def _expected(task: Task) -> float:
    temperature = temperature_of(task.liquid, task.settings)
    known = [measured.value for measured in task.liquid.densities]
    return task.liquid.density_at(temperature) or (known[0] if known else TYPICAL_DENSITY)


def _read(task: Task, folder: Path) -> Outcome:
    """Turn a finished run into its outcome."""
    settings = task.settings
    status, reason = replica.ending(folder)
    series = samples.read(folder, settings.timestep_fs)
    if found := samples.lost(series, _expected(task), settings):
        first, (status, reason) = found  # whatever LAMMPS made of it afterwards
        series = series.iloc[: first + 1]
    series = series[np.isfinite(series["density"])].assign(replica=task.replica, used=False)
    last = float(series["density"].iloc[-1]) if len(series) else None
    outcome = Outcome(
        task.name, status, reason, None, None, None, last, series, [_seed(task)], [str(folder)]
    )
    if (bar := set_pressure(folder)) is not None:
        outcome = outcome._replace(set_pressures=(bar,))
    if status != "ok":
        return outcome
    try:
        result = replica.analyse(folder, settings)
    except ValueError as error:
        return outcome._replace(status="not_converged", reason=str(error))
    short = density.shortcomings(result, settings, settings.replicas)
    return outcome._replace(
        status="not_converged" if short else "ok",
        reason="; ".join(short),
        density=result.mean,
        stderr=result.stderr,
        n_eff=result.n_eff,
        series=series.assign(used=np.arange(len(series)) >= result.start),
    )
