"""What the `qe` section of params.yaml may say."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
Family = Literal["gth", "paw"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GthSettings(_Strict):
    """CP2K's table, and wavefunction cutoffs (Ry): `default`, and by element.

    These are norm-conserving: the cutoff of the density is four times that of the wavefunction.
    """

    table: Path
    ecutwfc: dict[str, Positive]

    @model_validator(mode="after")
    def _has_default(self) -> Self:
        if "default" not in self.ecutwfc:
            raise ValueError("ecutwfc: no entry 'default'")
        return self


class PawSet(_Strict):
    """A PAW data set: file, cutoffs of wavefunction and density (Ry)."""

    file: str
    ecutwfc: Positive
    ecutrho: Positive


class PawSettings(_Strict):
    """The folder of the data sets, and the data set of each element."""

    folder: Path
    elements: dict[str, PawSet]


class Attempt(_Strict):
    """How an SCF is iterated: nothing here changes what it converges to.

    With `first_smearing` (Ry), wider than the SCF's own, one with it is done first, whose density
    this one starts from: where orbitals near the Fermi level swap places without end, it settles.
    """

    mixing_beta: Annotated[float, Field(gt=0, le=1)]
    mixing_mode: Literal["plain", "TF", "local-TF"]
    diagonalization: Literal["david", "cg"]
    first_smearing: Positive | None = None


class ScfSettings(_Strict):
    """The SCF: smearing and threshold in Ry, attempts in order; no smearing is fixed occupations.

    `timeout_s` is for one attempt.
    """

    smearing: Annotated[float, Field(ge=0)]
    smearing_kind: Literal["gaussian", "m-v"]
    conv_thr: Positive
    max_iterations: Count
    attempts: Annotated[list[Attempt], Field(min_length=1)]
    timeout_s: Positive


class DimerGrid(_Strict):
    """Which pairs: elements, total charges (e), distances (`qe.dimers`), cubic cells (Å).

    `wall_start` and `cell` are by element, with a `default`.
    """

    elements: Annotated[list[str], Field(min_length=1)]
    charges: Annotated[list[float], Field(min_length=1)]
    n_wall: Count
    n_well: Count
    n_tail: Count
    wall_start: dict[str, Annotated[float, Field(gt=0, lt=1)]]
    well: Annotated[tuple[float, float], Field()]
    max_distance: Positive
    cell: dict[str, Positive]
    nspin: Literal[1, 2]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name, by_element in (("wall_start", self.wall_start), ("cell", self.cell)):
            if "default" not in by_element:
                raise ValueError(f"{name}: no entry 'default'")
        if not max(self.wall_start.values()) < self.well[0] < self.well[1]:
            raise ValueError("well: must rise, and begin beyond wall_start")
        return self


class MoleculeSettings(_Strict):
    """Molecules and their density: where they depart from the rest of the settings.

    `file` is the list (CSV). `ecutwfc` and `ecutrho` (Ry) serve every PAW data set, `gth`
    (Ry) the wavefunctions of the other elements. `vacuum` (Å) is what the cell adds to the
    molecule's extent, `atom_cell` (Å) the cubic cell of a free atom, `spacing` (bohr) that of the
    grid the density is partitioned on.
    """

    file: Path
    family: dict[str, Family]
    ecutwfc: Positive
    ecutrho: Positive
    gth: dict[str, Positive]
    conv_thr: Positive
    vacuum: Positive
    atom_cell: Positive
    spacing: Positive
    seed: Annotated[int, Field(ge=0)]
    n_conformers: Count
    fmax: Positive


class QeSettings(_Strict):
    """Everything about Quantum ESPRESSO: pseudopotentials, SCF, which pairs, which molecules."""

    scratch: Path
    family: dict[str, Family]
    gth: GthSettings
    paw: PawSettings
    scf: ScfSettings
    dimers: DimerGrid
    molecules: MoleculeSettings

    @model_validator(mode="after")
    def _families_exist(self) -> Self:
        if "default" not in self.family:
            raise ValueError("family: no entry 'default'")
        for element, family in self.family.items():
            if family == "paw" and element not in self.paw.elements:
                raise ValueError(f"family.{element}: paw.elements has no data set for {element}")
        return self

    def family_of(self, element: str) -> Family:
        """Give the family of an element's pseudopotential."""
        return self.family.get(element, self.family["default"])
