"""The one path from conf/ to params.yaml to a stage's settings."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pairforest.errors import PairForestError
from pairforest.files import replacing

PARAMS = Path("params.yaml")
Settings = TypeVar("Settings", bound=BaseModel)


class SweepSettings(BaseModel):
    """Which search of conf/hparams_search, and how many trials in total."""

    model_config = ConfigDict(extra="forbid")

    search: str
    n_trials: int = Field(gt=0)


class ValidateSettings(BaseModel):
    """Which liquids prove a model, and the gate it must pass to be called champion."""

    model_config = ConfigDict(extra="forbid")

    liquids: list[str] = Field(min_length=1)
    max_density_error_percent: float = Field(gt=0)


class ComputeSettings(BaseModel):
    """How many tasks at once on this machine, and MPI ranks for each."""

    model_config = ConfigDict(extra="forbid")

    workers: int = Field(gt=0)
    mpi_ranks: int = Field(gt=0)


def load_params(path: Path = PARAMS) -> dict[str, Any]:
    """Read params.yaml.

    Raises
    ------
    PairForestError
        If it is missing or not a YAML mapping.
    """
    try:
        params = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PairForestError(f"{path} is missing: run 'make params' in the project") from None
    except yaml.YAMLError as error:
        raise PairForestError(f"{path}: {error}") from None
    if not isinstance(params, dict):
        raise PairForestError(f"{path}: not a mapping; run 'make params'")
    return params


def settings(params: dict[str, Any], section: str, model: type[Settings]) -> Settings:
    """Give one section of the parameters, checked.

    Parameters
    ----------
    params : dict
        The whole of params.yaml.
    section : str
        Dotted name of the section, such as ``labels.dimer``.
    model : type
        What the section may say.

    Raises
    ------
    PairForestError
        Naming the key that is missing, unknown or has a wrong value.
    """
    content: Any = params
    for part in section.split("."):
        if not isinstance(content, dict) or part not in content:
            raise PairForestError(f"params.yaml: no section {section!r}; run 'make params'")
        content = content[part]
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join([section, *map(str, fault['loc'])])}: {fault['msg']}"
            for fault in error.errors()
        )
        raise PairForestError(f"params.yaml: {faults}") from None


def write_params(root: Path = Path()) -> None:
    """Compose conf/ into params.yaml, with the very function `dvc exp run` uses.

    Raises
    ------
    PairForestError
        If conf/ cannot be composed; params.yaml stays as it was.
    """
    from dvc.utils.hydra import compose_and_dump
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    with replacing(root / PARAMS) as temporary:
        whole = temporary.with_suffix(".yaml")
        try:
            compose_and_dump(whole, str((root / "conf").resolve()), None, "config", "", [])
            whole.replace(temporary)
        except (yaml.YAMLError, HydraException, OmegaConfBaseException) as error:
            raise PairForestError(f"conf/ cannot be composed: {error}") from None
        finally:
            whole.unlink(missing_ok=True)
