"""One trial on a terminal: the proposal before a decision, and everything after it.

Shows what the journal holds, in the order a person asks: what, why, what came of it, with
which data, what went wrong, at what cost. Writes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import words
from ftassist.documents.diffs import cell_diffs, parameter_changes, parent_cells
from ftassist.documents.findings import cell_findings
from ftassist.documents.numerics import numerics_part
from ftassist.documents.plan import earlier_estimates
from ftassist.documents.prediction import prediction_sentence
from ftassist.documents.snapshot import Snapshot
from ftassist.journal.state import STAGES, Trial
from ftassist.records.feedback import WrongItem
from ftassist.records.proposal import Evidence, TrialHypothesis
from ftassist.trial.static_check import CellFinding
from ftassist.ui import terminal


def proposal(snapshot: Snapshot, trial: Trial) -> RenderableType:
    """A proposal: the claim, the reasons, the changed cells."""
    made = trial.proposal
    hypothesis = made.hypothesis
    parent = snapshot.parent(trial)
    start = f"{trial.parent} ({words.number(parent.score)})" if parent else "-"
    parts: list[RenderableType] = [
        Text(f"{words.mark(trial)} {trial.id} · {words.origin(trial)}", style="bold cyan"),
        Text(words.one_line(trial.hypothesis, 300), style="bold"),
        Text(
            f"changes: {words.changes(trial)}   from: {start}   predicted: "
            f"{words.predicted(hypothesis.low, hypothesis.high)}   {words.estimate(made.estimate)}"
        ),
    ]
    if earlier := earlier_estimates(snapshot.state, trial):
        parts.append(Text(earlier, style="dim"))
    if because := evidence(hypothesis):
        parts.append(Text(f"because: {because}"))
    refuted = words.with_minus(words.one_line(hypothesis.refuted_if or "-"))
    parts.append(Text(f"refuted by: {refuted}"))
    if made.follows:
        parts.append(Text(f"follows: {words.one_line(made.follows, 400)}", style="green"))
    if made.wish:
        parts.append(Text(f"asked for: {words.clean(made.wish)}", style="dim"))
    if made.looked:
        parts.append(Text(f"looked before: {words.trail(made.looked)}", style="dim"))
    if made.dry_run:
        parts.append(Text(words.dry_run(made.dry_run), style="dim"))
    if made.why_parent:
        parts.append(Text(f"why {trial.parent}: {words.one_line(made.why_parent, 400)}"))
    if made.why_not:
        parts.append(Text(f"not the runner-up: {words.one_line(made.why_not, 400)}", "dim"))
    parts += [_finding(finding) for finding in cell_findings(trial)]
    before = parent_cells(parent)
    parts += [
        Text(""),
        terminal.diff(cell_diffs(before, trial.cells), parameter_changes(before, trial.cells)),
    ]
    return Group(*parts)


def proposed_round(snapshot: Snapshot, names: Sequence[str]) -> Table:
    """Proposals of one round side by side; any of them may be accepted."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("proposal", "from", "for", "hypothesis", "predicted", "cost"):
        table.add_column(name, no_wrap=name in ("proposal", "from", "for"))
    for trial in map(snapshot.trial, names):
        made = trial.proposal
        table.add_row(
            Text(f"{words.mark(trial)} {trial.id}"),
            Text(trial.parent or "-"),
            Text(made.variant or "-"),
            Text(words.one_line(trial.hypothesis, 160)),
            Text(words.predicted(made.hypothesis.low, made.hypothesis.high)),
            Text(words.estimate(made.estimate)),
        )
    return table


def _finding(finding: CellFinding) -> Text:
    grave = finding.severity != "advice"
    mark, style = ("⚠", "yellow") if grave else ("·", "dim")
    return Text(f"{mark} {words.one_line(finding, 200)}", style=style)


def evidence(hypothesis: TrialHypothesis) -> str:
    """The evidence in one line, by trial id."""
    return " · ".join(_claim(item) for item in hypothesis.evidence)


def _claim(item: Evidence) -> str:
    return f"{words.clean(item.trial)} {words.evidence(item)}"


