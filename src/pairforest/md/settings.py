"""What the `md` and `controls` sections of params.yaml and a file of conf/liquid may say."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
MaybeCount = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KspaceSettings(_Strict):
    """Long-range Coulomb solver and its relative force accuracy."""

    style: Literal["pppm", "ewald"]
    accuracy: Positive


class MdSettings(_Strict):
    """One protocol for a liquid's density; times in ps unless named, lengths in Å."""

    profile: str
    n_atoms: Count
    pack_density_ratio: Annotated[float, Field(gt=0, le=1)]
    minimise_steps: Count
    nvt_ps: Positive
    block_ps: Positive
    min_ps: Positive
    max_ps: Positive
    discard_ps: Annotated[float, Field(ge=0)]
    replicas: Count
    timestep_fs: Positive
    hydrogen_mass: Positive | None
    thermostat: Literal["langevin", "nose_hoover"]
    thermostat_ps: Positive
    barostat_ps: Positive
    timestep_correction: bool
    constraints: Literal["none", "hydrogen_bonds"]
    temperature: Positive | None
    cutoff: Positive
    tail_correction: bool
    kspace: KspaceSettings
    scale_14: Annotated[float, Field(ge=0, le=1)]
    neighbor_every: Count
    balance_every: MaybeCount
    dump_every: MaybeCount
    sample_every: Count
    target_stderr_percent: Positive
    min_n_eff: Positive
    collapse_ratio: Annotated[float, Field(gt=1)]
    boil_ratio: Annotated[float, Field(gt=0, lt=1)]
    min_barrier_ev: Annotated[float, Field(ge=0)]
    timeout_s: Positive
    stall_s: Positive
    may_promote: bool
    seed: Count

    @model_validator(mode="after")
    def _blocks_hold_whole_samples(self) -> Self:
        if self.steps(self.block_ps) % self.sample_every:
            raise ValueError("block_ps: not a whole number of sample_every steps")
        if self.max_ps < max(self.block_ps, self.min_ps):
            raise ValueError("max_ps: shorter than one block or than min_ps")
        return self

    @model_validator(mode="after")
    def _slow_motions_are_at_their_temperature(self) -> Self:
        if self.timestep_correction and self.thermostat != "langevin":
            raise ValueError("timestep_correction: true only with thermostat langevin")
        return self

    def steps(self, picoseconds: float) -> int:
        """Give a time in steps."""
        return round(picoseconds * 1e3 / self.timestep_fs)


class MeasuredDensity(_Strict):
    """An experimental density, g/cm³, at a temperature, K, and where it is from."""

    temperature: Positive
    value: Positive
    source: Annotated[str, Field(min_length=1)]


class HeatOfVaporisation(_Strict):
    """An experimental heat of vaporisation, kJ/mol, at a temperature, K, and where it is from."""

    temperature: Positive
    value: Positive
    source: Annotated[str, Field(min_length=1)]


class ChargeRule(_Strict):
    """A SMARTS pattern whose first atom gets a charge, e."""

    smarts: str
    charge: float


class LiquidSettings(_Strict):
    """A liquid: SMILES, state point (K, bar), experiment and charges by their source."""

    smiles: str
    role: Literal["paper_test", "test", "calibration", "extra"] = "extra"
    temperature: Positive
    pressure: float
    densities: list[MeasuredDensity] = []
    heat_of_vaporisation: HeatOfVaporisation | None = None
    charges: dict[str, list[ChargeRule]] = {}

    def density_at(self, temperature: float) -> float | None:
        """Give the experimental density at a temperature, or None where there is none."""
        for measured in self.densities:
            if abs(measured.temperature - temperature) < 0.01:
                return measured.value
        return None


class ControlSettings(_Strict):
    """A liquid in a published force field, with that model's own published density if any."""

    liquid: str
    potential: Literal["spce", "tip4p_2005", "opls", "w99"]
    published: MeasuredDensity | None = None
