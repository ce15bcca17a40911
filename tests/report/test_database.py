"""The page of our own database, and its figures, from rows made up here."""

import numpy as np
import pandas as pd
import pytest

from pairforest.report import coverage, database
from tests.rows import in_molecules, pairs, walls


def test_the_page_counts_points_and_names_what_failed():
    failed = pairs(status=["suspect: timed out", *["converged"] * 5], energy=[np.nan, *[-4.0] * 5])
    page = database.render(failed, in_molecules(), walls(), {})
    assert "6 points of 1 elements' pairs and 2 molecules" in page
    assert "| Li | gth | 90/360 | +0, +1 | 3 from 2.00 to 6.00 | 6 | 83 % | 0.01 |" in page
    assert "- Li +1 at 3.00 Å: suspect: timed out" in page
    assert "- other: suspect: no" in page
    assert "| H | 1 | 2 | +0.45 to +0.45 | 1.40 to 1.50 | 8.00 |" in page
    assert "| H, polar | 9 | 1.20 | 1.600 ± 0.010 | 0.250 ± 0.020 | 0.16 ± 0.02 |" in page
    assert "How converged" not in page


def test_the_page_has_what_benchmarks_found():
    of_pairs = {
        "H2 paw": {
            "bond": 0.752,
            "bond_published": 0.7506,
            "atomisation_kcal_mol": 104.55,
            "atomisation_published": 104.6,
        },
        "H-H": {
            "distance": [0.6, 1.6],
            "all_electron": [0.11, None],
            "paw": [0.12, 3.0],
            "gth": [0.1, 3.1],
        },
    }
    of_atoms = {
        "families": {"charge_and_volume": {"water O0": {"paw": [-0.9, 33], "gth": [-0.8, 32]}}}
    }
    results = {"qe_validation": {"measured": of_pairs}, "mbis_convergence": {"measured": of_atoms}}
    page = database.render(pairs(), in_molecules(), walls(), results)
    assert "| H2 paw | 0.752 | 0.751 | 104.5 | 104.6 |" in page
    assert "| H-H | 0.600 | 0.110 | 0.120 | 0.100 |" in page
    assert "| H-H | 1.600 | – | 3.000 | 3.100 |" in page
    assert "| water O0 | -0.900 | -0.800 | 33.00 | 32.00 |" in page


def test_curves_are_relative_to_their_largest_distance_and_failures_are_crosses():
    rows = pairs(status=[*["converged"] * 5, "suspect: no"])
    (axis,) = [one for one in coverage.pairs(rows).axes if one.get_visible()]
    assert axis.get_title() == "Li–Li"
    lines = {line.get_label(): line for line in axis.lines}
    assert lines["+1"].get_ydata()[-1] == 0
    assert lines["+1"].get_ydata()[0] > 0  # repelled
    crosses = [line for line in axis.lines if line.get_marker() == "x"]
    assert sum(len(line.get_xdata()) for line in crosses) == 1


def test_walls_are_drawn_with_the_law_and_a_spheres_power():
    single = pd.DataFrame({"kind": "O", "volume": [24.0, 28.0], "distance": [2.8, 3.0]})
    (axis,) = coverage.walls(single, walls().query("kind == 'O'")).axes[:1]
    points, law, sphere = (line.get_ydata() for line in axis.lines)
    assert points.tolist() == [2.8, 3.0]
    assert law[-1] / law[0] == pytest.approx((28 / 24) ** 0.15)
    assert sphere[-1] / sphere[0] == pytest.approx((28 / 24) ** (1 / 3))


def test_volumes_are_shown_over_the_free_atoms():
    (axis,) = coverage.atoms(in_molecules()).axes
    shown = {line.get_label(): line.get_ydata() for line in axis.lines}
    assert shown["O"] == pytest.approx([1.5])
    assert shown["H"] == pytest.approx([1.4 / 8, 1.5 / 8])


def test_convergence_shows_every_step_but_the_reference():
    steps = {"40/240 Ry": {"error_mev": 12.0}, "60/480 Ry": {"error_mev": 0.0}}
    cells = {"8 Å": {"error_mev": 5.0}, "12 Å": {"error_mev": 0.0}}
    left, right = coverage.pair_convergence(
        {"cutoff": {"C paw": steps}, "cell": {"C -1": cells}}
    ).axes
    assert (list(left.lines[0].get_xdata()), list(left.lines[0].get_ydata())) == ([40.0], [12.0])
    assert list(right.lines[0].get_xdata()) == [8.0]
    knobs = {"vacuum": {"6 Å": {"volume_percent": 0.8}, "8 Å": {"volume_percent": 0.0}}}
    (axis,) = coverage.volume_convergence(knobs | {"families": {}}).axes
    assert (list(axis.lines[0].get_xdata()), list(axis.lines[0].get_ydata())) == ([6.0], [0.8])
