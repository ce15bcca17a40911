"""What the database section of params.yaml may say."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Coulomb = Literal["as_published", "half_charge"]


class DatabaseSettings(BaseModel):
    """Which database, where it is, and how its Coulomb energy is taken out."""

    model_config = ConfigDict(extra="forbid")

    name: Literal["lal2023"]
    sources: list[str] = Field(min_length=1)
    manifest: Path
    coulomb: Coulomb
