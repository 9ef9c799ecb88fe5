"""Training data on a terminal: profiles of raw sets, and rows that leak evaluation items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents.words import one_line
from ftassist.dojo.leak_report import MINHASH, LeakingRow, LeakReport
from ftassist.dojo.profile import PERCENTILES, Profile

SHOWN = 50
"""Leaking rows that are shown; `--json` has all."""
_SAMPLE = 400


def profile_document(profile: Profile) -> dict[str, Any]:
    """A profile as JSON."""
    return {"schema": "ftassist/profile/1", **profile.to_dict()}


def profile_table(profiles: Sequence[Profile]) -> RenderableType:
    """All sets of a task, one a line."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("set")
    for name in ("rows", "prompt tokens", "response tokens", "repeats", "languages"):
        table.add_column(name, justify="right")
    table.add_column("notes")
    for found in profiles:
        notes = (*found.quality, *(f"beware: {known}" for known in found.known_sources))
        table.add_row(
            Text(found.name),
            f"{found.rows:,}",
            _middle(found.prompt_tokens),
            _middle(found.response_tokens),
            f"{found.exact_duplicates:,}",
            Text(_shares(found.languages, 2)),
            Text("; ".join(notes) or "-"),
        )
    whose = profiles[0].tokenizer if profiles else ""
    return Group(table, Text(f"tokens (median, 99th percentile) of: {whose}", style="dim"))


def profile_page(profile: Profile) -> RenderableType:
    """One set in full."""
    lengths = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    lengths.add_column("length")
    for name in PERCENTILES:
        lengths.add_column(name, justify="right")
    for name, values in _lengths(profile).items():
        lengths.add_row(name, *(f"{values[key]:,}" for key in PERCENTILES))
    empty = ", ".join(f"{name} {count:,}" for name, count in profile.empty_fields.items())
    repeats = (
        f"repeats: {profile.exact_duplicates:,} exact, {profile.near_duplicates:,} near, "
        f"{profile.conflicting_rows:,} rows with conflicting answers"
    )
    lines = [
        f"fields: {', '.join(profile.fields)} · empty: {empty or 'none'}",
        f"languages: {_shares(profile.languages, 5)}",
        repeats,
        f"answers: {_shares(profile.answers, 5)} · entropy {profile.answer_entropy:.2f} bits",
        f"answer forms: {_shares(profile.answer_forms, 5)} · {profile.worked_share:.0%} show work",
        *(f"note: {note}" for note in profile.quality),
        *(f"beware: {known}" for known in profile.known_sources),
        f"licence: {profile.licence} · collector's notes: {profile.notes or 'none'}",
    ]
    samples = [Text(f"sample: {one_line(str(row), _SAMPLE)}") for row in profile.samples]
    return Group(
        Text(f"{profile.name} · {profile.rows:,} rows", style="bold"),
        lengths,
        Text(f"tokens of: {profile.tokenizer}", style="dim"),
        *map(Text, lines),
        *samples,
    )


def leak_page(report: LeakReport) -> RenderableType:
    """The rows that hold an evaluation item, each with the span that gives it away."""
    head = f"{len(report.leaking):,} of {report.rows:,} rows hold one of the {report.items:,} "
    lines: list[RenderableType] = [Text(f"{head}evaluation items of {report.task}", style="bold")]
    lines += [Text(f"beware: {known}") for known in report.known_sources]
    if report.leaking:
        counts = ", ".join(f"{kind} {n:,}" for kind, n in report.kinds.items() if kind != MINHASH)
        lines += [_spans(report.leaking, "of the item"), Text(f"kinds: {counts}")]
        lines += _more(report.leaking)
        lines.append(Text("next: leave these rows out (`curate.decontaminate`)", style="dim"))
    if report.alike:
        text = f"{len(report.alike):,} further rows are only written like an item (MinHash)"
        lines += [Text(text), _spans(report.alike, "alike"), *_more(report.alike)]
        lines.append(Text("next: look whether they ask the same thing", style="dim"))
    return Group(*lines)


def _spans(rows: Sequence[LeakingRow], share: str) -> Table:
    """The first rows with what they rest on."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("row", justify="right")
    table.add_column("kind")
    table.add_column(share, justify="right")
    table.add_column("span of the row")
    for found in rows[:SHOWN]:
        span = Text(one_line(found.span, 300))
        table.add_row(f"{found.row:,}", found.kind, f"{found.share:.0%}", span)
    return table


def _more(rows: Sequence[LeakingRow]) -> list[Text]:
    return [Text(f"{len(rows) - SHOWN:,} more; --json has all")] if len(rows) > SHOWN else []


def _lengths(profile: Profile) -> dict[str, Mapping[str, int]]:
    """The lengths that were measured, by name."""
    found = {
        "prompt, characters": profile.prompt_characters,
        "response, characters": profile.response_characters,
        "prompt, tokens": profile.prompt_tokens,
        "response, tokens": profile.response_tokens,
    }
    return {name: values for name, values in found.items() if values is not None}


def _middle(lengths: Mapping[str, int] | None) -> str:
    return f"{lengths['p50']:,}, {lengths['p99']:,}" if lengths else "-"


def _shares(shares: Mapping[str, float], most: int) -> str:
    """The first few of some shares."""
    told = [f"{one_line(name, 40)} {share:.0%}" for name, share in list(shares.items())[:most]]
    return ", ".join(told) or "none"
