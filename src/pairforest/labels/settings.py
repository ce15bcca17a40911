"""What a section of `labels` in params.yaml may say."""

from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Interval = tuple[float, float]
LearningScale = dict[Literal["A", "B", "C"], Literal["linear", "log", "signed_log"]]
Recipe = Literal["dimer", "aim"]


class Bounds(NamedTuple):
    """Intervals for A (eV), B (Å) and C (eV Å⁶)."""

    A: Interval
    B: Interval
    C: Interval


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FitSettings(_Strict):
    """How A, B and C are fitted to an energy curve."""

    method: Literal["variable_projection", "levenberg_marquardt"]
    n_grid: Annotated[int, Field(ge=10)]


class BoundSettings(_Strict):
    """Bounds of the fit."""

    A: Interval
    B: Interval
    C: Interval

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name, (low, high) in self.as_bounds()._asdict().items():
            if not low < high:
                raise ValueError(f"{name}: the lower bound {low} is not below the upper {high}")
        if self.B[0] <= 0:
            raise ValueError(f"B: the lower bound {self.B[0]} is not above zero")
        return self

    def as_bounds(self) -> Bounds:
        """Give the three intervals."""
        return Bounds(self.A, self.B, self.C)


class ClusterSettings(_Strict):
    """Half-widths of the bands round an element's best constants (for B: above them)."""

    A: Annotated[float, Field(gt=0)]
    B: Annotated[float, Field(gt=0)]
    C: Annotated[float, Field(gt=0)]


class DimerSettings(_Strict):
    """Recipe `dimer`."""

    fit: FitSettings
    bounds: BoundSettings
    cluster: ClusterSettings
    r2_min: Annotated[float, Field(le=1)]
    mixing_rule: Literal["lal2023", "geometric", "w99", "smith"]
    charges: Literal["lal2023", "qe"]
    learning_scale: LearningScale

    @model_validator(mode="after")
    def _logarithms_exist(self) -> Self:
        bounds = self.bounds.as_bounds()._asdict()
        for name, scale in self.learning_scale.items():
            if scale == "log" and bounds[name][0] <= 0:
                raise ValueError(f"learning_scale.{name}: log, but {name} may be {bounds[name][0]}")
        return self


class AimSettings(_Strict):
    """Recipe `aim`.

    `constants` is the calibrated-constants file, whose mixing rule must be the recipe's.
    `charges` says whose charges the liquids take: those computed in the molecule, or the rules
    of that name in the liquid's file.
    """

    constants: Path
    mixing_rule: Literal["geometric", "w99", "smith"]
    charges: Literal["qe", "lal2023", "given"]
    learning_scale: LearningScale


class LabelsSettings(_Strict):
    """The section `labels`: one for each recipe there is."""

    dimer: DimerSettings
    aim: AimSettings

    def of(self, recipe: Recipe) -> DimerSettings | AimSettings:
        """Give the settings of a recipe."""
        return self.dimer if recipe == "dimer" else self.aim
