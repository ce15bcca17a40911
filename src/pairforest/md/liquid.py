"""One liquid, from SMILES and constants to a density: the whole run, with a named outcome."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest.errors import PairForestError
from pairforest.files import write_json, write_text
from pairforest.md import data_file, density, engine, samples, script
from pairforest.md.engine import Run
from pairforest.md.molecule import Molecule, build
from pairforest.md.packing import pack
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.md.system import System, assemble
from pairforest.potential import Buckingham, barrier

Array = NDArray[np.float64]

SCRATCH = Path("scratch/md")
TYPICAL_DENSITY = 0.9
"""g/cm³, to pack a liquid whose density nobody has given."""


class Task(NamedTuple):
    """What to simulate: pickled to a worker.

    Attributes
    ----------
    name : str
        The liquid's name.
    liquid : LiquidSettings
        SMILES and state point.
    charges : array of shape (n_atoms,) or None
        e, neutral; None if the liquid has none by the recipe's source.
    constants : Buckingham or None
        Like-pair constants of each atom, each of shape (n_atoms,).
    mixing_rule : str
        One of `potential.MIXING_RULES`.
    settings : MdSettings
        Protocol.
    ranks : int
        MPI ranks.
    """

    name: str
    liquid: LiquidSettings
    charges: Array | None
    constants: Buckingham | None
    mixing_rule: str
    settings: MdSettings
    ranks: int


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
        time (ps), density (g/cm³), temperature (K), used (after equilibration).
    """

    name: str
    status: str
    reason: str
    density: float | None
    stderr: float | None
    n_eff: float | None
    last_density: float | None
    series: pd.DataFrame


def molecule_of(liquid: LiquidSettings, settings: MdSettings) -> Molecule:
    """Build the liquid's molecule with the protocol's seed."""
    return build(liquid.smiles, settings.seed)


def temperature_of(liquid: LiquidSettings, settings: MdSettings) -> float:
    """Give the temperature of the run (K): the protocol's if it has one, else the liquid's."""
    return liquid.temperature if settings.temperature is None else settings.temperature


def simulate(task: Task) -> Outcome:
    """Run one liquid; every failure is an outcome, never an exception.

    The run lives in ``scratch/md/<key>``, the key a hash of everything that shapes it, so that a
    liquid already done is not done again.
    """
    if task.charges is None or task.constants is None:
        return _lost(task, "missing_charges", "an atom has no charge by this recipe's source")
    try:
        engine.find_lmp()
    except PairForestError as error:
        return _lost(task, "missing_engine", str(error))
    try:
        molecule = molecule_of(task.liquid, task.settings)
        system = assemble(molecule, task.charges, task.constants, task.mixing_rule)
        if low := _low_barrier(system, task.settings):
            return _lost(task, "barrier_too_low", low)
        folder = _prepare(task, system)
    except PairForestError as error:
        return _lost(task, "crashed", str(error))
    if not _is_done(folder):
        _run(task, folder)
    return _read(task, folder)


def _lost(task: Task, status: str, reason: str) -> Outcome:
    empty = pd.DataFrame({name: pd.Series(dtype=float) for name in samples.COLUMNS})
    return Outcome(
        task.name, status, reason, None, None, None, None, empty.assign(used=pd.Series(dtype=bool))
    )


def _low_barrier(system: System, settings: MdSettings) -> str:
    """Say which pair's wall is too low to keep its atoms apart, if any."""
    first = system.molecule.first_of_class
    charges, elements = system.charges[first], system.molecule.elements
    for i in range(len(first)):
        for j in range(i, len(first)):
            pair = Buckingham(*(values[i, j] for values in system.pairs))
            height = barrier(pair, charges[i] * charges[j])
            if height < settings.min_barrier_ev:
                return (
                    f"{elements[first[i]]}-{elements[first[j]]}: the wall is {height:.2f} eV high, "
                    f"md.min_barrier_ev asks {settings.min_barrier_ev}"
                )
    return ""


def _expected(task: Task) -> float:
    temperature = temperature_of(task.liquid, task.settings)
    known = [measured.value for measured in task.liquid.densities]
    return task.liquid.density_at(temperature) or (known[0] if known else TYPICAL_DENSITY)


def _prepare(task: Task, system: System) -> Path:
    """Write the inputs of the run into the folder of their hash; give the folder.

    The inputs as LAMMPS reads them are the key, so whatever changes them makes another run.
    """
    settings = task.settings
    n_molecules = max(1, round(settings.n_atoms / len(system.molecule.elements)))
    density_packed = _expected(task) * settings.pack_density_ratio
    box = pack(system.molecule, n_molecules, density_packed, settings.seed)
    temperature = temperature_of(task.liquid, settings)
    files = {
        "in.lmp": script.render(system, settings, temperature, task.liquid.pressure),
        "system.data": data_file.render(system, box),
    }
    stops = [settings.collapse_ratio, settings.boil_ratio, settings.timeout_s, settings.stall_s]
    key = json.dumps([files, engine.lmp_version(), task.ranks, stops])
    folder = SCRATCH / hashlib.sha256(key.encode()).hexdigest()[:24]
    if not _is_done(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in files.items():
            write_text(folder / name, text)
    return folder


def _is_done(folder: Path) -> bool:
    """Say whether the folder holds an ending that another run would come to as well."""
    result = folder / "result.json"
    return result.exists() and _ending(result).status not in ("timed_out", "crashed")


def _ending(result: Path) -> Run:
    return Run(**json.loads(result.read_text(encoding="utf-8")))


def _run(task: Task, folder: Path) -> None:
    expected = _expected(task)

    def watch(folder: Path) -> Run | None:
        found = samples.lost(
            samples.read(folder, task.settings.timestep_fs), expected, task.settings
        )
        return found[1] if found else None

    settings = task.settings
    ended = engine.run(folder, task.ranks, settings.timeout_s, settings.stall_s, watch)
    write_json(folder / "result.json", ended._asdict())


def _read(task: Task, folder: Path) -> Outcome:
    """Turn a finished run into its outcome."""
    settings = task.settings
    status, reason = _ending(folder / "result.json")
    series = samples.read(folder, settings.timestep_fs).assign(used=False)
    if found := samples.lost(series, _expected(task), settings):
        first, (status, reason) = found  # whatever LAMMPS made of it afterwards
        series = series.iloc[: first + 1]
    series = series[np.isfinite(series["density"])]
    last = float(series["density"].iloc[-1]) if len(series) else None
    if status != "ok":
        return Outcome(task.name, status, reason, None, None, None, last, series)
    start = None
    if settings.discard_ps is not None:
        start = int((series["time"] < settings.discard_ps).sum())
    try:
        result = density.analyse(series["density"].to_numpy(), start)
    except ValueError as error:
        return Outcome(task.name, "not_converged", str(error), None, None, None, last, series)
    series["used"] = series.index >= result.start
    short = _shortcomings(result, settings)
    return Outcome(
        task.name,
        "not_converged" if short else "ok",
        "; ".join(short),
        result.mean,
        result.stderr,
        result.n_eff,
        last,
        series,
    )


def _shortcomings(found: density.Density, settings: MdSettings) -> list[str]:
    """Say what keeps a density from being converged."""
    target = settings.target_stderr_percent / 100 * found.mean
    result = []
    if found.stderr > target:
        result.append(f"stderr {found.stderr:.4f} above {target:.4f} g/cm³")
    if found.n_eff < settings.min_n_eff:
        result.append(f"N_eff {found.n_eff:.0f} below {settings.min_n_eff:g}")
    if not found.halves_agree:
        result.append("the halves differ by more than two standard errors")
    return result
