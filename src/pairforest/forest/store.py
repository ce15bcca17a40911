"""A trained model on disk: skops, never pickle, and the same bytes for the same model."""

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import skops.io

from pairforest.errors import PairForestError
from pairforest.files import replacing

TRUSTED = ["sklearn.tree._tree.Tree", "pairforest.forest.scale.LearningScale"]
"""What a model may hold beyond skops' own list."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


def dumps(model: Any) -> bytes:
    """Give the model's bytes: those of skops with its memory addresses and times taken out."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    schema = files.pop("schema.json").decode()
    addresses = re.findall(r'"__id__": (\d+)', schema)
    number = {address: str(i) for i, address in enumerate(dict.fromkeys(addresses))}
    schema = re.sub(
        r'(?<="__id__": )\d+|(?<=")\d+(?=\.npy")', lambda m: number.get(m[0], m[0]), schema
    )
    renamed = {number.get(name.split(".")[0], "") + ".npy": files[name] for name in files}
    if len(renamed) != len(files):
        raise RuntimeError("skops changed how it names its files; this module must follow")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted({**renamed, "schema.json": schema.encode()}.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def save(model: Any, path: Path) -> str:
    """Write a model in one step and give its SHA-256."""
    content = dumps(model)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def load(path: Path, sha256: str | None = None) -> Any:
    """Read a model, its bytes checked first.

    Parameters
    ----------
    path : Path
        File written by `save`.
    sha256 : str, optional
        What the bytes must have.

    Raises
    ------
    PairForestError
        If the file is missing, has another SHA-256, or holds types that are not trusted.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise PairForestError(f"{path} is missing: 'dvc repro' makes it") from None
    if sha256 is not None and (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise PairForestError(f"{path}: SHA-256 {found}, but {sha256} was registered; not loaded")
    try:
        return skops.io.loads(content, trusted=TRUSTED)
    except (skops.io.exceptions.UntrustedTypesFoundException, zipfile.BadZipFile) as error:
        raise PairForestError(f"{path}: not a model to be trusted ({error})") from None
