"""The model card of an export: what it is, what it was made of, what is known of it and what not.

Every number is the evaluator's or the journal's. Texts that agents or data wrote are shown as
text: nothing of them is markup where the card is rendered.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.campaign.export.licences import inherited
from ftassist.campaign.export.loading import how_to_load
from ftassist.dojo.repository import DataRepository
from ftassist.errors import FtassistError
from ftassist.models import registry, store
from ftassist.records.check import last_check
from ftassist.records.final import OpenedTest
from ftassist.records.verdict import TrialVerdict

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.campaign.export.wish import Export
    from ftassist.dojo.artefacts.request import Form
    from ftassist.dojo.set_card import SetCard
    from ftassist.journal.state import Trial


@dataclass(frozen=True)
class Used:
    """A set of training rows.

    Attributes:
        name: Its name in the repository.
        rows: Rows of it that were trained on.
        licence: As its card states it; "unknown" where there is no card.
        origin: Where it is from, as its card states it.
        hub: Its id on the Hub, where it has one; "" elsewhere.
    """

    name: str
    rows: int
    licence: str
    origin: str
    hub: str = ""


def sets_used(campaign: Campaign, trial: Trial) -> list[Used]:
    """The sets of a trial's data card, most rows first; empty where it left none."""
    counted = trial.outcome.data.get("by_source")
    if not isinstance(counted, Mapping):
        return []
    rows = {str(name): n for name, n in counted.items() if isinstance(n, int)}
    return [_used(campaign, name, rows[name]) for name in sorted(rows, key=lambda n: -rows[n])]


def _used(campaign: Campaign, name: str, rows: int) -> Used:
    card = _card(campaign, name)
    if card is None:
        return Used(name, rows, "unknown", "made by the trial, or its set is gone")
    training = next((t for t in campaign.card.training if t.source.id in card.provenance), None)
    hub = training.source.id if training and training.source.host == "hub" else ""
    return Used(name, rows, card.licence or "unknown", card.provenance, hub)


def _card(campaign: Campaign, name: str) -> SetCard | None:
    try:
        return DataRepository(campaign.task.repository_folder).card(name)
    except FtassistError:
        return None


NAME = "README.md"
_LIBRARIES = {"adapter": "peft", "merged": "transformers", "vllm": "transformers"}
_RELATIONS = {"adapter": "adapter", "gguf": "quantized", "ollama": "quantized"}


def write(campaign: Campaign, trial: Trial, form: Form, export: Export, folder: Path) -> None:
    """Writes the card of an export."""
    used = sets_used(campaign, trial)
    (folder / NAME).write_text(
        f"---\n{_head(campaign, form, used)}---\n\n{_body(campaign, trial, form, export, used)}\n",
        encoding="utf-8",
    )


def _head(campaign: Campaign, form: Form, used: list[Used]) -> str:
    from huggingface_hub import ModelCardData

    known = registry.find(campaign.state.settings.model)
    data = ModelCardData(
        license=inherited(campaign).id,
        license_name=inherited(campaign).name or None,
        library_name=_LIBRARIES.get(form, "gguf"),
        pipeline_tag="text-generation",
        base_model=known.repository if known else None,
        base_model_relation=_RELATIONS.get(form, "finetune") if known else None,
        datasets=sorted({one.hub for one in used if one.hub}) or None,
        tags=["ftassist", f"task:{campaign.card.key}"],
    )
    return f"{data.to_yaml()}\n"


def _body(campaign: Campaign, trial: Trial, form: Form, export: Export, used: list[Used]) -> str:
    title = f"# {_plain(campaign.card.key)}: {trial.id} of {_plain(campaign.name)}, as {form}"
    parts = {
        "": [title, _plain(trial.hypothesis)],
        "Base": _base(campaign),
        "Scores": _scores(campaign, trial),
        "This export": _export(export),
        "Sealed test": _sealed(campaign, trial),
        "Training data": _data(used, trial),
        "Leakage": _leakage(trial),
        "Recipe": _recipe(trial),
        "Limits": _limits(campaign),
        "How to load it": how_to_load(campaign, form, export.folder.name),
    }
    sections = [f"## {name}" * bool(name) + "\n\n" * bool(name) + "\n\n".join(texts)
                for name, texts in parts.items()]  # fmt: skip
    return "\n\n".join(sections)


