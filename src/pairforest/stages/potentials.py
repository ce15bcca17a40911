"""From the name of a potential to one molecule's force field: published ones and the learned."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pairforest import tables
from pairforest.elements import element_of
from pairforest.errors import PairForestError
from pairforest.forest import registry
from pairforest.forest.features import TARGETS, features
from pairforest.kinds import covalent_radii, kinds
from pairforest.labels import aim, constants
from pairforest.labels.constants import AimConstants
from pairforest.labels.settings import AimSettings, DimerSettings, Recipe
from pairforest.md.charges import assign_charges, from_atoms, neutralise
from pairforest.md.molecule import Molecule, build
from pairforest.md.settings import LiquidSettings
from pairforest.md.system import System, assemble
from pairforest.potential import Buckingham
from pairforest.stages.register import register_recipe

ATOMS = Path("data/database/atoms.parquet")


class Charged(NamedTuple):
    """A molecule's charges (e), each of shape (n,): what the forest sees, what LAMMPS takes.

    They are the same but in `dimer`, whose forest sees what does not add up to nothing. In a
    molecule like water that of the centre lies off it by `offset` (Å).
    """

    seen: NDArray[np.float64]
    neutral: NDArray[np.float64]
    offset: float = 0.0


class Learned(NamedTuple):
    """A learned force field: None where the recipe has no charges, and the forest's constants.

    Attributes
    ----------
    system : System or None
        One molecule's force field.
    atoms : DataFrame
        One row a distinct atom: element, covalent radius (pm), charge and neutral_charge (e),
        A (eV), B (Å), C (eV Å⁶).
    """

    system: System | None
    atoms: pd.DataFrame


def load_registered(recipe: Recipe) -> tuple[registry.Registered, Any]:
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


def labelled(recipe: Recipe) -> set[str]:
    """Give the elements the forest of a recipe has learnt from."""
    labels = tables.read(Path(f"data/labels/{recipe}/labels.parquet"), tables.LABELS)
    return set(labels["element"][labels["kept"]])


def predict(model: Any, of_kinds: list[str], charges: NDArray[np.float64]) -> pd.DataFrame:
    """Predict A (eV), B (Å), C (eV Å⁶) of atoms from their kinds and charges (e).

    Gives element, covalent radius (pm), charge, A, B and C.
    """
    atoms = pd.DataFrame({"element": map(element_of, of_kinds), "radius": covalent_radii(of_kinds)})
    atoms["charge"] = charges
    return pd.concat(
        [atoms, pd.DataFrame(model.predict(features(atoms).to_numpy()), columns=TARGETS)], axis=1
    )


def charges_of(
    molecule: Molecule, liquid: LiquidSettings, label: DimerSettings | AimSettings
) -> Charged | None:
    """Give a molecule's charges by the recipe's source, or None if that does not have them.

    Computed ones are in `aim` those of the molecule's liquid, in `dimer` the partition's. In `aim`
    they are neutral, in `dimer` LAMMPS alone has them so: the forest sees them as printed, as in
    the paper.
    """
    if label.charges == "qe":
        found = from_atoms(molecule, tables.read(ATOMS, tables.ATOMS))
        if found is None:
            return None
        if isinstance(label, DimerSettings):
            partitioned = found["charge"].to_numpy()
            return Charged(partitioned, neutralise(partitioned))
        chosen = constants.load(label.constants, label.mixing_rule)
        charges = aim.in_liquid(found, kinds(molecule.rdkit), chosen)
        return Charged(charges, charges, offset_of(found))
    assigned = assign_charges(molecule, liquid.charges.get(label.charges, []))
    if assigned is None:
        return None
    neutral = neutralise(assigned)
    return Charged(assigned if isinstance(label, DimerSettings) else neutral, neutral)


def offset_of(found: pd.DataFrame) -> float:
    """Give how far a molecule's charge lies from its atom, Å, of the offsets of its n atoms."""
    return float(found["offset"].max())


def polarising(
    liquid: LiquidSettings, atoms: pd.DataFrame, chosen: AimConstants, seed: int
) -> float:
    """Give what it costs a molecule to have the dipole of the liquid, eV.

    Raises
    ------
    PairForestError
        If the molecule is not in the `atoms` table.
    """
    molecule = build(liquid.smiles, seed)
    found = from_atoms(molecule, atoms)
    if found is None:
        raise PairForestError(f"{liquid.smiles} is not in {ATOMS}")
    grown = aim.growth(found, kinds(molecule.rdkit), chosen)
    return float(found["self_energy"].iloc[0]) * (grown - 1) ** 2


def learned(
    model: Any, liquid: LiquidSettings, label: DimerSettings | AimSettings, seed: int
) -> Learned:
    """Give a liquid's force field by the forest, its charges by the recipe's source.

    Parameters
    ----------
    model : fitted forest
        As `load_registered` gives it.
    liquid : LiquidSettings
        With the charges of the recipe's source, or none.
    label : DimerSettings or AimSettings
        The recipe: its charges and mixing rule.
    seed : int
        Of the conformer.
    """
    molecule = build(liquid.smiles, seed)
    charges = charges_of(molecule, liquid, label)
    if charges is None:
        return Learned(None, pd.DataFrame())
    seen, contacts = molecule.elements, None
    if isinstance(label, AimSettings):
        seen = kinds(molecule.rdkit)
        contacts = constants.load(label.constants, label.mixing_rule).of_contacts(seen)
    table = predict(model, seen, charges.seen)
    like = Buckingham(*(table[target].to_numpy() for target in TARGETS))
    rows = table.assign(neutral_charge=charges.neutral).iloc[molecule.first_of_class]
    system = assemble(molecule, charges.neutral, like, label.mixing_rule, contacts, charges.offset)
    return Learned(system, rows)


def direct(
    liquid: LiquidSettings, atoms: pd.DataFrame, chosen: AimConstants, seed: int
) -> System | None:
    """Give a liquid's force field straight from its atoms' own constants, without the forest.

    None if the molecule is not in the `atoms` table.

    Parameters
    ----------
    liquid : LiquidSettings
        What is wanted.
    atoms : DataFrame
        Of schema `tables.ATOMS`.
    chosen : AimConstants
        Calibrated constants.
    seed : int
        Of the conformer.
    """
    molecule = build(liquid.smiles, seed)
    found = from_atoms(molecule, atoms)
    if found is None:
        return None
    of_kinds = kinds(molecule.rdkit)
    like = aim.buckingham(of_kinds, found["wall"], found["range"], found["c6"], chosen)
    charges = aim.in_liquid(found, of_kinds, chosen)
    contacts = chosen.of_contacts(of_kinds)
    return assemble(molecule, charges, like, chosen.mixing_rule, contacts, offset_of(found))
