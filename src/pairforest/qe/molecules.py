"""Atoms in molecules: geometry, SCF, partition of the density, and their rows."""

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from ase.units import Bohr, Hartree

from pairforest import tables
from pairforest.compute import stream_tasks
from pairforest.errors import PairForestError
from pairforest.qe import cube, electrostatics, engine, geometry, mbis, scf
from pairforest.qe.geometry import Geometry
from pairforest.qe.pseudo import Pseudo, cutoffs, find
from pairforest.qe.pw import System
from pairforest.qe.settings import QeSettings

_METHOD = "2"  # raise it when a change of this, mbis.py or electrostatics.py changes the numbers
_FREE = "free "
_COLUMNS = ["name", "smiles", "class", "note"]
_MOST_LOST = 1e-3  # e, of the sum of charges


class Computed(NamedTuple):
    """Atoms in molecules, of `tables.QE_ATOMS`, and potentials, of `tables.QE_POTENTIALS`."""

    atoms: pd.DataFrame
    potentials: pd.DataFrame


class MoleculeTask(NamedTuple):
    """One molecule or free atom: what it is, how it is computed, the key its rows carry.

    `settings` are those of molecules, from `for_molecules`.
    """

    name: str
    smiles: str
    symbols: tuple[str, ...]
    pseudos: dict[str, Pseudo]
    settings: QeSettings
    key: str

    @property
    def is_free_atom(self) -> bool:
        """Whether it is a free atom."""
        return self.name.startswith(_FREE)

    @property
    def n_valence(self) -> np.ndarray:
        """Valence electrons of each neutral atom."""
        return np.array([self.pseudos[symbol].n_valence for symbol in self.symbols])


