import http.server
import threading
import zipfile
from functools import partial
from pathlib import Path

import pytest

from pairforest.database.sources import ENVIRONMENT_VARIABLE, read_workbooks
from pairforest.errors import PairForestError


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)


def test_zip_folder_and_address_give_the_same_workbooks(synthetic, tmp_path):
    from_zip = read_workbooks([str(synthetic.archive)], synthetic.manifest, tmp_path)
    with zipfile.ZipFile(synthetic.archive) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "predmodel-0262d45"
    assert read_workbooks([str(folder)], synthetic.manifest, tmp_path) == from_zip
    assert read_workbooks([str(folder / "sim_data")], synthetic.manifest, tmp_path) == from_zip

    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(synthetic.archive.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/archive.zip"
        fetched = read_workbooks([address], synthetic.manifest, tmp_path / "downloads")
        server.shutdown()
    assert fetched == from_zip
    # Once fetched it is not asked for again: the server is gone.
    assert read_workbooks([address], synthetic.manifest, tmp_path / "downloads") == from_zip


def test_a_bad_download_is_not_kept(synthetic, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "archive.zip").write_bytes(synthetic.archive.read_bytes()[:-2000])
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/archive.zip"
        with pytest.raises(PairForestError):
            read_workbooks([address], synthetic.manifest, tmp_path / "downloads")
        (site / "archive.zip").write_bytes(synthetic.archive.read_bytes())
        assert read_workbooks([address], synthetic.manifest, tmp_path / "downloads")
        server.shutdown()


def test_the_environment_variable_takes_the_place_of_the_configured_sources(
    synthetic, tmp_path, monkeypatch
):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(synthetic.archive))
    assert read_workbooks(["nowhere.zip"], synthetic.manifest, tmp_path)


def test_the_first_source_that_is_there_is_read(synthetic, tmp_path):
    assert read_workbooks(["nowhere.zip", str(synthetic.archive)], synthetic.manifest, tmp_path)


def test_where_the_data_cannot_be_had_one_error_says_how_to_get_them(synthetic, tmp_path):
    refused = "http://127.0.0.1:9/archive.zip"
    with pytest.raises(PairForestError, match=r"nowhere\.zip.*127\.0\.0\.1:9.*PAIRFOREST_LAL2023="):
        read_workbooks(["nowhere.zip", refused], synthetic.manifest, tmp_path / "downloads")
    assert not list(tmp_path.glob("downloads/*"))


@pytest.mark.parametrize("lost", [50, 2000, 150_000])
def test_a_truncated_zip_is_refused(synthetic, tmp_path, lost):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(synthetic.archive.read_bytes()[:-lost])
    with pytest.raises(PairForestError, match=r"cut\.zip: .*not a whole .*fetch it again"):
        read_workbooks([str(cut)], synthetic.manifest, tmp_path)


def test_a_damaged_member_is_refused(synthetic, tmp_path):
    content = bytearray(synthetic.archive.read_bytes())
    content[400:420] = b"x" * 20
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(content)
    with pytest.raises(PairForestError, match=r"damaged\.zip"):
        read_workbooks([str(damaged)], synthetic.manifest, tmp_path)


@pytest.mark.parametrize("name", ["../evil.xlsx", "/tmp/evil.xlsx", "sim_data/..\\..\\evil.xlsx"])
def test_a_zip_that_points_outside_its_folder_is_refused(synthetic, tmp_path, name):
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(PairForestError, match="outside the archive"):
        read_workbooks([str(evil)], synthetic.manifest, tmp_path)


def test_an_altered_workbook_is_named(synthetic, tmp_path):
    rows = synthetic.manifest.read_text().splitlines()
    wrong = tmp_path / "manifest.csv"
    name = rows[1].split(",")[0]
    wrong.write_text("\n".join([rows[0], f"{name},{'0' * 64}", *rows[2:]]))
    with pytest.raises(PairForestError, match=rf"{name.replace('+', '.')} has another SHA-256"):
        read_workbooks([str(synthetic.archive)], wrong, tmp_path)


def test_missing_and_unknown_workbooks_are_counted_and_named(synthetic, tmp_path):
    rows = synthetic.manifest.read_text().splitlines()
    longer = tmp_path / "longer.csv"
    longer.write_text("\n".join([*rows, "Argon/Ar.+1.0.xlsx," + "0" * 64]))
    with pytest.raises(PairForestError, match=r"1 workbooks missing.*Argon/Ar"):
        read_workbooks([str(synthetic.archive)], longer, tmp_path)
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join(rows[:-1]))
    with pytest.raises(PairForestError, match="1 unknown"):
        read_workbooks([str(synthetic.archive)], shorter, tmp_path)


def test_a_missing_manifest_is_named(synthetic, tmp_path):
    with pytest.raises(PairForestError, match=r"database\.manifest: .*none\.csv is missing"):
        read_workbooks([str(synthetic.archive)], Path("none.csv"), tmp_path)
