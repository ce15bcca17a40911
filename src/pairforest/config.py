"""The one path from conf/ to params.yaml to a stage's settings."""

import warnings
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pairforest.calibration.settings import CalibrateSettings
from pairforest.database.settings import DatabaseSettings
from pairforest.errors import PairForestError
from pairforest.files import replacing
from pairforest.forest.settings import EvaluationSettings, ModelSettings
from pairforest.labels.settings import LabelsSettings, Recipe
from pairforest.md.settings import ControlSettings, LiquidSettings, MdSettings
from pairforest.qe.settings import QeSettings
from pairforest.walls.settings import WallsSettings

PARAMS = Path("params.yaml")
LIQUIDS = Path("conf/liquid")
PROFILES = Path("conf/md")

Choice = TypeVar("Choice", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SweepSettings(_Strict):
    """Which search of conf/hparams_search, by recipe, and how many trials in total."""

    search: dict[Recipe, str]
    n_trials: Annotated[int, Field(gt=0)]


class ValidateSettings(_Strict):
    """Which liquids prove a model, and the gate it must pass to be called champion."""

    liquids: Annotated[list[str], Field(min_length=1)]
    max_density_error_percent: Annotated[float, Field(gt=0)]


class SourceSettings(_Strict):
    """Liquids of which roles a potential of ours is tried on, and how well densities are known.

    A liquid whose replicas disagree goes on until its standard error is `target_stderr_percent`, or
    for `max_ps`.
    """

    roles: Annotated[
        list[Literal["paper_test", "test", "calibration", "extra"]], Field(min_length=1)
    ]
    target_stderr_percent: Annotated[float, Field(gt=0)]
    max_ps: Annotated[float, Field(gt=0)]


class SurveySettings(_Strict):
    """Which liquids the survey runs, in which of our potentials, and how."""

    md: str
    liquids: Annotated[list[str], Field(min_length=1)]
    sources: Annotated[
        dict[Literal["dimer", "aim", "aim_labels", "aim_held_out"], SourceSettings],
        Field(min_length=1),
    ]


class ComputeSettings(_Strict):
    """Tasks of one core at once on this machine, and MPI ranks of a run of LAMMPS in `validate`."""

    workers: Annotated[int, Field(gt=0)]
    mpi_ranks: Annotated[int, Field(gt=0)]

    def runs_at_once(self, ranks: int) -> int:
        """Give how many runs of so many MPI ranks fit on the cores: one at least."""
        return max(1, self.workers // ranks)


class Params(_Strict):
    """The whole of params.yaml; a key it does not know is an error."""

    database: DatabaseSettings
    labels: LabelsSettings
    calibrate: CalibrateSettings
    model: ModelSettings
    md: MdSettings
    qe: QeSettings
    walls: WallsSettings
    compute: ComputeSettings
    recipes: Annotated[list[Recipe], Field(min_length=1)]
    recipe: Recipe
    evaluation: EvaluationSettings
    sweep: SweepSettings
    validation: Annotated[ValidateSettings, Field(alias="validate")]
    survey: SurveySettings
    controls: dict[str, ControlSettings]


def check_params(content: Any, where: str) -> Params:
    """Check a whole configuration.

    Parameters
    ----------
    content : dict
        As read from YAML or composed by Hydra.
    where : str
        What it was read from, for errors.

    Raises
    ------
    PairForestError
        Naming every key that is missing, unknown or has a wrong value.
    """
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        raise PairForestError(f"{where}: {faults(error)}") from None


def faults(error: ValidationError) -> str:
    """Name every fault by its dotted key."""
    return "; ".join(
        ": ".join(filter(None, [".".join(map(str, fault["loc"])), fault["msg"]]))
        for fault in error.errors()
    )


def load_params(path: Path = PARAMS) -> Params:
    """Read and check params.yaml.

    Raises
    ------
    PairForestError
        If it is missing, not YAML, or says something it may not.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PairForestError(f"{path} is missing: run 'make params' in the project") from None
    except yaml.YAMLError as error:
        raise PairForestError(f"{path}: {error}") from None
    return check_params(content, str(path))


def load_liquid(name: str, folder: Path = LIQUIDS) -> LiquidSettings:
    """Read a liquid from its file in conf/liquid: adding a liquid is adding a file.

    Raises
    ------
    PairForestError
        If there is no such file or it says something it may not.
    """
    return _load_choice(name, folder, LiquidSettings)


def load_profile(name: str, folder: Path = PROFILES) -> MdSettings:
    """Read a protocol from its file in conf/md.

    Raises
    ------
    PairForestError
        If there is no such file or it says something it may not.
    """
    return _load_choice(name, folder, MdSettings)


def _load_choice(name: str, folder: Path, schema: type[Choice]) -> Choice:
    path = folder / f"{name}.yaml"
    try:
        return schema.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        known = ", ".join(sorted(other.stem for other in folder.glob("*.yaml")))
        raise PairForestError(f"there is no {path}; the choices are {known}") from None
    except yaml.YAMLError as error:
        raise PairForestError(f"{path}: {error}") from None
    except ValidationError as error:
        raise PairForestError(f"{path}: {faults(error)}") from None


def write_params(root: Path = Path()) -> None:
    """Compose conf/ into params.yaml, with the very function `dvc exp run` uses.

    Raises
    ------
    PairForestError
        If conf/ cannot be composed or is not valid; params.yaml stays as it was.
    """
    from dvc.utils.hydra import compose_and_dump
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    with replacing(root / PARAMS) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The version_base parameter", UserWarning)  # DVC's call
        whole = temporary.with_suffix(".yaml")
        try:
            compose_and_dump(whole, str((root / "conf").resolve()), None, "config", "", [])
            check_params(yaml.safe_load(whole.read_text(encoding="utf-8")), "conf/")
            whole.replace(temporary)
        except (yaml.YAMLError, HydraException, OmegaConfBaseException) as error:
            raise PairForestError(f"conf/ cannot be composed: {error}") from None
        finally:
            whole.unlink(missing_ok=True)
