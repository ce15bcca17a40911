"""MMFF94's terms, and the one of which half is kept."""

import pytest
from rdkit import Chem

from pairforest.md.bonded import mmff94

CHAIN, WHOLE = (0.103, 0.3405, 0.332), (0.103, 0.681, 0.332)


@pytest.mark.parametrize(
    ("smiles", "smarts", "wanted"),
    [
        ("CCCCCC", "CCCC", CHAIN),
        ("CC(C)CC", "CCCC", CHAIN),
        ("CCCCO", "CCCC", CHAIN),
        ("C1CCCCC1CC", "[CH3]C!@[CR][CR]", CHAIN),
        ("C1CCCCC1", "CCCC", WHOLE),
        ("C1CCCCC1C", "[CH3][CR]@[CR][CR]", WHOLE),
        ("CCCCO", "CCCO", (-0.688, 1.757, 0.477)),
        ("CCC=O", "CCC=O", (0.825, 0.139, 0.325)),
    ],
)
def test_alkyl_chains_have_half_the_twofold_torsion_and_all_others_mmff94s(smiles, smarts, wanted):
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    matches = molecule.GetSubstructMatches(Chem.MolFromSmarts(smarts))
    alike = {*matches, *(match[::-1] for match in matches)}
    found = [term.coefficients for term in mmff94(molecule).dihedrals if term.atoms in alike]
    assert len(found) == len(matches) > 0
    for coefficients in found:
        assert coefficients == pytest.approx((*wanted, 0.0))
