"""What the `walls` section of params.yaml may say."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class WallsSettings(BaseModel):
    """Which molecules are felt, where, and in which basis.

    `scales` are distances from an atom to the neon, in sums of their van der Waals radii;
    `n_directions` are felt at each, the most open one among them.
    """

    model_config = ConfigDict(extra="forbid")

    max_atoms: Count
    basis: str
    scales: Annotated[list[Positive], Field(min_length=2)]
    n_directions: Count
    seed: int
