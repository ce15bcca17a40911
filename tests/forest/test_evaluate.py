import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import LeaveOneGroupOut, train_test_split
from sklearn.preprocessing import StandardScaler

from pairforest.errors import PairForestError
from pairforest.forest.evaluate import (
    cross_validated_score,
    evaluate,
    held_out_predictions,
    scores,
)
from pairforest.forest.features import FEATURES, TARGETS, features
from pairforest.forest.model import build
from tests.forest.conftest import SCALE


def test_scores_are_one_for_the_truth_and_zero_for_the_mean(model_settings, labels):
    model, truth = build(model_settings, SCALE), labels[TARGETS].to_numpy()
    perfect = scores(model, truth, truth)
    assert perfect["original"]["mean"] == perfect["learning"]["mean"] == 1
    mean = scores(model, truth, np.broadcast_to(truth.mean(0), truth.shape))
    assert mean["original"]["A"] == pytest.approx(0, abs=1e-12)
    assert mean["learning"]["A"] < 0  # the mean of A is far from the mean of log A


def test_the_papers_split_is_three_forests_on_standardised_features(
    model_settings, evaluation, labels
):
    ours = evaluate(build(model_settings, {}), labels, evaluation)["paper_split"]["original"]
    train, test = train_test_split(labels, test_size=0.25, random_state=32)
    scaler = StandardScaler().fit(features(train))
    for target in TARGETS:
        forest = RandomForestRegressor(n_estimators=12, random_state=0)
        forest.fit(scaler.transform(features(train)), train[target])
        expected = r2_score(test[target], forest.predict(scaler.transform(features(test))))
        assert ours[target] == pytest.approx(expected, abs=1e-9)


def test_an_element_left_out_is_really_unseen(model_settings, evaluation, labels):
    """The score equals that of a plain loop that drops the element's rows."""
    model = build(model_settings, SCALE)
    ours = evaluate(model, labels, evaluation)["leave_element_out"]
    X, Y = features(labels).to_numpy(), labels[TARGETS].to_numpy()
    predicted = np.empty_like(Y)
    for train, test in LeaveOneGroupOut().split(X, groups=labels["element"]):
        assert set(labels["element"][train]).isdisjoint(labels["element"][test])
        predicted[test] = build(model_settings, SCALE).fit(X[train], Y[train]).predict(X[test])
    expected = scores(model, Y, predicted)
    elements = labels["element"].to_numpy()
    for scale in ("original", "learning"):
        for name in TARGETS:
            assert ours[scale][name]["mean"] == pytest.approx(expected[scale][name], abs=1e-9)
            without = [
                scores(model, Y[elements != left], predicted[elements != left])[scale][name]
                for left in np.unique(elements)
            ]
            deviations = np.array(without) - np.mean(without)
            jackknife = np.sqrt((len(without) - 1) / len(without) * (deviations**2).sum())
            assert ours[scale][name]["std"] == pytest.approx(jackknife, rel=1e-9)


def test_leaving_elements_out_is_harder_than_leaving_rows_out(model_settings, evaluation, labels):
    result = evaluate(build(model_settings, SCALE), labels, evaluation)
    rows_out = result["repeated_kfold"]["learning"]["mean"]["mean"]
    elements_out = result["leave_element_out"]["learning"]["mean"]["mean"]
    assert rows_out > 0.9 > elements_out


def test_held_out_predictions_give_the_score_of_the_sweep(model_settings, evaluation, labels):
    model = build(model_settings, SCALE)
    table = held_out_predictions(model, labels, evaluation)
    predicted = table[[f"{name}_predicted" for name in TARGETS]].to_numpy()
    assert cross_validated_score(model, labels, evaluation) == scores(
        model, labels[TARGETS].to_numpy(), predicted
    )


def test_too_few_labels_are_refused(model_settings, evaluation, labels):
    with pytest.raises(PairForestError, match="5 labels are too few for 3 folds"):
        evaluate(build(model_settings, SCALE), labels.head(5), evaluation)


def test_the_papers_accuracy_is_one_split_of_the_authors_own_labels(
    authors, model_settings, evaluation
):
    """93 % on their split of their labels, and nothing with whole elements left out."""
    theirs = pd.read_csv(authors / "clustered_fits.csv").query("R2 >= 0.9")
    columns = ["Atomic Mass", "Atomic Radius", "Atomic Number", "Partial Charge"]
    X = theirs[columns].set_axis(FEATURES, axis=1)
    train, test = train_test_split(theirs.index, test_size=0.25, random_state=32)
    best = model_settings.model_copy(update={"n_estimators": 100})
    fitted = build(best, {}).fit(X.loc[train].to_numpy(), theirs.loc[train, TARGETS].to_numpy())
    split = scores(fitted, theirs.loc[test, TARGETS].to_numpy(), fitted.predict(X.loc[test]))
    assert split["original"]["mean"] == pytest.approx(0.93, abs=0.03)
    X, Y = X.to_numpy(), theirs[TARGETS].to_numpy()
    predicted = np.empty_like(Y)
    small = model_settings.model_copy(update={"n_estimators": 10})
    for seen, unseen in LeaveOneGroupOut().split(X, groups=theirs["Atomic Number"]):
        predicted[unseen] = build(small, {}).fit(X[seen], Y[seen]).predict(X[unseen])
    assert scores(fitted, Y, predicted)["original"]["mean"] < 0


def test_molecules_are_left_out_whole_where_there_are_any(model_settings, evaluation, labels):
    model = build(model_settings, SCALE)
    assert "leave_molecule_out" not in evaluate(model, labels, evaluation)
    molecules = np.array(["one", "two", "three", "four"])[np.arange(len(labels)) % 4]
    of_molecules = labels.assign(molecule=molecules)
    found = evaluate(model, of_molecules, evaluation)["leave_molecule_out"]
    X, Y = features(labels).to_numpy(), labels[TARGETS].to_numpy()
    predicted = np.empty_like(Y)
    for name in np.unique(molecules):
        test = molecules == name
        predicted[test] = build(model_settings, SCALE).fit(X[~test], Y[~test]).predict(X[test])
    expected = scores(model, Y, predicted)
    assert found["learning"]["mean"]["mean"] == pytest.approx(expected["learning"]["mean"])
