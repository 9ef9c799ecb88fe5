"""What a trial keeps of what the base could do, as rich renderables."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ftassist.documents import words
from ftassist.journal.state import Trial


def page(trial: Trial, base: Trial) -> RenderableType:
    """Shares of right answers by kind of question, and what follows."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    pair = [base] if trial.id == base.id else [base, trial]
    for name in ("questions", *(one.id for one in pair)):
        table.add_column(name, justify="left" if name == "questions" else "right")
    for view in base.general.views:
        shares = [words.percent(one.general.views[view]) for one in pair]
        table.add_row(Text(words.clean(view)), *shares)
    whole = [
        f"{words.percent(o.general.score)} {words.interval(o.general.low, o.general.high)}"
        for o in pair
    ]
    table.add_row(Text("all", style="bold"), *whole)
    said = words.general_sentence(trial)
    sentence = f"{trial.id}: {said}" if said else "the untouched base model"
    return Group(table, Text(sentence, style="bold"))
