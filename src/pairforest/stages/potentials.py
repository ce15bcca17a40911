"""From the name of a potential to one molecule's force field: published ones and the learned."""

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest.errors import PairForestError
from pairforest.forest import registry
from pairforest.forest.features import TARGETS, features
from pairforest.labels.settings import DimerSettings
from pairforest.md.molecule import assign_charges, build, neutralise
from pairforest.md.settings import LiquidSettings
from pairforest.md.system import System, assemble
from pairforest.potential import Buckingham
from pairforest.stages.register import register_recipe


class Learned(NamedTuple):
    """A learned force field: None where the recipe has no charges, and the forest's constants.

    Attributes
    ----------
    system : System or None
        One molecule's force field.
    atoms : DataFrame
        One row a distinct atom: element, charge and neutral_charge (e), A (eV), B (Å), C (eV Å⁶).
    """

    system: System | None
    atoms: pd.DataFrame


def load_registered(recipe: Literal["dimer"]) -> tuple[registry.Registered, Any]:
    """Give the version that `register` named, and its model.

    A tracking database that is newer than the pipeline's results does not have it: the same bytes
    are then registered again.

    Raises
    ------
    PairForestError
        If nothing has been registered yet, or the bytes are not those that were.
    """
    path = Path(f"models/{recipe}/registered.json")
    if not path.exists():
        raise PairForestError(f"{path} is missing: 'dvc repro register' makes it")
    named = registry.Registered(**json.loads(path.read_text(encoding="utf-8")))
    try:
        return named, registry.load(named)
    except PairForestError:
        again = register_recipe(recipe)
        if again.sha256 != named.sha256:
            raise
        return again, registry.load(again)


def predict(model: Any, elements: list[str], charges: NDArray[np.float64]) -> pd.DataFrame:
    """Predict A (eV), B (Å), C (eV Å⁶) of atoms from their elements and charges (e)."""
    atoms = pd.DataFrame({"element": elements, "charge": charges})
    return pd.concat(
        [atoms, pd.DataFrame(model.predict(features(atoms).to_numpy()), columns=TARGETS)], axis=1
    )


def learned(model: Any, liquid: LiquidSettings, label: DimerSettings, seed: int) -> Learned:
    """Give a liquid's force field by the forest, its charges by the recipe's source.

    Parameters
    ----------
    model : fitted forest
        As `load_registered` gives it.
    liquid : LiquidSettings
        With the charges of the recipe's source, or none.
    label : DimerSettings
        The recipe: its charges and mixing rule.
    seed : int
        Of the conformer.
    """
    molecule = build(liquid.smiles, seed)
    printed = assign_charges(molecule, liquid.charges.get(label.charges, []))
    if printed is None:
        return Learned(None, pd.DataFrame())
    charges = neutralise(printed)
    table = predict(model, molecule.elements, printed)
    constants = Buckingham(*(table[target].to_numpy() for target in TARGETS))
    rows = table.assign(neutral_charge=charges).iloc[molecule.first_of_class]
    return Learned(assemble(molecule, charges, constants, label.mixing_rule), rows)
