"""A copy of the project in a folder of its own, on the made-up database, small and quick."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.liquids import ROOT


class Project(NamedTuple):
    """A working copy and the way to run commands in it."""

    root: Path

    def run(self, *command: str, ok: bool = True, **variables: str) -> str:
        """Run a command and give what it printed; it must succeed, or fail, as `ok` says."""
        answer = subprocess.run(
            command,
            cwd=self.root,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (answer.returncode == 0) == ok, answer.stdout
        return answer.stdout

    def change(self, path: str, **values: object) -> None:
        """Set top-level keys of a YAML file below conf/ and compose params.yaml anew."""
        file = self.root / "conf" / path
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert set(values) <= set(content), "only keys that are there"
        text = yaml.safe_dump(content | values, sort_keys=False)
        file.write_text(text, encoding="utf-8")
        self.run("pairforest", "params")


def environment(**variables: str) -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DVC_", "MLFLOW_", "PAIRFOREST_", "GIT_"))
    }
    who = {
        f"GIT_{role}_{key}": "t@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for key in ("NAME", "EMAIL")
    }
    path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return kept | who | {"PATH": path, "COLUMNS": "200"} | variables


@pytest.fixture(scope="package")
def project(tmp_path_factory, synthetic) -> Project:
    root = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    shutil.copyfile(synthetic.manifest, root / "data/raw/synthetic.csv")
    chosen = (root / "conf/config.yaml").read_text(encoding="utf-8")
    published = chosen.replace("- database: builtin", "- database: lal2023")
    assert published != chosen
    (root / "conf/config.yaml").write_text(published, encoding="utf-8")
    copy = Project(root)
    copy.change(
        "database/lal2023.yaml",
        sources=[str(synthetic.archive)],
        manifest="data/raw/synthetic.csv",
    )
    short = {
        "nvt_ps": 0.5, "block_ps": 3.0, "min_ps": 3.0, "max_ps": 3.0, "dump_every": 500,
        "timestep_fs": 3.0,
    }  # fmt: skip
    copy.change("md/quick.yaml", n_atoms=120, cutoff=5.0, timeout_s=60, **short)
    copy.change(
        "config.yaml",
        sweep={"search": {"dimer": "forest", "aim": "trees"}, "n_trials": 3},
        evaluation={
            "paper_split": {"test_size": 0.25, "seed": 32, "n_other_seeds": 3},
            "repeated_kfold": {"n_splits": 3, "n_repeats": 2, "seed": 0},
            "sweep_kfold": {"n_splits": 3, "seed": 0},
        },
    )  # fmt: skip
    text = (root / "conf/hparams_search/forest.yaml").read_text(encoding="utf-8")
    small = text.replace("choice(20,30,40,50,", f"choice({','.join(map(str, range(2, 26)))}) #")
    assert small != text
    (root / "conf/hparams_search/forest.yaml").write_text(small, encoding="utf-8")
    copy.run("git", "init", "-q", "-b", "main")
    copy.run("git", "add", "-A")
    copy.run("git", "commit", "-q", "-m", "copy")
    return copy
