"""Getting the workbooks' bytes from a zip, a folder or an https address, checked by SHA-256."""

import csv
import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pairforest.errors import PairForestError
from pairforest.files import replacing

ENVIRONMENT_VARIABLE = "PAIRFOREST_LAL2023"
FOLDER = "sim_data"
_TIMEOUT = 60  # seconds without an answer from the network


def read_workbooks(sources: Sequence[str], manifest: Path, downloads: Path) -> dict[str, bytes]:
    """Read every workbook of the manifest from the first source that can be had.

    Parameters
    ----------
    sources : sequence of str
        Zips, folders or https addresses of a zip, in order of preference. The environment
        variable ``PAIRFOREST_LAL2023`` takes the place of them all.
    manifest : Path
        CSV of ``workbook`` (path below ``sim_data/``) and ``sha256``.
    downloads : Path
        Folder for what is fetched.

    Returns
    -------
    dict
        Bytes by path below ``sim_data/``, in the manifest's order.

    Raises
    ------
    PairForestError
        If no source can be had, or a workbook is missing, too many or altered.
    """
    expected = read_manifest(manifest)
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    failures = []
    for source in [chosen] if chosen else sources:
        if source.startswith(("https://", "http://")):
            try:
                archive = _fetch(source, downloads)
            except (OSError, http.client.HTTPException) as error:
                failures.append(f"{source} ({error})")
                continue
        elif not (archive := Path(source)).exists():
            failures.append(f"{source} (no such file or folder)")
            continue
        try:
            found = _read_folder(archive) if archive.is_dir() else _read_zip(archive)
            _check(found, expected, source)
        except PairForestError:
            if archive.parent == downloads:  # so that the next run fetches it anew
                archive.unlink()
            raise
        return {name: found[name] for name in expected}
    raise PairForestError(
        "the Lal 2023 database cannot be had; tried " + ", ".join(failures) + ". Download the "
        "archive by hand from the https address in conf/database/lal2023.yaml and give its path: "
        f"{ENVIRONMENT_VARIABLE}=/path/to/archive.zip (a zip or an unpacked folder)"
    )


def read_manifest(path: Path) -> dict[str, str]:
    """Give SHA-256 by workbook path.

    Raises
    ------
    PairForestError
        If the manifest is missing or not of the expected form.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        return {row["workbook"]: row["sha256"] for row in rows}
    except FileNotFoundError:
        raise PairForestError(f"database.manifest: {path} is missing") from None
    except KeyError as error:
        raise PairForestError(f"{path}: no column {error} in the manifest") from None


def _fetch(address: str, downloads: Path) -> Path:
    """Download once; a half-finished download is never taken for a whole one."""
    target = downloads / (hashlib.sha256(address.encode()).hexdigest()[:16] + ".zip")
    if not target.exists():
        with (
            urllib.request.urlopen(address, timeout=_TIMEOUT) as answer,
            replacing(target) as part,
            part.open("wb") as stream,
        ):
            shutil.copyfileobj(answer, stream)
    return target


def _below_sim_data(name: str) -> str | None:
    """Give the part of a path below its ``sim_data`` folder, for workbooks only."""
    parts = PurePosixPath(name).parts
    if FOLDER in parts and name.endswith(".xlsx"):
        return "/".join(parts[parts.index(FOLDER) + 1 :])
    return None


def _read_zip(archive: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(archive) as content:
            for name in content.namelist():
                path = PurePosixPath(name.replace("\\", "/"))
                if path.is_absolute() or ".." in path.parts:
                    raise PairForestError(f"{archive}: {name!r} points outside the archive")
            members = {_below_sim_data(name): name for name in content.namelist()}
            found = {
                below: content.read(name) for below, name in members.items() if below is not None
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise PairForestError(
            f"{archive}: not a whole zip file ({error}); fetch it again"
        ) from None
    if not found:  # a zip cut short may still open: as the last workbook in it, itself a zip
        raise PairForestError(
            f"{archive}: no workbooks below {FOLDER}/; another archive, or not a whole one: "
            "fetch it again"
        )
    return found


def _read_folder(folder: Path) -> dict[str, bytes]:
    root = folder if folder.name == FOLDER else folder / FOLDER
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.glob("*/*.xlsx"))
    }


def _check(found: dict[str, bytes], expected: dict[str, str], source: str) -> None:
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if missing or extra:
        first = f"{missing[0]!r} is missing" if missing else f"{extra[0]!r} is not in the manifest"
        raise PairForestError(
            f"{source}: {len(missing)} workbooks missing and {len(extra)} unknown below {FOLDER}/; "
            f"the first: {first}"
        )
    for name, content in found.items():
        if hashlib.sha256(content).hexdigest() != expected[name]:
            raise PairForestError(
                f"{source}: {FOLDER}/{name} has another SHA-256 than the manifest says; "
                "it was altered or damaged, fetch it again"
            )
