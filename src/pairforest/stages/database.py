"""Stage `database`: the published workbooks into `dimers.parquet`, with a ledger."""

from pathlib import Path

from pairforest import stages, tables
from pairforest.config import load_params
from pairforest.database import lal2023, sources
from pairforest.files import replacing


def main() -> None:
    """Read every workbook, check it, and write the table and the ledger."""
    chosen = load_params().database
    workbooks = sources.read_workbooks(
        chosen.sources, chosen.manifest, downloads=Path("scratch/downloads")
    )
    database = lal2023.assemble(workbooks)
    tables.write(Path("data/database/dimers.parquet"), database.dimers, tables.DIMERS)
    with replacing(Path("data/database/ledger.csv")) as temporary:
        database.ledger.to_csv(temporary, index=False)
    suspect = (database.dimers["status"] != "converged").sum()
    left_out = (database.ledger["outcome"] == "left out").sum()
    print(
        f"{len(database.dimers)} points of {len(database.ledger) - left_out} configurations, "
        f"{database.dimers['element'].nunique()} elements; {left_out} workbooks left out, "
        f"{suspect} points suspect (data/database/ledger.csv)"
    )


if __name__ == "__main__":
    stages.run(main)
