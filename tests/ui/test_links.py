from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.ui.links import file_bundle, terminal_link


def test_a_file_below_the_notebook_is_a_link_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = file_bundle("report", tmp_path / "my campaigns" / "<b>" / "report.html").data
    assert data["text/plain"] == "report: my campaigns/<b>/report.html"
    assert 'href="my%20campaigns/%3Cb%3E/report.html"' in data["text/html"]
    assert "<b>" not in data["text/html"]


def test_a_file_elsewhere_is_told_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = tmp_path / "report.html"
    assert file_bundle("report", path).data == {"text/plain": f"report: {path}"}


def test_a_terminal_gets_a_link_and_a_pipe_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    assert terminal_link(path) == str(path)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert terminal_link(path) == f"\x1b]8;;{path.as_uri()}\x1b\\{path}\x1b]8;;\x1b\\"
