"""The rooms of `src/pairforest` do not import one another; `stages/` joins them."""

import ast
from pathlib import Path

import pytest

import pairforest

SOURCE = Path(pairforest.__file__).parent
ROOMS = ("qe", "walls", "database", "labels", "forest", "md", "calibration", "report")


def imported(path: Path) -> set[str]:
    """Second names of what a file imports from `pairforest`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("pairforest.")}
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_no_other(room):
    files = list((SOURCE / room).rglob("*.py"))
    assert files
    others = {*ROOMS, "stages"} - {room}
    assert {path.name: imported(path) & others for path in files if imported(path) & others} == {}