def trial_page(snapshot: Snapshot, trial: Trial, *, cells: bool = True) -> RenderableType:
    """All there is to know about a trial."""
    if trial.status == "proposed":
        return proposal(snapshot, trial)
    parts: list[RenderableType] = [_head(snapshot, trial)]
    if cells and trial.role != "base":
        parts += [Text("\ncells", style="bold"), _cells(trial)]
    if trial.checks:
        parts += [Text("\nchecks", style="bold"), _checks(trial)]
    if trial.partial:
        lines = "\n".join(words.partial_runs(trial))
        parts += [Text("\nruns in part, to compare with others there", style="bold"), Text(lines)]
    if trial.feedback:
        parts += [Text("\nscores", style="bold"), _views(trial)]
    if data := trial.outcome.data:
        parts += [Text("\ndata", style="bold"), _data_card(data)]
    if wrong := trial.feedback.wrong:
        parts += [Text(f"\nwrong answers ({len(wrong)} shown)", style="bold"), _wrong(wrong)]
    if trial.refusals:
        parts += [Text("\ntried and refused", style="bold"), _refusals(trial)]
    if compared := numerics_part(snapshot.state, trial):
        parts += [Text("\nnumerics", style="bold"), _numerics(compared)]
    if trial.failure and trial.status != "stopped":
        parts.append(Text(f"\n{words.failure_sentence(trial)}", style="red"))
        parts.append(Text(words.clean(trial.failure.traceback)[-2000:], style="dim"))
    if trial.analysis:
        said = words.with_minus(words.clean(trial.analysis.text or ""))
        parts.append(Text(f"\nanalysis: {said}"))
    if snapshot.worths.get(trial.id):
        told = (words.one_line(worth.sentence()) for worth in snapshot.worths[trial.id])
        lines = "\n  ".join(told)
        parts.append(Text(f"\nwhat each change was worth (95 % interval):\n  {lines}"))
    if said := remarks_text(trial):
        parts.append(Text(f"\n{said}"))
    parts.append(_costs(trial))
    return Group(*parts)


def remarks_text(trial: Trial) -> str:
    """Tags and notes of a trial, a line each; "" for none."""
    tags = " ".join(f"#{words.clean(tag)}" for tag in trial.tags)
    notes = [
        f"note {one.seq} by {words.one_line(one.actor, 60).removeprefix('person:')}: "
        f"{words.clean(one.text)}"
        for one in trial.notes
    ]
    return "\n".join([*([tags] if tags else []), *notes])


def remarks_line(trial: Trial) -> str:
    """The same behind the trial's id, for who asks for them."""
    return f"{trial.id}  {remarks_text(trial) or 'no tags, no notes'}"


def _head(snapshot: Snapshot, trial: Trial) -> Text:
    best = f" {words.BEST} best" if trial.id == snapshot.best else ""
    text = Text(f"{words.mark(trial)} {trial.id} · {words.word(trial)}{best}\n", style="bold")
    text.append(words.one_line(trial.hypothesis, 300))
    text.append(f"\n{words.score(trial)}  " if trial.score is not None else "\n")
    text.append(words.outcome(trial))
    if trial.prediction:
        text.append(f"\n{prediction_sentence(trial)}")
    if trial.against_best and trial.against_best != trial.verdict:
        text.append(f"\nagainst the best then: {words.verdict_sentence(trial.against_best)}")
    if trial.parent:
        text.append(f"\nfrom: {trial.parent}   changes: {words.changes(trial)}")
    if because := evidence(trial.proposal.hypothesis):
        text.append(f"\nbecause: {because}")
    if follows := trial.proposal.follows:
        text.append(f"\nfollows: {words.one_line(follows, 400)}")
    if trial.decision:
        reason = words.one_line(trial.decision.reason)
        by = words.who(trial.decision.actor)
        text.append(f"\ndecision: {trial.decision.kind} by {by}")
        text.append(f": “{reason}”" if reason else "")
        if read := words.understood(trial.decision.understood):
            text.append(f"\nunderstood as: {read}")
    text.stylize("not bold", len(text.plain.split("\n", 1)[0]))
    return text


