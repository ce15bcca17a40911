"""What the database section of params.yaml may say."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Coulomb = Literal["as_published", "half_charge"]


class DatabaseSettings(BaseModel):
    """Which database, where it is, and how its Coulomb energy is taken out.

    `builtin` is our own tables in data/raw, beside the manifest; `lal2023` is read from the first
    of the sources that can be had.
    """

    model_config = ConfigDict(extra="forbid")

    name: Literal["builtin", "lal2023"]
    sources: list[str]
    manifest: Path
    coulomb: Coulomb

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.name == "lal2023" and not self.sources:
            raise ValueError("sources: lal2023 needs at least one")
        if self.name == "builtin" and self.coulomb == "as_published":
            raise ValueError("coulomb: our own energies are not published ones; use half_charge")
        return self
