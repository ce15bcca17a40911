"""Walls by PySCF: against the supermolecule, and against what is shipped."""

import pandas as pd
import pytest
from ase.units import Hartree

from pairforest.config import load_params
from pairforest.database import builtin
from pairforest.stages import probes as stage
from pairforest.walls import probe
from tests.liquids import ROOT


def planned() -> dict[str, probe.ProbeTask]:
    atoms = pd.read_parquet(ROOT / builtin.ATOMS)
    tests = stage.left_out(ROOT / "conf/liquid")
    settings = load_params(ROOT / "params.yaml").walls
    return {task.molecule: task for task in probe.plan(atoms, tests, settings)}


@pytest.mark.parametrize("name", [probe.PAIR, "hydrogen_fluoride"])
def test_shipped_energies_come_out_again(name):
    shipped = pd.read_parquet(ROOT / builtin.PROBES).query("molecule == @name")
    again = probe.rows(planned()[name]).sort_values(["x", "y", "z"])
    assert set(shipped["key"]) == set(again["key"])
    assert again[["x", "y", "z"]].to_numpy() == pytest.approx(shipped[["x", "y", "z"]].to_numpy())
    assert again["energy"].to_numpy() == pytest.approx(shipped["energy"].to_numpy(), rel=1e-4)


@pytest.mark.parametrize(("name", "least"), [(probe.PAIR, 0.96), ("methane", 0.85)])
def test_the_wall_is_that_of_the_supermolecule_but_for_what_is_polarised(name, least):
    """Hartree-Fock of both at once, counterpoise corrected, is lower by little."""
    from pyscf import gto, scf

    task = planned()[name]
    at = probe.points(task)[:1]
    atoms = [*zip(task.elements, task.positions, strict=True), (probe.PROBE, tuple(at[0]))]
    last = len(task.elements)

    def energy(hidden: tuple[int, ...]) -> float:
        ghosts = [(f"ghost-{x}" if i in hidden else x, r) for i, (x, r) in enumerate(atoms)]
        return float(scf.RHF(gto.M(atom=ghosts, basis=task.settings.basis, verbose=0)).kernel())

    whole = (energy(()) - energy((last,)) - energy(tuple(range(last)))) * Hartree
    assert least < whole / probe.energies(task, at)[0] < 1
