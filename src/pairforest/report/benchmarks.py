"""`reports/benchmarks.md`: what was measured of speed and scale, as the benchmarks left it."""

from collections.abc import Iterator
from typing import Any


def render(results: dict[str, dict[str, Any]]) -> str:
    """Write the page.

    Parameters
    ----------
    results : dict
        By the name of the benchmark: ``compared``, ``ratio``, ``sizes``, ``measured``,
        ``versions`` and ``machine``.
    """
    parts = [
        "# Benchmarks",
        "Each beside its alternative, in one run. `make bench` runs `labels` and `density`, "
        "`python benchmarks/<name>.py` any.",
    ]
    for name, result in sorted(results.items()):
        versions = ", ".join(f"{what} {which}" for what, which in result["versions"].items())
        parts += [
            f"## {name}: {result['ratio']:g} ×",
            f"{result['compared'][0].upper()}{result['compared'][1:]}.",
            "\n".join(_table(result["measured"])),
            f"{result['machine']['processor']}; Python {result['machine']['python']}, {versions}.",
        ]
    return "\n\n".join(parts) + "\n"


def _table(measured: dict[str, Any]) -> list[str]:
    rows = [
        f"| {' '.join(path).replace('_', ' ')} | {_said(value)} |"
        for path, value in _leaves(measured)
    ]
    return ["| measured | |", "|---|---|", *rows]


def _leaves(
    tree: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, int | float) else str(value or "–")