def read_list(path: Path) -> pd.DataFrame:
    """Read the list of molecules: name, smiles, class, note.

    Raises
    ------
    PairForestError
        If it is missing, has other columns, names a molecule twice, or repeats a SMILES.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise PairForestError(f"{path} is missing: 'git restore {path}' brings it back") from None
    if list(table.columns) != _COLUMNS:
        raise PairForestError(f"{path}: expected the columns {', '.join(_COLUMNS)}")
    for column in ("name", "smiles"):
        if twice := sorted(set(table[column][table[column].duplicated()])):
            raise PairForestError(f"{path}: {column} {', '.join(twice)} stands there twice")
    return table


def for_molecules(settings: QeSettings) -> QeSettings:
    """Give the settings with the families, cutoffs and threshold that serve molecules."""
    chosen = settings.molecules
    changed = settings.model_copy(deep=True)
    changed.family = dict(chosen.family)
    changed.gth.ecutwfc = dict(chosen.gth)
    for data_set in changed.paw.elements.values():
        data_set.ecutwfc, data_set.ecutrho = chosen.ecutwfc, chosen.ecutrho
    changed.scf.conv_thr = chosen.conv_thr
    return changed


def plan(settings: QeSettings, names: Sequence[str] | None = None) -> list[MoleculeTask]:
    """Give every molecule of the list and the free atoms of its elements, the smallest first.

    Parameters
    ----------
    settings : QeSettings
        All about them.
    names : sequence of str, optional
        These alone; ``free C`` is the carbon atom.

    Raises
    ------
    PairForestError
        If the list is wrong, a name is not in it, a SMILES cannot be read, or pw.x or a
        pseudopotential is missing.
    """
    listed = read_list(settings.molecules.file)
    wanted = dict(zip(listed["name"], listed["smiles"], strict=True))
    elements = sorted(set().union(*map(geometry.symbols_of, wanted.values())))
    wanted |= {f"{_FREE}{element}": f"[{element}]" for element in elements}
    if unknown := [name for name in names or [] if name not in wanted]:
        raise PairForestError(
            f"{', '.join(unknown)}: not in {settings.molecules.file}; add a row there"
        )
    adapted = for_molecules(settings)
    tasks = [_task(name, wanted[name], adapted) for name in names or wanted]
    return sorted(tasks, key=lambda task: (task.n_valence.sum(), task.name))


def _task(name: str, smiles: str, settings: QeSettings) -> MoleculeTask:
    symbols = geometry.symbols_of(smiles)
    pseudos = {element: find(element, settings) for element in dict.fromkeys(symbols)}
    chosen = settings.molecules
    content = [
        _METHOD,
        engine.pw_version(),
        smiles,
        cutoffs(list(pseudos.values())),
        [pseudo.sha256 for pseudo in pseudos.values()],
        [settings.scf.smearing, settings.scf.smearing_kind, settings.scf.conv_thr],
        [chosen.vacuum, chosen.atom_cell, chosen.spacing],
        [chosen.seed, chosen.n_conformers, chosen.fmax],
    ]
    key = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]
    return MoleculeTask(name, smiles, symbols, pseudos, settings, key)


def system(task: MoleculeTask) -> tuple[Geometry, System]:
    """Give the geometry of a molecule and the cell it is computed in.

    A free atom is not polarised, and smearing fills its degenerate orbitals alike, so that its
    density is spherical, as the reference of Tkatchenko and Scheffler 2009 is.

    Raises
    ------
    PairForestError
        If no geometry is found.
    """
    chosen = task.settings.molecules
    if task.is_free_atom:
        found = Geometry(task.symbols, np.zeros((1, 3)), (0,), 0.0)
        cell = np.full(3, chosen.atom_cell)
    else:
        found = geometry.optimise(task.smiles, chosen.seed, chosen.n_conformers, chosen.fmax)
        cell = np.round(np.ptp(found.positions, axis=0) + chosen.vacuum, 1)
    return found, System(found.symbols, found.positions + cell / 2, cell)


def rows(task: MoleculeTask) -> Computed:
    """Compute one molecule and give its rows; a failure is a status, and no potential.

    Raises
    ------
    PairForestError
        If pw.x, pp.x or tblite is not installed.
    """
    table, nothing = _blank(task), tables.empty(tables.QE_POTENTIALS)
    try:
        found, placed = system(task)
    except PairForestError as error:
        return Computed(table.assign(status=f"suspect: {error}"), nothing)
    table["equivalence"] = np.array(found.classes, dtype=np.int64)
    table[["x", "y", "z"]] = placed.positions
    table[["cell_x", "cell_y", "cell_z"]] = placed.cell
    done = scf.run(scf.prepare(placed, task.settings, density=True))
    table = table.assign(
        energy=done.energy, iterations=done.iterations, wall_s=done.wall_s, status=done.status
    )
    if done.density is None:
        return Computed(table, nothing)
    try:
        grid = density_of(task, done.density)
        atoms = share(task, grid)
        potentials = nothing if task.is_free_atom else _potentials(task, grid)
    except PairForestError as error:
        return Computed(table.assign(status=f"suspect: {error}"), nothing)
    table = table.assign(
        charge=task.n_valence - atoms.population,
        volume=atoms.volume,
        population=atoms.population,
        sigma=atoms.sigma,
    )
    total = table["charge"].sum()
    if abs(total) > _MOST_LOST:
        table = table.assign(status=f"suspect: the charges sum to {total:.4f} e")
        return Computed(table, nothing)
    return Computed(table, potentials)


def density_of(task: MoleculeTask, path: Path) -> cube.Cube:
    """Read the task's density from a cube file, on the grid it is used on.

    Raises
    ------
    PairForestError
        If the file cannot be read.
    """
    return cube.coarsen(cube.read(path), task.settings.molecules.spacing)


def share(task: MoleculeTask, density: cube.Cube) -> mbis.Atoms:
    """Partition a density among the task's atoms.

    Raises
    ------
    PairForestError
        If the partition does not converge.
    """
    if task.is_free_atom:
        return mbis.partition(density, task.n_valence, radius=np.inf)
    return mbis.partition(density, task.n_valence)


def _potentials(task: MoleculeTask, density: cube.Cube) -> pd.DataFrame:
    """Give the potential of a density around the molecule."""
    points = electrostatics.surface(task.symbols, density.positions)
    made = electrostatics.potential(density, task.n_valence, points) * Hartree
    table = pd.DataFrame(points * Bohr, columns=["x", "y", "z"])
    return table.assign(molecule=task.name, potential=made, key=task.key)


def _blank(task: MoleculeTask) -> pd.DataFrame:
    """Give the task's rows before anything is computed."""
    ecutwfc, ecutrho = cutoffs(list(task.pseudos.values()))
    n_atoms = len(task.symbols)
    versions = f"pw.x {engine.pw_version()}, PBE"
    how = "spherical, unpolarised" if task.is_free_atom else f"ESP, GFN2-xTB {_tblite()}"
    numbers = ["charge", "volume", "population", "sigma"]
    return pd.DataFrame(
        {
            "molecule": task.name,
            "smiles": task.smiles,
            "atom_index": np.arange(n_atoms),
            "element": task.symbols,
            "equivalence": np.arange(n_atoms),
            **dict.fromkeys(["x", "y", "z", "cell_x", "cell_y", "cell_z"], np.nan),
            **dict.fromkeys([*numbers, "energy"], np.nan),
            "iterations": 0,
            "wall_s": 0.0,
            "status": "suspect: not computed",
            "family": [task.pseudos[symbol].family for symbol in task.symbols],
            "ecutwfc": float(ecutwfc),
            "ecutrho": float(ecutrho),
            "key": task.key,
            "source": [
                f"{versions}, {task.pseudos[symbol].source}, MBIS, {how}" for symbol in task.symbols
            ],
        }
    )


