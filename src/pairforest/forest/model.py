"""The model: single-target forests on standardised features, learned in their own scale."""

from collections.abc import Mapping
from typing import Literal

from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pairforest.forest.scale import LearningScale
from pairforest.forest.settings import ModelSettings

Constant = Literal["A", "B", "C"]

_KINDS = {"random_forest": RandomForestRegressor, "extra_trees": ExtraTreesRegressor}


def build(
    settings: ModelSettings, learning_scale: Mapping[Constant, str]
) -> TransformedTargetRegressor:
    """Build an untrained model.

    Parameters
    ----------
    settings : ModelSettings
        Kind and knobs of the ensemble.
    learning_scale : mapping
        Scale of each of A, B, C, as `LearningScale` takes them.

    Returns
    -------
    TransformedTargetRegressor
        From `features.FEATURES`, shape (n, 4), to A (eV), B (Å), C (eV Å⁶), shape (n, 3).
    """
    forest = _KINDS[settings.kind](
        n_estimators=settings.n_estimators,
        min_samples_split=settings.min_samples_split,
        min_samples_leaf=settings.min_samples_leaf,
        max_features=settings.max_features,
        max_depth=settings.max_depth,
        bootstrap=settings.bootstrap,
        random_state=settings.seed,
    )
    return TransformedTargetRegressor(
        regressor=make_pipeline(StandardScaler(), MultiOutputRegressor(forest)),
        transformer=LearningScale(**{str(name): scale for name, scale in learning_scale.items()}),
        check_inverse=False,
    )