def _cells(trial: Trial) -> Text:
    text = Text()
    for stage in STAGES:
        by = f" (edited by {words.who(trial.edited[stage])})" if stage in trial.edited else ""
        cached = trial.ran(stage).cached_from
        note = f" (cached from {words.clean(cached)})" if cached else ""
        text.append(f"{stage}{by}{note}\n", style="italic")
        source = words.clean(trial.cells.get(stage, ""))
        text.append("".join(f"  {line}\n" for line in source.splitlines()))
    text.rstrip()
    return text


def _checks(trial: Trial) -> Text:
    text = Text()
    for check in trial.checks:
        mark, style = ("✓", "green") if check.passed else ("✕", "red")
        text.append(f"{mark} ", style=style)
        text.append(f"{words.clean(check.check)}: ")
        text.append(f"{words.one_line(check.message, 200)}\n", style="dim")
    text.rstrip()
    return text


def _refusals(trial: Trial) -> Text:
    text = Text()
    for refusal in trial.refusals:
        text.append(f"✕ {words.clean(refusal.class_)} ", style="red")
        text.append(f"{words.one_line(refusal.what, 200)}", style="dim")
        text.append(f" (by {words.who(refusal.by or '?')})\n", style="dim")
    text.rstrip()
    return text


def _numerics(told: list[dict[str, Any]]) -> Text:
    text = Text()
    for one in told:
        text.append("⚠ " if one["differs"] else "· ", style="yellow" if one["differs"] else "dim")
        text.append(f"{words.one_line(one['text'], 600)}\n", style="" if one["differs"] else "dim")
    text.rstrip()
    return text


def _views(trial: Trial) -> Table:
    feedback = trial.feedback
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("view", "score", "95 % interval", "items"):
        table.add_column(name, justify="left" if name == "view" else "right")
    for name, view in {"all": feedback, **feedback.views}.items():
        table.add_row(
            Text(words.clean(name)),
            words.number(view.score),
            Text(words.interval(view.low, view.high)),
            str(view.n),
        )
    parsed = words.percent(feedback.parse_rate)
    cut = words.percent(feedback.truncation_rate)
    table.caption = f"parsed {parsed} · cut off {cut}"
    table.caption_justify = "left"
    return table


def _data_card(data: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("operator", "rows in", "rows out", "dropped, made, changed"):
        table.add_column(name, justify="right" if name.startswith("rows") else "left")
    for step in data.get("steps", ()):
        parts = [f"{n:,} {words.clean(why)}" for why, n in step["dropped"].items()]
        parts += [f"{step[name]:,} {name}" for name in ("made", "changed") if step.get(name)]
        table.add_row(
            Text(words.clean(step["operator"])),
            f"{step['rows_in']:,}",
            f"{step['rows_out']:,}",
            Text(", ".join(parts) or "-"),
        )
    return table


def _wrong(wrong: Sequence[WrongItem]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("item", "view", "question", "right answer", "model's answer"):
        table.add_column(name)
    for item in wrong[:10]:
        table.add_row(
            Text(words.one_line(item.id, 24)),
            Text(words.one_line(item.view, 24)),
            Text(words.one_line(item.prompt, 200)),
            Text(words.one_line(item.gold, 60)),
            Text(words.one_line(item.output, 200)),
        )
    return table


def _costs(trial: Trial) -> Text:
    parts = [f"{name} {words.duration(s.seconds)}" for name, s in trial.stages.items()]
    if trial.finished and trial.started:
        parts.append(f"in all {words.duration(trial.seconds)}")
    if trial.outcome.peak_memory_mb:
        parts.append(f"peak memory {words.memory(trial.outcome.peak_memory_mb)}")
    if trial.outcome.rows is not None:
        parts.append(f"{trial.outcome.rows:,} rows")
    if trial.isolation:
        parts.append(f"isolation: {trial.isolation}")
    if trial.gpu:
        parts.append(f"GPU: {words.clean(trial.gpu.name)}")
    if trial.node:
        parts.append(f"node: {words.node(trial)}")
    if where := words.answered(trial):
        parts.append(where)
    return Text("\n" + " · ".join(parts) if parts else "")
