"""Stage `labels`: energy curves into Buckingham constants."""

import argparse
from pathlib import Path

from pairforest import stages, tables
from pairforest.config import load_params
from pairforest.files import write_json
from pairforest.labels import curves, dimer


def main() -> None:
    """Fit every curve, cluster, and write the labels and what they amount to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["dimer"])
    recipe = parser.parse_args().recipe
    params = load_params()
    dimers = tables.read(Path("data/database/dimers.parquet"), tables.DIMERS)
    labels = dimer.label(curves.cut(dimers, params.database.coulomb), params.labels[recipe])
    folder = Path("data/labels")
    tables.write(folder / f"{recipe}.parquet", labels.clustered, tables.LABELS)
    tables.write(folder / f"{recipe}_unclustered.parquet", labels.unclustered, tables.LABELS)
    kept = labels.clustered["kept"]
    summary = {
        "n_configurations": len(kept),
        "n_kept": int(kept.sum()),
        "r2_median": round(float(labels.clustered["r2"].median()), 6),
        "r2_median_unclustered": round(float(labels.unclustered["r2"].median()), 6),
    }
    write_json(Path(f"metrics/labels/{recipe}.json"), summary)
    print(f"{kept.sum()} of {len(kept)} configurations kept")


if __name__ == "__main__":
    stages.run(main)
