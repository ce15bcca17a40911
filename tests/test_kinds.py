import pytest

from pairforest.kinds import covalent_radii, kinds_of


@pytest.mark.parametrize(
    ("smiles", "kinds"),
    [
        ("CO", ["C", "O", "H", "H", "H", "H_polar"]),
        ("C=O", ["C_carbonyl", "O_terminal", "H", "H"]),
        ("C#N", ["C_pi", "N", "H"]),
        ("[H]S", ["S", "H", "H"]),
        ("c1ccoc1", [*["C_pi"] * 3, "O", "C_pi", *["H"] * 4]),
    ],
)
def test_polar_hydrogens_planar_carbons_and_terminal_oxygens_are_kinds_of_their_own(smiles, kinds):
    assert kinds_of(smiles) == kinds


def test_what_is_doubly_bound_has_the_radius_of_double_bonds():
    assert covalent_radii(["C", "C_pi", "H_polar", "N"]).tolist() == [75, 67, 32, 71]
    assert covalent_radii(["O", "O_terminal"]).tolist() == [63, 57]
