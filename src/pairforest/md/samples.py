"""The samples a run writes, and what they tell while it runs and after."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from pairforest.files import write_text
from pairforest.md.engine import Run
from pairforest.md.settings import MdSettings

COLUMNS = ["time", "density", "temperature"]
FILE = "samples.txt"

_LINE = re.compile(r"\d+(?: [-+.\deE]+| -?(?:nan|inf)){3,} *")


def read(folder: Path, timestep_fs: float) -> pd.DataFrame:
    """Read the whole lines of a run's samples.

    Returns
    -------
    DataFrame
        time (ps), density (g/cm³), temperature (K); empty before the first sample. A density
        that is not finite is kept, for `lost` to see.
    """
    rows = [line.split()[:3] for line in _lines(folder)]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=float)
    table["time"] *= timestep_fs / 1e3
    return table


def lost(series: pd.DataFrame, expected: float, settings: MdSettings) -> tuple[int, Run] | None:
    """Say where and how the liquid was lost, if it was.

    Parameters
    ----------
    series : DataFrame
        As `read` gives it.
    expected : float
        Expected density, g/cm³.
    settings : MdSettings
        The ratios to it that count as collapsed and boiled.

    Returns
    -------
    tuple of int and Run, or None
        The first sample past a limit, and the status with its reason: the same however often the
        run was looked at.
    """
    density = series["density"].to_numpy()
    high, low = settings.collapse_ratio * expected, settings.boil_ratio * expected
    past = ~np.isfinite(density) | (density > high) | (density < low)
    if not past.any():
        return None
    first = int(past.argmax())
    value, when = density[first], f"after {series['time'].iloc[first]:.1f} ps of NPT"
    if not np.isfinite(value):
        return first, Run("unstable", f"the density is {value} {when}")
    if value > high:
        return first, Run("collapsed", f"{value:.3f} g/cm³ {when}, above the limit of {high:.3f}")
    return first, Run("boiled", f"{value:.3f} g/cm³ {when}, below the limit of {low:.3f}")


def steps(folder: Path) -> list[int]:
    """Give the steps of the whole lines of a run's samples, in the file's order."""
    return [int(line.split()[0]) for line in _lines(folder)]


def truncate(folder: Path, end: int) -> None:
    """Drop the samples from step `end` on, and a line cut short."""
    path = folder / FILE
    heading = [line for line in _text(folder).splitlines() if line.startswith("#")]
    kept = [line for line in _lines(folder) if int(line.split()[0]) < end]
    write_text(path, "\n".join([*heading, *kept]) + "\n")


def _text(folder: Path) -> str:
    path = folder / FILE
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _lines(folder: Path) -> list[str]:
    """Give the whole lines up to the first that is not numbers, which a lost page may leave."""
    text = _text(folder)
    whole = text[: text.rfind("\n") + 1].splitlines()
    lines = [line for line in whole if line and not line.startswith("#")]
    spoilt = (i for i, line in enumerate(lines) if not _LINE.fullmatch(line))
    return lines[: next(spoilt, len(lines))]
