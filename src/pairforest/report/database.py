"""`reports/database.md`: what our own database holds, by element, and how well it converged."""

from typing import Any

import pandas as pd

_FREE = "free "


def render(
    pairs: pd.DataFrame,
    atoms: pd.DataFrame,
    walls: pd.DataFrame,
    results: dict[str, dict[str, Any]],
) -> str:
    """Write the page.

    Parameters
    ----------
    pairs, atoms : DataFrame
        Of schemas `tables.QE_DIMERS` and `tables.QE_ATOMS`.
    walls : DataFrame
        Of schema `tables.WALLS`.
    results : dict
        Of the benchmarks; ``qe_validation``, where it is there, gives the last table.
    """
    molecules = atoms.drop_duplicates("molecule")
    n_molecules = int((~molecules["molecule"].str.startswith(_FREE)).sum())
    hours = (pairs["wall_s"].sum() + molecules["wall_s"].sum()) / 3600
    parts = [
        "# The built-in database",
        "Computed with Quantum ESPRESSO by this project; [docs/data.md](../docs/data.md) says how, "
        "and what its limits are. This page is written by `dvc repro`.",
        f"{len(pairs)} points of {pairs['element'].nunique()} elements' pairs and "
        f"{n_molecules} molecules, {hours:.1f} hours of pw.x, each on one core.",
        "## Pairs",
        pairs_table(pairs),
        "![Energy against distance](figures/dimers.png)",
        _suspects(pairs.assign(what=_named(pairs)), "Every SCF converged."),
        "## Atoms in molecules",
        atoms_table(atoms),
        "![Volumes against charges](figures/atoms.png)",
        _suspects(molecules.assign(what=molecules["molecule"]), "Every molecule converged."),
    ]
    parts += [
        "## Walls",
        "Where two like atoms repel each other by 1 kcal/mol, as a neon atom feels it "
        "([docs/aim.md](../docs/aim.md#walls)), and over what range they cease to: at the kind's "
        "mean volume, and the power of the volume that both go with. Of kinds with few atoms they "
        "are a guess from radii.",
        walls_table(walls),
        "![Walls against volumes](figures/walls.png)",
    ]
    if {"qe_convergence", "mbis_convergence"} & set(results):
        parts += ["## How converged"]
    if "qe_convergence" in results:
        parts += ["![Energies of pairs against cutoff and cell](figures/qe_convergence.png)"]
    if "mbis_convergence" in results:
        parts += ["![Volumes against cutoff, vacuum and grid](figures/mbis_convergence.png)"]
    if "qe_validation" in results:
        measured = results["qe_validation"]["measured"]
        parts += ["## Against published PBE", validation_table(measured)]
        parts += ["## Either family of pseudopotentials", families_of_pairs(measured)]
    if "families" in results.get("mbis_convergence", {}).get("measured", {}):
        parts += [families_of_atoms(results["mbis_convergence"]["measured"]["families"])]
    return "\n\n".join(parts) + "\n"


