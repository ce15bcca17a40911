"""Put our own pair energies beside those of Lal et al. 2023, and either Coulomb energy out of both.

Usage: python benchmarks/published_curves.py
Needs the published database: a source of conf/database/lal2023.yaml, or PAIRFOREST_LAL2023.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.interpolate import PchipInterpolator

from pairforest import tables
from pairforest.database import builtin, lal2023, sources
from pairforest.database.settings import DatabaseSettings
from pairforest.labels.curves import cut
from result import write

PAIRS = [("C", 0.0), ("C", -1.0), ("C", 1.0)]


def curve(dimers: pd.DataFrame, element: str, charge: float, coulomb: Any) -> PchipInterpolator:
    """Give energy (eV) as a function of distance (Å), through the points."""
    chosen = dimers[(dimers["element"] == element) & np.isclose(dimers["charge"], charge)]
    (found,) = cut(chosen, coulomb)
    return PchipInterpolator(found.distance, found.energy)


def main() -> None:
    settings = DatabaseSettings.model_validate(
        yaml.safe_load(Path("conf/database/lal2023.yaml").read_text(encoding="utf-8"))
    )
    workbooks = sources.read_workbooks(
        settings.sources, settings.manifest, downloads=Path("scratch/downloads")
    )
    published = lal2023.assemble(workbooks).dimers
    own = builtin.assemble(tables.read(builtin.DIMERS, tables.QE_DIMERS)).dimers
    measured = {}
    gaps = []
    for element, charge in PAIRS:
        rows = own[(own["element"] == element) & np.isclose(own["charge"], charge)]
        distance = np.sort(rows["distance"].to_numpy())
        last = distance[-1]
        curves = {
            "ours": curve(own, element, charge, "half_charge"),
            "published, half charge": curve(published, element, charge, "half_charge"),
            "published, as published": curve(published, element, charge, "as_published"),
        }
        found = {name: energy(distance) - energy(last) for name, energy in curves.items()}
        measured[f"{element}-{element} {charge:+g}"] = {
            "distance": distance.tolist(),
            **{name: np.round(energy, 3).tolist() for name, energy in found.items()},
        }
        if charge:
            gap = found["published, as published"] - found["published, half charge"]
            gaps.append(gap[np.argmin(found["ours"])])
    write(
        "published_curves",
        compared="energies of pairs (eV, to the largest distance shown, Å): ours and the published "
        "ones, their Coulomb energy taken out with 14.3996 (q/2)²/r or, as published, with "
        "8.99 q²/r; the ratio is that of the two Coulomb energies",
        ratio=8.99 * 4 / 14.3996,
        sizes={"pairs": len(PAIRS)},
        measured={**measured, "gap at the minimum of charged pairs (eV)": gaps},
    )


if __name__ == "__main__":
    main()
