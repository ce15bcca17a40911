"""What the `model` and `evaluation` sections of params.yaml may say."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ModelSettings(_Strict):
    """Kind of the ensemble and its knobs, in scikit-learn's terms."""

    kind: Literal["random_forest", "extra_trees"]
    seed: int
    n_estimators: Annotated[int, Field(gt=0)]
    min_samples_split: Annotated[int, Field(ge=2)]
    min_samples_leaf: Annotated[int, Field(ge=1)]
    max_features: Annotated[float, Field(gt=0, le=1)]
    max_depth: Annotated[int, Field(gt=0)] | None
    bootstrap: bool


def with_best(settings: ModelSettings, best: dict[str, Any]) -> ModelSettings:
    """Give the settings with a sweep's best values in place of theirs, checked again."""
    return ModelSettings.model_validate(settings.model_dump() | best)


class PaperSplit(_Strict):
    """The paper's single split, and how many other seeds show what one split is worth."""

    test_size: Annotated[float, Field(gt=0, lt=1)]
    seed: int
    n_other_seeds: Annotated[int, Field(ge=2)]


class KFoldSettings(_Strict):
    """Shuffled k-fold."""

    n_splits: Annotated[int, Field(ge=2)]
    seed: int


class RepeatedKFoldSettings(KFoldSettings):
    """Shuffled k-fold, repeated."""

    n_repeats: Annotated[int, Field(ge=2)]


class EvaluationSettings(_Strict):
    """How a forest is judged."""

    paper_split: PaperSplit
    repeated_kfold: RepeatedKFoldSettings
    sweep_kfold: KFoldSettings
