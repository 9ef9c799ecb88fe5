"""What a trial left behind, measured: curves, data, audits, wrong answers, cost.

`collect` reads a trial's folder and its record in the state, and never fails on what is missing
or half written: such a field is None. The trial's own code writes there, so no link is followed,
nothing but a regular file is opened, and sizes are bounded. It measures and draws no conclusion.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ftassist.agent.loss_curve import LossCurve, summarise_losses
from ftassist.agent.plan import Plan
from ftassist.files import open_inside
from ftassist.journal.state import Trial
from ftassist.recipes.metrics import SUPERVISED
from ftassist.records.check import Audit
from ftassist.records.feedback import TrialFeedback, WrongItem
from ftassist.records.outcome import TrialOutcome
from ftassist.records.record import Record

T = TypeVar("T")
METRICS = "metrics.jsonl"
LARGEST = 32 * 1024 * 1024
"""Most bytes of a file that are read."""
PRINTED = 20_000
"""Characters of what a trial printed that are kept, before they are condensed."""
REMARKS = 16
"""Most remarks of a trial's audits and operators."""
_REMARK = 300


@dataclass(frozen=True)
class DataSummary:
    """What curation made of the raw sets.

    Attributes:
        rows: Rows that were trained on.
        by_source: The same by raw set.
        dropped: Rows dropped, by operator and reason ("deduplicate: exact duplicate").
    """

    rows: int
    by_source: Mapping[str, int]
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step(Record):
    """A step of a data card, as a cell wrote it."""

    operator: str | None = None
    dropped: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Card(Record):
    """What is read of a data card."""

    rows: Any = None
    by_source: Any = None
    steps: tuple[_Step, ...] = ()


@dataclass(frozen=True)
class TokenAudit:
    """What the trained-token audit found.

    Attributes:
        share_trained: Share of tokens inside the loss.
        rows: Rows before they were cut.
        rows_truncated: Rows that were cut.
        longest_row: Tokens of the longest row.
    """

    share_trained: float | None
    rows: int | None
    rows_truncated: int | None
    longest_row: int | None


@dataclass(frozen=True)
class WrongAnswers:
    """Classes of wrong answers, as shares of all items; they may overlap in `truncated`.

    Attributes:
        unparsable: No answer could be read.
        truncated: The limit of new tokens came before the end token.
        parsed: An answer could be read and was wrong (None for metrics that are not 0 or 1).
        by_view: Share of each view's items that were wrong (None as above).
        shown: Wrong items shown in the feedback whose outputs give one and the same answer most
            often, as a share of those shown.
    """

    unparsable: float
    truncated: float
    parsed: float | None
    by_view: Mapping[str, float] = field(default_factory=dict)
    shown: float | None = None