def _base(campaign: Campaign) -> list[str]:
    settings = campaign.state.settings
    named = settings.model
    known, licence = registry.find(named), inherited(campaign)
    what = f"[{known.title}]({known.page}), revision `{known.revision}`" if known else (
        f"`{_code(Path(named).name)}`"
    )  # fmt: skip
    origin = store.origin_of(campaign.base.path)
    note = f" Its weights came {_plain(origin.note)}." if origin and origin.note else ""
    terms = f"Licence: {_plain(licence.text)}, inherited from the base."
    return [f"{what}.{note} {terms} {_plain(licence.terms)}".rstrip()]


def _scores(campaign: Campaign, trial: Trial) -> list[str]:
    metric = campaign.card.metric
    base = campaign.state.base.feedback
    rows = [("base", base), (trial.id, trial.feedback)]
    lines = ["| | " + _plain(metric.name) + " | 95 % interval | items |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {f.score:.4g} | {f.low:.4g} to {f.high:.4g} | {f.n} |"
        for name, f in rows
        if f
    ]
    better = "higher" if metric.higher_is_better else "lower"
    said = (
        f"On the validation split of `{_code(campaign.card.key)}` ({better} is better); the "
        "trial was chosen by these items, so its score is on the bright side."
    )
    verdict = _verdict(trial.verdict)
    return [said, "\n".join(lines), *([verdict] if verdict else [])]


def _verdict(verdict: TrialVerdict) -> str:
    if not verdict or verdict.kind == "invalid":
        return ""
    return (
        f"Against {verdict.against}: {verdict.kind}, {verdict.difference:+.4g} "
        f"[{verdict.low:+.4g}, {verdict.high:+.4g}], adjusted p = "
        f"{verdict.p_adjusted:.3g} ({_plain(verdict.method)})."
    )


def _export(export: Export) -> list[str]:
    made = export.made
    texts = [
        f"Loaded by {_plain(made.runtime)} and scored again on the same items by the same "
        f"evaluator: {_plain(export.difference.sentence())}. {made.prompts} prompts were compared "
        f"token by token, {'with differences' if made.differences else 'and none differed'}."
    ]
    if made.note:
        texts.append(f"{_plain(made.note)}.")
    if export.forced:
        why = [_plain(one) for one in made.differences] or ["it loses more than was allowed"]
        listed = "\n".join(f"- {one}" for one in why)
        texts.append(f"**It does not behave as it was scored, and was exported by force:**\n\n"
                     f"{listed}")  # fmt: skip
    return texts


def _sealed(campaign: Campaign, trial: Trial) -> list[str]:
    openings = campaign.state.openings
    if not openings:
        return ["The sealed test split was never opened, so there is no unbiased score."]
    found = campaign.state.tests.get(trial.id, OpenedTest())
    opened = f"The sealed test split was opened {len(openings)} time(s)."
    if (score := found.scores.get(trial.id)) is None:
        return [f"{opened} It holds no score of {trial.id}."]
    said = f"{trial.id}: {score.score:.4g} [{score.low:.4g}, {score.high:.4g}] on {score.n} items."
    verdict = _verdict(found.verdict)
    more = " A look after the first is not unbiased." if len(openings) > 1 else ""
    return [f"{opened} {said}{more} {verdict}".rstrip()]


def _data(used: list[Used], trial: Trial) -> list[str]:
    if not used:
        return ["The trial recorded no training rows."]
    lines = ["| set | rows | licence | from |", "|---|---|---|---|"]
    lines += [
        f"| {_plain(one.name)} | {one.rows:,} | {_plain(one.licence)} | {_plain(one.origin)} |"
        for one in used
    ]
    return ["\n".join(lines), f"Seed {trial.seed}."]


def _leakage(trial: Trial) -> list[str]:
    found = last_check("leakage", trial.checks)
    if not found:
        return ["No check of the training rows against the evaluation items is on record."]
    return [f"Training rows against all evaluation items: {_plain(found.message)}."]


def _recipe(trial: Trial) -> list[str]:
    return [_fenced(str(trial.cells[s])) for s in ("curate", "train") if trial.cells.get(s)]


def _limits(campaign: Campaign) -> list[str]:
    return [
        _plain(campaign.card.limits or "The task's card names none."),
        "Scores are of greedy answers on this one task; what else the base could do was not "
        "measured after the training.",
    ]


def _plain(text: object) -> str:
    """A text on one line that is text wherever Markdown is rendered."""
    escaped = html.escape(" ".join(str(text).split()), quote=False)
    return re.sub(r"([\\`*_\[\]|#!~])", r"\\\1", escaped)


def _code(text: str) -> str:
    return text.replace("`", "'")


def _fenced(source: str) -> str:
    """Source in a fence that it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{source.rstrip()}\n{fence}"
