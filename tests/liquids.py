"""Profiles, liquids and a known force field for tests of molecular dynamics."""

from pathlib import Path

import numpy as np
import yaml

from pairforest.md.molecule import Molecule
from pairforest.md.settings import LiquidSettings, MdSettings
from pairforest.potential import KCAL_PER_MOL, Buckingham

ROOT = Path(__file__).parents[1]

# Williams 1999, W99: A (kcal/mol), B (Å), C (kcal/mol Å⁶).
W99 = {"C": (31446.0, 0.2778, 233.8), "H": (3031.0, 0.2809, 66.5), "O": (68026.0, 0.2525, 307.3)}


def profile(name: str, **changes: object) -> MdSettings:
    content = yaml.safe_load((ROOT / f"conf/md/{name}.yaml").read_text(encoding="utf-8"))
    return MdSettings.model_validate({**content, **changes})


def liquid(name: str) -> LiquidSettings:
    content = yaml.safe_load((ROOT / f"conf/liquid/{name}.yaml").read_text(encoding="utf-8"))
    return LiquidSettings.model_validate(content)


def w99(molecule: Molecule) -> Buckingham:
    A, B, C = np.array([W99[element] for element in molecule.elements]).T
    return Buckingham(A / KCAL_PER_MOL, B, C / KCAL_PER_MOL)