def _tblite() -> str:
    try:
        return metadata.version("tblite")
    except metadata.PackageNotFoundError:
        raise PairForestError(
            "tblite (GFN2-xTB) is missing; run 'pip install tblite==0.8.0'"
        ) from None


def missing(tasks: Sequence[MoleculeTask], table: Computed) -> list[MoleculeTask]:
    """Give the tasks that have no rows, did not converge, or have no potential."""
    converged = table.atoms[table.atoms["status"] == "converged"]
    has_rows, has_potential = (
        set(zip(of["molecule"], of["key"], strict=True)) for of in (converged, table.potentials)
    )
    return [
        task
        for task in tasks
        if (task.name, task.key) not in has_rows
        or not (task.is_free_atom or (task.name, task.key) in has_potential)
    ]


def compute(
    tasks: Sequence[MoleculeTask],
    table: Computed,
    workers: int,
    save: Callable[[Computed], None],
) -> Computed:
    """Compute the molecules that are missing, saving the tables after each and at the end.

    Parameters
    ----------
    tasks : sequence of MoleculeTask
        The molecules wanted.
    table : Computed
        What is at hand; rows of the same molecules made otherwise are replaced.
    workers : int
        Molecules at once.
    save : callable
        Takes the whole tables, sorted by molecule.

    Returns
    -------
    Computed
        The whole tables.

    Raises
    ------
    PairForestError
        If pw.x, pp.x or tblite is not installed.
    """
    for new in stream_tasks(rows, missing(tasks, table), workers):
        name = new.atoms["molecule"].iloc[0]
        table = Computed(*(_replaced(name, *pair) for pair in zip(table, new, strict=True)))
        save(table)
    save(table)
    return table


def _replaced(molecule: str, table: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Put a molecule's new rows in the place of those it had."""
    parts = [part for part in (table[table["molecule"] != molecule], new) if len(part)]
    whole = pd.concat(parts) if parts else new
    return whole.sort_values("molecule", kind="stable", ignore_index=True)


def spread(table: pd.DataFrame) -> pd.DataFrame:
    """Give how far atoms that the bonds make alike differ, by molecule.

    A conformer's atoms differ (gauche and trans), and so do the partners of a complex.

    Returns
    -------
    DataFrame
        Indexed by molecule: ``charge`` (e) and ``volume`` (percent), the largest difference
        within a class.
    """
    classes = table.groupby(["molecule", "equivalence"])[["charge", "volume"]]
    least, most = classes.min(), classes.max()
    difference = most - least
    difference["volume"] *= 100 / least["volume"]
    return difference.groupby("molecule").max()
