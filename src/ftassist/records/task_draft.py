"""A task that a language model drafted from a sentence and some rows, as it hands it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from ftassist.records.record import Record

ITEMS = 20
"""Rows for which answers are made up."""
MetricName = Literal["exact_match", "accuracy", "macro_f1", "numeric", "rougeL", "regex"]
Line = Annotated[str, MaxLen(200)]
Passage = Annotated[str, MaxLen(2000)]


@dataclass(frozen=True, slots=True)
class MadeUp(Record):
    """Answers to one of the rows that were shown, none of them from the data."""

    row: Annotated[int, Ge(1), Le(ITEMS)]
    """Its number as shown."""
    right: Annotated[tuple[Passage, ...], MaxLen(3)]
    """Answers that should count, written as a model might write them."""
    wrong: Annotated[tuple[Passage, ...], MinLen(1), MaxLen(4)]
    """Answers that should not."""


@dataclass(frozen=True, slots=True)
class TaskDraft(Record):
    """What a task of one's own needs to be told, but for its rows."""

    title: Annotated[str, MinLen(1), MaxLen(120)]
    about: Annotated[str, MinLen(1), MaxLen(2000)]
    """What is asked and what a good answer is, for people and for agents."""
    prompt: Annotated[str, MinLen(1), MaxLen(1000)]
    """A column, or a template such as "{question}"."""
    answer: Annotated[str, MinLen(1), MaxLen(200)]
    """The column with the right answer, or a path into an object."""
    metric: MetricName
    why_metric: Line
    items: Annotated[tuple[MadeUp, ...], MinLen(1), MaxLen(ITEMS)]
    """Made-up answers to the rows that were shown."""
    system: Annotated[str, MaxLen(1000)] = ""
    """A column or template of a system turn; empty for none."""
    view: Line = ""
    """A column that groups rows; empty for none."""
    pattern: Line = ""
    """For the metric regex: its first group is the answer."""
    max_new_tokens: Annotated[int, Ge(1), Le(4096)] = 64
    """Tokens that a right answer takes at most."""
    attempts: Annotated[tuple[Line, ...], MaxLen(20)] = ()
    """Texts in the rows that tried to give orders."""

    @property
    def scorer(self) -> str:
        """The metric as `ftassist task new --metric` names it."""
        return f"regex:{self.pattern}" if self.metric == "regex" else self.metric