@dataclass(frozen=True)
class TrialEvidence:
    """All of it; a field is None where nothing was found.

    Attributes:
        loss: The curve of the training; of a method that goes on from supervised epochs, its own.
        supervised: The curve of those epochs.
        data: What curation made of the raw sets.
        audit: The trained-token audit.
        training: The arguments of the training call.
        seconds: What it took.
        stage_seconds: The same by stage.
        peak_memory_mb: Highest resident memory of its kernel.
        wrong: Classes of wrong answers.
        printed: The end of what its cells printed and showed; untrusted text.
        remarks: What the training's audits found and curation warned of; untrusted text.
    """

    loss: LossCurve | None = None
    supervised: LossCurve | None = None
    data: DataSummary | None = None
    audit: TokenAudit | None = None
    training: Mapping[str, Any] | None = None
    seconds: float | None = None
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mb: float | None = None
    wrong: WrongAnswers | None = None
    printed: str = ""
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The evidence as JSON values."""
        return asdict(self)


def collect(trial_folder: Path, state_trial: Trial) -> TrialEvidence:
    """Gathers the evidence of a trial.

    Args:
        trial_folder: `trials/<id>` of the campaign; may be missing or incomplete.
        state_trial: The trial's record.
    """
    outcome = state_trial.outcome
    stages = {
        stage: seconds
        for stage, run in state_trial.stages.items()
        if (seconds := _number(run.seconds)) is not None
    }
    return TrialEvidence(
        loss=_sound(lambda: _loss_curve(json_lines(trial_folder, METRICS))),
        supervised=_sound(lambda: _loss_curve(json_lines(trial_folder, SUPERVISED))),
        data=_sound(lambda: _data(trial_folder, outcome)),
        audit=_sound(lambda: _audit(trial_folder)),
        training=Plan.of(state_trial.cells).training or None,
        seconds=state_trial.seconds or None,
        stage_seconds=stages,
        peak_memory_mb=outcome.peak_memory_mb,
        wrong=wrong_answers(state_trial.feedback),
        printed=_sound(lambda: _printed(trial_folder)) or "",
        remarks=_sound(lambda: _remarks(trial_folder, outcome)) or (),
    )


def wrong_answers(feedback: TrialFeedback) -> WrongAnswers | None:
    """The classes of wrong answers of a feedback, of the items that may be shown; None without."""
    if not feedback:
        return None
    told, metric = feedback.told, feedback.metric
    binary = metric is None or (metric.binary and metric.higher_is_better)
    views = {name: round(1.0 - score, 4) for name, score in sorted(told.view_scores.items())}
    return WrongAnswers(
        unparsable=round(1.0 - told.parse_rate, 4),
        truncated=round(told.truncation_rate, 4),
        parsed=round(max(0.0, told.parse_rate - told.score), 4) if binary else None,
        by_view=views if binary else {},
        shown=_same_answer(feedback.wrong),
    )


def _sound(read: Callable[[], T | None]) -> T | None:
    """What was read; None where a cell wrote something else in its place."""
    try:
        return read()
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return None


def _loss_curve(rows: Sequence[Mapping[str, Any]]) -> LossCurve | None:
    training = [row for row in rows if "loss" in row and "eval_loss" not in row]
    validation = [
        (int(row.get("step") or 0), loss)
        for row in rows
        if (loss := _number(row.get("eval_loss"))) is not None
    ]
    planned = [int(row["steps"]) for row in training if _number(row.get("steps")) is not None]
    return summarise_losses(
        [_number(row["loss"]) for row in training],
        planned=planned[-1] if planned else None,
        validation=validation,
    )


def _data(folder: Path, outcome: TrialOutcome) -> DataSummary | None:
    card = _Card.of(read_card(folder, outcome) or {})
    if not isinstance(card.by_source, Mapping):
        return None
    dropped = {
        f"{step.operator or '?'}: {reason}": int(count)
        for step in card.steps
        for reason, count in step.dropped.items()
    }
    by_source = {str(name): int(count) for name, count in card.by_source.items()}
    rows = sum(by_source.values()) if card.rows is None else int(card.rows)
    return DataSummary(rows, by_source, dropped)


def read_card(folder: Path, outcome: TrialOutcome) -> Mapping[str, Any] | None:
    """The data card, as a file or as it was recorded."""
    card = _json_object(folder, "data", "card.json")
    return card if card is not None else outcome.data or None


def _audits(folder: Path) -> Iterator[list[Audit]]:
    """The checks of each file of audits."""
    for names in (("audit.json",), ("model", "audit.json")):
        found = _json_any(folder, *names)
        if isinstance(found, Mapping):
            found = found.get("checks", [found])
        if isinstance(found, list):
            yield [Audit.of(check) for check in found if isinstance(check, Mapping)]


def _remarks(folder: Path, outcome: TrialOutcome) -> tuple[str, ...]:
    """What audits found and operators warned of, a line each; what did not pass comes first."""
    checks = next(_audits(folder), [])
    failed = [check for check in checks if check.passed is False]
    told = [
        f"{check.name}{'' if check.passed else ' FAILED'}: {check.message}"
        for check in (*failed, *(check for check in checks if check not in failed))
    ]
    for step in _Card.of(read_card(folder, outcome) or {}).steps:
        told += [f"{step.operator}: {text}" for text in step.warnings]
    return tuple(" ".join(line.split())[:_REMARK] for line in told[:REMARKS])


def _audit(folder: Path) -> TokenAudit | None:
    for found in _audits(folder):
        for check in found:
            if check.name == "tokens":
                detail = check.detail
                return TokenAudit(
                    share_trained=_number(detail.get("share_trained")),
                    rows=_whole(detail.get("rows")),
                    rows_truncated=_whole(detail.get("rows_truncated")),
                    longest_row=_whole(detail.get("longest_row")),
                )
    return None


def _same_answer(wrong: Sequence[WrongItem]) -> float | None:
    """How often the most frequent ending stands among the wrong outputs shown."""
    endings = [" ".join(item.output.split()[-2:]) for item in wrong]
    if len(endings) < 5:
        return None
    return round(max(endings.count(ending) for ending in endings) / len(endings), 3)


def _printed(folder: Path) -> str:
    """The end of what the cells of a notebook printed, and showed as text."""
    notebook = _json_object(folder, "trial.ipynb") or {}
    cells = notebook.get("cells", ())
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    texts = [
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for output in outputs
        if output.get("output_type") in ("stream", "execute_result", "display_data")
    ]
    plain = [text if isinstance(text, str) else "".join(map(str, text)) for text in texts]
    return "".join(plain)[-PRINTED:]


def json_lines(folder: Path, *names: str) -> list[dict[str, Any]]:
    """The whole rows of a file of JSON lines; a half-written one is left out."""
    rows = []
    for line in _text(folder, *names).splitlines():
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def _json_any(folder: Path, *names: str) -> Any:
    try:
        return json.loads(_text(folder, *names))
    except (json.JSONDecodeError, RecursionError):
        return None


def _json_object(folder: Path, *names: str) -> Mapping[str, Any] | None:
    found = _json_any(folder, *names)
    return found if isinstance(found, dict) else None


def _text(folder: Path, *names: str) -> str:
    try:
        with open_inside(folder, *names) as file:
            return file.read(LARGEST).decode(errors="replace")
    except OSError:
        return ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
