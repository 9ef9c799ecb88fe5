"""What is shipped of the front end: a fresh bundle, small, without traces of where it was made."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "src" / "ftassist" / "labextension"
SOURCES = ROOT / "labextension"
LARGEST = 2_000_000


def test_the_bundle_is_made_of_the_sources_that_are_here() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "frontend-hash"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_bundle_says_where_jupyterlab_finds_its_entry() -> None:
    package = json.loads((BUNDLE / "package.json").read_text(encoding="utf-8"))
    assert (BUNDLE / package["jupyterlab"]["_build"]["load"]).is_file()
    assert package["name"] == "ftassist"


def test_the_installed_jupyterlab_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    shutil.copytree(BUNDLE, tmp_path / "labextensions" / "ftassist")
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlab.labextensions", "list", "--verbose"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "JUPYTER_PATH": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)},
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert re.search(r"ftassist v\S+ enabled OK", said), said


def test_no_file_of_the_bundle_is_large_and_plotly_is_not_among_them() -> None:
    sizes = {path: path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file()}
    assert max(sizes.values()) < LARGEST
    assert sum(sizes.values()) < LARGEST, "plotly.js comes from the plotly package, not from here"


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []


@pytest.mark.parametrize("folder", [SOURCES / "src", BUNDLE], ids=["sources", "bundle"])
def test_nothing_names_the_machine_it_was_made_on(folder: Path) -> None:
    found = [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and re.search(rb"/root/|/home/[a-z]", path.read_bytes())
    ]
    assert found == []


def test_sources_never_turn_text_into_markup() -> None:
    markup = re.compile(r"dangerouslySetInnerHTML|\.(inner|outer)HTML\s*=|insertAdjacentHTML")
    found = [
        path.name
        for path in (SOURCES / "src").rglob("*.ts*")
        if markup.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_setting_schema_belongs_to_a_plugin() -> None:
    plugins = set()
    for path in (SOURCES / "src" / "plugins").glob("*.ts*"):
        plugins |= set(re.findall(r"id: 'ftassist:([a-z]+)'", path.read_text(encoding="utf-8")))
    schemas = {path.stem for path in (SOURCES / "schema").glob("*.json")}
    assert schemas <= plugins
