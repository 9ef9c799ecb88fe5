"""What an ended trial left is read once for each record of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ftassist.agent.kept_evidence import KeptEvidence
from ftassist.journal.state import Trial


def test_a_folder_is_read_again_only_for_another_record(tmp_path: Path) -> None:
    def curve(loss: float) -> None:
        lines = (f'{{"step": {step}, "loss": {loss}}}' for step in range(1, 9))
        (tmp_path / "metrics.jsonl").write_text("\n".join(lines), encoding="utf-8")

    kept, trial = KeptEvidence(), Trial(id="t0001", finished=2.0)
    curve(1.0)
    first = kept.of(tmp_path, trial)
    assert first.loss is not None
    curve(2.0)
    assert kept.of(tmp_path, trial) is first
    second = kept.of(tmp_path, replace(trial, finished=3.0))
    assert second.loss is not None
    assert second.loss != first.loss
