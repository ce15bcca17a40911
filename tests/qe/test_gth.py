import pytest

from pairforest.elements import element_table
from pairforest.errors import PairForestError
from pairforest.qe import gth

SI = """
Si GTH-PBE-q4 GTH-PBE
    2    2
     0.44000000    1    -6.26928833
    2
     0.43563383    2     8.95174150    -2.70627082
                                        3.49378060
     0.49794218    1     2.43127673
"""
MG = """
Mg GTH-PBE-q2
    2
     0.57696017    1    -2.69040744
    0
#
Mg GTH-PBE-q10 GTH-PBE
    4    6
     0.19275787    2   -20.57539077     3.04016732
    0
#
Mg GTH-BLYP-q10 GTH-BLYP
    4    6
     0.2    1   -20.0
    0
"""


def read_back(text: str) -> tuple[int, float, tuple, list]:
    """Read the layout as pw.x does: zion, r_loc, c_loc, (radius, rows of h, rows of k) by l."""
    lines = text.splitlines()
    zion = float(lines[1].split()[1])
    pspcod, functional, lmax, lloc = (int(word) for word in lines[2].split()[:4])
    assert (pspcod, functional) == (10, 11)  # GTH, PBE
    assert lloc > lmax  # every channel is non-local
    r_loc, n, *rest = lines[3].split()
    c_loc = tuple(float(word) for word in rest[: int(n)])
    rows, channels = iter(lines[5:]), []
    for momentum in range(lmax + 1):
        radius, n, *first = next(rows).split()
        h = [first] + [next(rows).split() for _ in range(1, int(n))]
        k = [next(rows).split() for _ in range(int(n))] if momentum else []
        channels.append((float(radius), [list(map(float, row)) for row in h if row], k))
    assert next(rows, None) is None
    return zion, float(r_loc), c_loc, channels


def test_off_diagonal_projectors_and_k_lines_stand_where_pw_x_reads_them():
    found = read_back(gth.render(gth.parse_entry(SI), 14))
    assert found == (
        4.0,
        0.44,
        (-6.26928833,),
        [
            (0.43563383, [[8.9517415, -2.70627082], [3.4937806]], []),
            (0.49794218, [[2.43127673]], [["0.00000000"]]),
        ],
    )


def test_the_tables_default_comes_first_and_other_functionals_are_left_alone():
    names = [entry.name for entry in gth.parse_table(MG)["Mg"]]
    assert names == ["GTH-PBE-q10", "GTH-PBE-q2"]


def test_an_entry_cut_short_is_named():
    with pytest.raises(PairForestError, match="Si GTH-PBE-q4 cannot be read"):
        gth.parse_entry("\n".join(SI.strip().splitlines()[:-2]))


def test_a_missing_table_says_what_to_run(tmp_path):
    with pytest.raises(PairForestError, match="make qe-setup"):
        gth.read_table(tmp_path / "GTH_POTENTIALS")


def test_every_element_from_hydrogen_to_radon_has_a_potential(settings, data_sets):
    table = gth.read_table(settings.gth.table)
    numbers = element_table()["atomic_number"]
    for symbol, number in numbers[numbers <= 86].items():
        chosen = table[symbol][0]
        zion, r_loc, c_loc, channels = read_back(gth.render(chosen, int(number)))
        assert chosen.name.endswith(f"-q{zion:g}")
        assert 0 < zion <= number
        assert (number - zion) % 2 == 0  # the core is closed
        assert (r_loc, c_loc) == (chosen.r_loc, chosen.c_loc)
        for (radius, h, k), channel in zip(channels, chosen.channels, strict=False):
            assert (radius, [tuple(row) for row in h]) == (channel.radius, list(channel.h))
            assert len(k) in (0, len(h))
