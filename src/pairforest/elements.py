"""Element properties: symbol, mass, covalent radius, atomic number.

The radii are Pyykkö's covalent radii (Pyykkö and Atsumi 2009): of single bonds, those Lal et al.
2023 use, and of double bonds. All values come from mendeleev's table.
"""

from functools import cache

import pandas as pd

from pairforest.errors import PairForestError


@cache
def element_table() -> pd.DataFrame:
    """Give one row per element, indexed by symbol.

    Returns
    -------
    DataFrame
        Columns ``mass`` (u), ``radius`` (pm), ``radius_double`` (pm), ``atomic_number``.
    """
    from mendeleev.fetch import fetch_table

    table = fetch_table("elements").set_index("symbol")
    return pd.DataFrame(
        {
            "mass": table["atomic_weight"].astype(float),
            "radius": table["covalent_radius_pyykko"].astype(float),
            "radius_double": table["covalent_radius_pyykko_double"].astype(float),
            "atomic_number": table["atomic_number"].astype(int),
        }
    )


def element_of(kind: str) -> str:
    """Give the element of a kind of atom: `H` of `H_polar`."""
    return kind.partition("_")[0]


def check_element(symbol: str, where: str) -> str:
    """Give `symbol` back if it is an element with a radius; say `where` it stood if not.

    Raises
    ------
    PairForestError
        If there is no such element or it has no covalent radius.
    """
    table = element_table()
    if symbol not in table.index:
        raise PairForestError(f"{where}: {symbol!r} is not a chemical element")
    if table["radius"].isna()[symbol]:
        raise PairForestError(f"{where}: no covalent radius is known for {symbol}")
    return symbol
