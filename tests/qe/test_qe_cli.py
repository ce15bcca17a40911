import fcntl

import pytest

from pairforest.database.builtin import alone
from pairforest.errors import PairForestError
from pairforest.qe_cli import main, override


def test_values_on_the_command_line_reach_the_settings(settings):
    changed, elements = override(
        settings, ["element=[Mg,Ca]", "gth.ecutwfc.Mg=80", "dimers.charges=[-2,2]"]
    )
    assert elements == ["Mg", "Ca"]
    assert changed.gth.ecutwfc["Mg"] == 80
    assert changed.dimers.charges == [-2, 2]
    assert settings.dimers.charges != [-2, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Mg", "expected key=value"),
        ("foo.bar=2", r"foo: Extra inputs are not permitted"),
        ("dimers.n_wal=2", r"dimers\.n_wal: Extra inputs"),
        ("scf.conv_thr=-1", r"scf\.conv_thr: Input should be greater than 0"),
        ("family.Li=paw", r"family\.Li: paw\.elements has no data set for Li"),
        ("scratch.x=1", "scratch is not a section"),
    ],
)
def test_a_wrong_override_is_named(settings, text, message):
    with pytest.raises(PairForestError, match=message):
        override(settings, [text])


def test_a_missing_pw_x_is_one_line(monkeypatch, settings, data_sets, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    from pairforest.qe import engine

    engine.pw_version.cache_clear()
    with pytest.raises(SystemExit, match=r"pairforest-qe: pw\.x .*make qe-setup"):
        main(["dimers", "element=H"])


def test_a_second_process_is_sent_away(tmp_path):
    with (tmp_path / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with (
            pytest.raises(PairForestError, match="another process is at work"),
            alone(tmp_path),
        ):
            pytest.fail("it was let in")
    with alone(tmp_path):
        pass
