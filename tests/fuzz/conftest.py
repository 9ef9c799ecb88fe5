"""Inputs with mistakes, run offline."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is fetched, and nothing is written outside of the test's folder."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("FTASSIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FTASSIST_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
