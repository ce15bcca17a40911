import shutil
from pathlib import Path

import pytest

from pairforest.config import load_params
from pairforest.qe.settings import QeSettings
from tests.liquids import ROOT


@pytest.fixture
def settings(tmp_path) -> QeSettings:
    """The shipped settings, with scratch folders of the test's own."""
    return load_params(ROOT / "params.yaml").qe.model_copy(
        update={"scratch": tmp_path / "scratch"}, deep=True
    )


@pytest.fixture
def data_sets(settings) -> None:
    """What quantum-espresso-data and cp2k-data install."""
    for path in (settings.gth.table, settings.paw.folder):
        if not Path(path).exists():
            pytest.skip(f"{path} is missing: 'make qe-setup' installs it")


@pytest.fixture
def pw_x(data_sets) -> None:
    """Quantum ESPRESSO itself."""
    for program in ("pw.x", "pp.x"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: 'make qe-setup' installs it")
