"""How good the forest is: the paper's one split, repeated k-fold, whole elements left out."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import r2_score
from sklearn.model_selection import (
    KFold,
    LeaveOneGroupOut,
    cross_val_predict,
    train_test_split,
)
from sklearn.utils.parallel import Parallel, delayed

from pairforest.errors import PairForestError
from pairforest.forest.features import TARGETS, features
from pairforest.forest.settings import EvaluationSettings, KFoldSettings

Array = NDArray[np.float64]
Scores = dict[str, dict[str, float]]

_SCALES = ("original", "learning")


def scores(model: Any, truth: Array, predicted: Array) -> Scores:
    """Give R² of A, B and C and their mean, in the original and in the model's learning scale.

    Parameters
    ----------
    model : TransformedTargetRegressor
        The model whose learning scale counts.
    truth, predicted : array of shape (n, 3)
        A (eV), B (Å), C (eV Å⁶).
    """
    forward = clone(model.transformer).fit(truth).transform
    pairs = {"original": (truth, predicted), "learning": (forward(truth), forward(predicted))}
    result = {}
    for scale, (expected, found) in pairs.items():
        r2 = r2_score(expected, found, multioutput="raw_values")
        result[scale] = {**dict(zip(TARGETS, r2.tolist(), strict=True)), "mean": float(r2.mean())}
    return result


def _fit_and_score(model: Any, X: Array, Y: Array, train: Array, test: Array) -> Scores:
    fitted = clone(model).fit(X[train], Y[train])
    return scores(model, Y[test], fitted.predict(X[test]))


def _mean_and_std(samples: list[Scores]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        scale: {
            name: {
                "mean": float(np.mean([s[scale][name] for s in samples])),
                "std": float(np.std([s[scale][name] for s in samples], ddof=1)),
            }
            for name in (*TARGETS, "mean")
        }
        for scale in _SCALES
    }


def evaluate(model: Any, rows: pd.DataFrame, settings: EvaluationSettings) -> dict[str, Any]:
    """Judge a model three ways.

    Parameters
    ----------
    model : TransformedTargetRegressor
        Untrained.
    rows : DataFrame
        Training rows: molecule, element, charge, A, B, C.
    settings : EvaluationSettings
        Seeds and numbers of folds.

    Returns
    -------
    dict
        ``n_rows``, ``n_elements``; ``paper_split``: R² by scale and constant; ``other_splits``:
        mean and standard deviation over other seeds of the same split; ``repeated_kfold``: the
        same over repeats, each the R² of its pooled predictions (a fold of few rows may have
        nothing to explain); ``leave_element_out``: R² of the pooled predictions for elements the
        model never saw (``mean``), its standard error by the jackknife over elements (``std``);
        ``leave_molecule_out``: the same over molecules, where the rows are of molecules.

    Raises
    ------
    PairForestError
        If there are too few rows for the folds.
    """
    repeated = settings.repeated_kfold
    _check_enough(rows, repeated)
    X, Y = features(rows).to_numpy(), rows[TARGETS].to_numpy()
    split = settings.paper_split
    seeds = [split.seed, *range(1000, 1000 + split.n_other_seeds)]
    splits = [
        train_test_split(np.arange(len(rows)), test_size=split.test_size, random_state=seed)
        for seed in seeds
    ]
    quarters = Parallel(n_jobs=-1)(
        delayed(_fit_and_score)(model, X, Y, *train_and_test) for train_and_test in splits
    )
    folds = [
        KFoldSettings(n_splits=repeated.n_splits, seed=repeated.seed + repeat)
        for repeat in range(repeated.n_repeats)
    ]
    samples = [scores(model, Y, _out_of_fold(model, rows, fold)) for fold in folds]
    return {
        "n_rows": len(rows),
        "n_elements": int(rows["element"].nunique()),
        "paper_split": quarters[0],
        "other_splits": _mean_and_std(quarters[1:]),
        "repeated_kfold": _mean_and_std(samples),
        "leave_element_out": _leave_group_out(model, X, Y, rows["element"].to_numpy()),
        **_leave_molecule_out(model, X, Y, rows["molecule"]),
    }


def _leave_molecule_out(model: Any, X: Array, Y: Array, molecules: pd.Series) -> Any:
    """Judge on molecules never seen, where rows are of molecules."""
    if molecules.nunique() < 2:
        return {}
    return {"leave_molecule_out": _leave_group_out(model, X, Y, molecules.to_numpy())}


def _leave_group_out(model: Any, X: Array, Y: Array, groups: NDArray[np.str_]) -> Any:
    predicted = cross_val_predict(model, X, Y, groups=groups, cv=LeaveOneGroupOut(), n_jobs=-1)
    everywhere = scores(model, Y, predicted)
    without = [
        scores(model, Y[groups != left_out], predicted[groups != left_out])
        for left_out in np.unique(groups)
    ]
    jackknife = np.sqrt(len(without) - 1)  # Efron 1982: (n − 1)/n Σ(θᵢ − θ̄)²
    return {
        scale: {
            name: {
                "mean": value,
                "std": float(jackknife * np.std([score[scale][name] for score in without])),
            }
            for name, value in pooled.items()
        }
        for scale, pooled in everywhere.items()
    }


def _check_enough(rows: pd.DataFrame, folds: KFoldSettings) -> None:
    if len(rows) < 2 * folds.n_splits:
        raise PairForestError(
            f"{len(rows)} labels are too few for {folds.n_splits} folds; lower the n_splits of "
            "evaluation or the r2_min of labels"
        )


def _out_of_fold(model: Any, rows: pd.DataFrame, settings: KFoldSettings) -> Array:
    """Predict every row by a model that did not see it: A, B, C, shape (n, 3)."""
    _check_enough(rows, settings)
    X, Y = features(rows).to_numpy(), rows[TARGETS].to_numpy()
    folds = KFold(settings.n_splits, shuffle=True, random_state=settings.seed)
    return np.asarray(cross_val_predict(model, X, Y, cv=folds, n_jobs=-1))


def cross_validated_score(model: Any, rows: pd.DataFrame, settings: EvaluationSettings) -> Scores:
    """Give R² of pooled out-of-fold predictions: what a sweep maximises (learning scale, mean)."""
    predicted = _out_of_fold(model, rows, settings.sweep_kfold)
    return scores(model, rows[TARGETS].to_numpy(), predicted)


def held_out_predictions(
    model: Any, rows: pd.DataFrame, settings: EvaluationSettings
) -> pd.DataFrame:
    """Give fitted and out-of-fold predicted constants side by side, for figures.

    Returns
    -------
    DataFrame
        element, charge (e), then A, B, C and A_predicted, B_predicted, C_predicted.
    """
    predicted = _out_of_fold(model, rows, settings.sweep_kfold)
    table = rows[["element", "charge", *TARGETS]].copy()
    table[[f"{name}_predicted" for name in TARGETS]] = predicted
    return table