def pairs_table(rows: pd.DataFrame) -> str:
    """Write points, charges, distances and convergence of each element's pairs."""
    lines = [
        "| element | by | cutoff (Ry) | total charges (e) | distances (Å) | points | converged | "
        "hours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for element, group in rows.groupby("element", sort=False):
        charges = ", ".join(f"{charge:+g}" for charge in sorted(group["charge"].unique()))
        first = group.iloc[0]
        converged = 100 * (group["status"] == "converged").mean()
        per_curve = group.groupby("charge")["distance"].nunique().min()
        lines.append(
            f"| {element} | {first['family']} | {first['ecutwfc']:g}/{first['ecutrho']:g} | "
            f"{charges} | {per_curve} from {group['distance'].min():.2f} to "
            f"{group['distance'].max():.2f} | {len(group)} | {converged:.0f} % | "
            f"{group['wall_s'].sum() / 3600:.2f} |"
        )
    return "\n".join(lines)


def atoms_table(rows: pd.DataFrame) -> str:
    """Write how many atoms of each element there are, their charges and volumes."""
    free = rows["molecule"].str.startswith(_FREE)
    volumes = rows[free].set_index("element")["volume"]
    lines = [
        "| element | molecules | atoms | charge (e) | volume (bohr³) | free (bohr³) |",
        "|---|---|---|---|---|---|",
    ]
    for element, group in rows[~free & rows["volume"].notna()].groupby("element"):
        charge, volume = group["charge"], group["volume"]
        alone = f"{volumes[element]:.2f}" if element in volumes.index else "–"
        lines.append(
            f"| {element} | {group['molecule'].nunique()} | {len(group)} | "
            f"{charge.min():+.2f} to {charge.max():+.2f} | {volume.min():.2f} to "
            f"{volume.max():.2f} | {alone} |"
        )
    return "\n".join(lines)


def walls_table(walls: pd.DataFrame) -> str:
    """Write each kind's wall, its range, and their power of the volume, with standard errors."""
    lines = [
        "| kind | atoms | mean volume (bohr³) | wall (Å) | range (Å) | power |",
        "|---|---|---|---|---|---|",
    ]
    for row in walls.to_dict("records"):
        lines.append(
            f"| {row['kind'].replace('_', ', ')} | {row['n_atoms']} | {row['volume']:.2f} | "
            f"{row['distance']:.3f} ± {row['distance_stderr']:.3f} | "
            f"{row['range']:.3f} ± {row['range_stderr']:.3f} | "
            f"{row['exponent']:.2f} ± {row['exponent_stderr']:.2f} |"
        )
    return "\n".join(lines)


def validation_table(measured: dict[str, Any]) -> str:
    """Write bonds and atomisation energies, ours beside the published."""
    lines = [
        "| molecule, family | bond (Å) | published | atomisation (kcal/mol) | published |",
        "|---|---|---|---|---|",
    ]
    for name, found in measured.items():
        if "bond" in found:
            lines.append(
                f"| {name} | {found['bond']:.3f} | {found['bond_published']:.3f} | "
                f"{found['atomisation_kcal_mol']:.1f} | {found['atomisation_published']:.1f} |"
            )
    return "\n".join(lines)


def families_of_pairs(measured: dict[str, Any]) -> str:
    """Write energies (eV) of neutral pairs, all-electron, by PAW and by GTH, by distance (Å)."""
    lines = [
        "| pair | distance (Å) | all-electron (eV) | PAW (eV) | GTH (eV) |",
        "|---|---|---|---|---|",
    ]
    columns = ("distance", "all_electron", "paw", "gth")
    for name, found in measured.items():
        if "distance" not in found:
            continue
        for row in zip(*(found[column] for column in columns), strict=True):
            cells = ["–" if value is None else f"{value:.3f}" for value in row]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def families_of_atoms(measured: dict[str, Any]) -> str:
    """Write MBIS charges (e) and volumes (bohr³) by PAW and by GTH."""
    lines = [
        "| atom | charge, PAW (e) | GTH | volume, PAW (bohr³) | GTH |",
        "|---|---|---|---|---|",
    ]
    for name, found in measured["charge_and_volume"].items():
        (charge, volume), (of_gth, volume_of_gth) = found["paw"], found["gth"]
        lines.append(
            f"| {name} | {charge:+.3f} | {of_gth:+.3f} | {volume:.2f} | {volume_of_gth:.2f} |"
        )
    return "\n".join(lines)


def _named(pairs: pd.DataFrame) -> pd.Series:
    names = [f"{row.element} {row.charge:+g} at {row.distance:.2f} Å" for row in pairs.itertuples()]
    return pd.Series(names, index=pairs.index, dtype=str)


def _suspects(rows: pd.DataFrame, none: str) -> str:
    suspect = rows[rows["status"] != "converged"]
    if suspect.empty:
        return none
    return "\n".join(f"- {row.what}: {row.status}" for row in suspect.itertuples())
