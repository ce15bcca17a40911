"""The stage that feels molecules: what is asked for is there afterwards, and nothing else."""

import pandas as pd
import pytest

from pairforest import tables
from pairforest.database import builtin
from pairforest.stages import probes as stage
from pairforest.walls import probe
from tests.liquids import ROOT

SMALL = ["hydrogen_fluoride", "hydrogen_chloride"]


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    """A copy of the tables, with two molecules to feel."""
    (tmp_path / "data/raw").mkdir(parents=True)
    for name in ("params.yaml", "conf", builtin.DIMERS, builtin.POTENTIALS):
        (tmp_path / name).symlink_to(ROOT / name)
    atoms = tables.read(ROOT / builtin.ATOMS, tables.QE_ATOMS)
    atoms = atoms[atoms["molecule"].isin(SMALL)]
    monkeypatch.chdir(tmp_path)
    tables.write(builtin.ATOMS, atoms, tables.QE_ATOMS)
    builtin.write_manifest(builtin.MANIFEST, [builtin.DIMERS, builtin.ATOMS, builtin.POTENTIALS])


def rows_of(name: str) -> pd.DataFrame:
    shipped = tables.read(ROOT / builtin.PROBES, tables.PROBES)
    return shipped[shipped["molecule"] == name]


def test_what_lacks_is_felt_and_what_is_not_asked_for_goes(monkeypatch):
    felt = []

    def rows(task: probe.ProbeTask) -> pd.DataFrame:
        felt.append(task.molecule)
        return rows_of(task.molecule)

    monkeypatch.setattr(probe, "rows", rows)
    monkeypatch.setattr(stage, "stream_tasks", lambda task, todo, _: map(task, todo))
    stale = rows_of("hydrogen_chloride").assign(key="of another basis")
    kept, unasked = rows_of("hydrogen_fluoride"), rows_of("methanol")
    tables.write(builtin.PROBES, pd.concat([stale, kept, unasked]), tables.PROBES)
    stage.main()
    assert felt == [probe.PAIR, "hydrogen_chloride"]
    found = tables.read(builtin.PROBES, tables.PROBES)
    assert set(found["molecule"]) == {probe.PAIR, *SMALL}
    assert "of another basis" not in set(found["key"])
    builtin.verify(builtin.MANIFEST)
    stage.main()
    assert len(felt) == 2  # nothing again


def test_a_kill_loses_the_molecule_at_hand_only(monkeypatch):
    def rows(task: probe.ProbeTask) -> pd.DataFrame:
        if task.molecule == "hydrogen_fluoride":
            raise KeyboardInterrupt
        return rows_of(task.molecule)

    monkeypatch.setattr(probe, "rows", rows)
    monkeypatch.setattr(stage, "stream_tasks", lambda task, todo, _: map(task, todo))
    with pytest.raises(KeyboardInterrupt):
        stage.main()
    found = tables.read(builtin.PROBES, tables.PROBES)
    assert set(found["molecule"]) == {probe.PAIR, "hydrogen_chloride"}
    builtin.verify(builtin.MANIFEST)
