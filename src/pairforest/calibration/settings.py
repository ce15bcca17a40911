"""What the `calibrate` section of params.yaml may say."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Tolerance(_Strict):
    """Errors that count one, per cent."""

    density: Positive
    heat_of_vaporisation: Positive


class Start(_Strict):
    """Factors where the first trial is: see `labels.constants.AimConstants`."""

    charge: dict[str, Positive]
    wall: dict[str, Positive]
    c6: dict[str, Positive]
    contact: dict[str, Positive]


class Parameter(_Strict):
    """Prior of a factor, its mean and the standard deviation of its logarithm; its longest step."""

    mean: Positive = 1.0
    width: Positive
    step: Positive


class Gas(_Strict):
    """One molecule in vacuum: how long (ps), a frame every so many ps, time step (fs)."""

    length_ps: Positive
    frame_ps: Positive
    timestep_fs: Positive


class CalibrateSettings(_Strict):
    """Which liquids calibrate which constants, from where and how far; trials by mixing rule."""

    liquids: Annotated[list[str], Field(min_length=1)]
    n_trials: Annotated[dict[Literal["smith", "geometric", "w99"], Count], Field(min_length=1)]
    tolerance: Tolerance
    start: Start
    parameters: dict[str, Parameter]
    md: str
    gas: Gas

    @model_validator(mode="after")
    def _parameters_exist(self) -> Self:
        for name in self.parameters:
            which, _, kind = name.partition(".")
            if which not in Start.model_fields or not kind:
                raise ValueError(f"parameters: {name} is not charge.X, wall.X, c6.X or contact.X")
        return self
