"""Evaluation results in the Hub's format: `.eval_results/<task>.yaml`.

The format names a benchmark by its data set on the Hub, so a file is written only for a task whose
records are published there. See `huggingface_hub.EvalResultEntry`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ftassist.records.feedback import TrialFeedback

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.campaign.export.wish import Export
    from ftassist.journal.state import Trial

FOLDER = ".eval_results"


def write(campaign: Campaign, trial: Trial, export: Export, folder: Path) -> None:
    """Writes the export's score, and the trial's on the sealed test where it was opened."""
    entries = entries_of(campaign, trial, export)
    if not entries:
        return
    place = folder / FOLDER
    place.mkdir()
    text = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True)
    (place / f"{campaign.card.key}.yaml").write_text(text, encoding="utf-8")


def entries_of(campaign: Campaign, trial: Trial, export: Export) -> list[dict[str, Any]]:
    """The entries; empty for a task whose records are not on the Hub."""
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    data = campaign.card.data
    if data is None or data.host != "hub":
        return []
    notes = [(export.difference.export_score, _note(campaign, export, "validation"))]
    opened = campaign.state.tests.get(trial.id)
    if opened and (tested := opened.scores.get(trial.id)):
        notes.append((tested.score, _tested_note(campaign, tested)))
    entries = [
        EvalResultEntry(
            dataset_id=data.id,
            task_id=f"{campaign.card.key}_{campaign.card.metric.name}",
            value=value,
            dataset_revision=data.revision,
            date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            notes=note,
        )
        for value, note in notes
    ]
    return list(eval_result_entries_to_yaml(entries))


def _note(campaign: Campaign, export: Export, split: str) -> str:
    d = export.difference
    return (
        f"{split} split of ftassist's own division, {d.n} items, greedy, {export.made.runtime}; "
        f"the model was chosen by these items; against the trial {d.difference:+.4g} "
        f"[{d.low:+.4g}, {d.high:+.4g}]"
    )


def _tested_note(campaign: Campaign, score: TrialFeedback) -> str:
    return (
        f"sealed test split of ftassist's own division, opened {len(campaign.state.openings)} "
        f"time(s); [{score.low:.4g}, {score.high:.4g}] on {score.n} items; scored as the "
        "trial, before the export"
    )
