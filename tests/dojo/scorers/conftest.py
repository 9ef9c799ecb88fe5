"""What the scorers' tests share."""

from __future__ import annotations

import pytest

from ftassist.dojo.catalog.tablebench.tablebench_visualization.scorer import TableVisualization


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loaded machine must not turn the time limit of programs into another score."""
    monkeypatch.setattr(TableVisualization, "seconds", 120.0)
