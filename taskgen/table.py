"""docs/tasks.md: every published task in one table, generated from the cards.

python -m taskgen.table > docs/tasks.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ftassist.dojo.known_sources import sources_of
from ftassist.dojo.scorers import scorer_for
from ftassist.dojo.task import Source, TaskCard, task_folders
from ftassist.dojo.task_loader import load_card
from ftassist.records.metric import Metric

HEAD = """# The tasks

Generated from the cards in `src/ftassist/dojo/catalog` by `python -m taskgen.table`; a
test checks that it is fresh. `ftassist tasks show KEY` shows one card in full.

The mini tasks and the real ones in the first table ship with the package and need no network; what
their licences ask for lies beside them. Every other task needs its data:
`ftassist` looks for it in a folder you name (`--data`), below `FTASSIST_DATA/<org>/<name>`, in
the Hugging Face cache, and on the host at the pinned revision, in this order. A commit of seven
digits is known here in its short form only, and its whole name is looked up at the download. A
gated set is asked for only where there is a token.

Each run says which split it used. `ours` (the default) is seeded and disjoint, with
near-duplicates on one side, in the sizes below, fewer where the data is short; `KEY@released`
takes the first and last min(100, N/2) records of each view, as FT-Dojo's released code does.
Scores are reported twice: the official reading is the headline, the strict reading (one readable
answer, or wrong) stands beside it.

`ftassist profile TASK` shows the raw training sets: rows, token lengths, languages, repeats,
quality notes. `ftassist leakage TASK --data FILE` compares rows of one's own with the evaluation
items and shows the span of each row that holds one. Data sets known to hold a task's evaluation
records, or to come from where they do, stand below with each task; where a raw set names one, its
profile warns. Trials are checked row by row, whatever a set is called.
"""


def document() -> str:
    """The whole document."""
    cards = [load_card(key) for key in task_folders()]
    mini = [card for card in cards if not card.paper]
    parts = [HEAD, "## In the package\n", _mini_table(mini)]
    for paper in ("FT-Dojo", "FT-Dojo release", "FT-Bench"):
        of = [card for card in cards if card.paper == paper]
        if not of:
            continue
        rows = sum(len(card.headlines) for card in of)
        parts += [f"## {paper}: {len(of)} tasks, {rows} headline metrics\n", _table(of)]
        parts += [_details(card) for card in of]
    return "\n".join(parts)


def _mini_table(cards: Iterable[TaskCard]) -> str:
    rows = ["| task | domain | title | metric | licence |", "|---|---|---|---|---|"]
    for card in cards:
        cells = (f"`{card.key}`", card.domain, card.title, _metric(card.metric), card.licence)
        rows.append(_row(cells))
    return "\n".join(rows) + "\n"


def _table(cards: Iterable[TaskCard]) -> str:
    head = ("task", "domain", "headline metrics", "views", "validation / test", "data", "licence")
    rows = [_row(head), "|" + "---|" * len(head)]
    for card in cards:
        source, splits = card.data, card.splits
        rows.append(
            _row(
                (
                    f"`{card.key}`",
                    card.domain,
                    ", ".join(map(_metric, card.headlines)),
                    str(len(card.views)),
                    f"{splits.validation} / {splits.test}" if splits else "-",
                    _source(source) if source else "-",
                    _licence(source) if source else card.licence,
                )
            )
        )
    return "\n".join(rows) + "\n"


def _details(card: TaskCard) -> str:
    """One task's section."""
    lines = [f"### {card.key}: {card.title}", "", card.description.strip(), ""]
    lines.append(f"- Answer: {card.output_contract.strip()}")
    lines.append(f"- Headline: {card.headline}")
    lines.append(f"- Views: {', '.join(f'{name} ({text})' for name, text in card.views.items())}")
    lines.append(
        f"- Record fields: {', '.join(scorer_for(card.scorer).required) or 'see the card'}"
    )
    for training in card.training:
        source = f"{_source(training.source)}, {_licence(training.source)}"
        lines.append(f"- Training: {training.title} ({source}). {training.preparation}")
    if not card.training:
        lines.append("- Training: none in the data repository")
    if known := sources_of(card):
        listed = "; ".join(
            f"{source.names[0]} ({source.relation}: {source.why})" for source in known
        )
        lines.append(f"- Train only after a leakage check on: {listed}")
    if card.splits:
        lines.append(f"- Split sizes: {card.splits.note}")
    if card.data and (card.data.access or card.data.gated):
        gate = "gated: accept its terms on the Hub and log in. " if card.data.gated else ""
        lines.append(f"- Getting the data: {gate}{card.data.access}")
    budget = ", ".join(f"{value:g} {name}" for name, value in card.budget.items())
    lines.append(f"- Budget: {budget}; at most {card.max_new_tokens} new tokens")
    lines.append(f"- Limits: {card.limits.strip()}")
    lines.append(f"- Left out: {card.left_out}")
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"


def _metric(metric: Metric) -> str:
    return f"{metric.name} {'↑' if metric.higher_is_better else '↓'}"


def _source(source: Source) -> str:
    host = "" if source.host == "hub" else " (GitHub)"
    return f"{source.id}{host} @{source.revision[:8]}"


def _licence(source: Source) -> str:
    notes = ["not for commercial use"] * (not source.commercial) + ["gated"] * source.gated
    return f"{source.licence}{' (' + ', '.join(notes) + ')' if notes else ''}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(document())
