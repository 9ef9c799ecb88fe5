"""Rehearsal: general prompts that the base answers itself, among the rows of a task.

A training on one task alone forgets others; a few rows of what the model said before hold it
(self-synthesised rehearsal, arXiv 2403.01244). The prompts ship with the package, have nothing to
do with any task, and are none of the general panel's.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from pathlib import Path

import yaml

from ftassist.dojo.dry_run import row_limit
from ftassist.errors import CellError
from ftassist.recipes import models
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.sampling import _stepped, generate
from ftassist.recipes.rows import RESERVED, Message, Row, Rows

SOURCE = "rehearsal"
"""What its rows are called where rows are counted by source."""
_PROMPTS = Path(__file__).with_name("rehearsal.yaml")
_EMPTY = "the model said nothing"
_CUT = "the answer did not end"


@checked
def rehearse(
    rows: Rows,
    *,
    model: str,
    count: int = 100,
    max_new_tokens: int = 128,
    seed: int = 0,
) -> Rows:
    """Adds rows that rehearse what the base could do: general prompts with its own answers.

    Answers are greedy. An empty one is dropped, and so is one that did not end within the limit,
    which would teach to break off.

    Args:
        rows: The rows of the task, which stay as they are.
        model: The base model, which answers.
        count: Prompts that are asked, at most 288; they count among the trial's rows. A tenth of
            the task's rows is a usual measure.
        max_new_tokens: Longest answer.
        seed: Which prompts are asked.

    Raises:
        CellError: There are fewer prompts than asked for, or none is asked for.

    Example:
        >>> rows = curate.rehearse(rows, model=model, count=20, seed=seed)
    """
    known = general_prompts()
    if not 1 <= count <= len(known) or max_new_tokens < 1:
        raise CellError(
            f"count={count}, max_new_tokens={max_new_tokens} is not possible",
            where="curate.rehearse",
            fix=f"ask for 1 to {len(known)} prompts, and answers of a token or more",
        )
    asked = random.Random(seed).sample(known, min(count, row_limit() or count))
    chats = [[Message(role="user", content=prompt)] for prompt in asked]
    answers = [texts[0] for texts in generate(model, chats, 1, 0.0, max_new_tokens, seed)]
    tokenizer = models.load_tokenizer(model)
    made: list[Row] = []
    dropped: dict[str, int] = {}
    for number, (chat, text) in enumerate(zip(chats, answers, strict=True), start=1):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        why = _EMPTY if not text.strip() else _CUT if len(ids) >= max_new_tokens else ""
        if why:
            dropped[why] = dropped.get(why, 0) + 1
        else:
            made.append(_row(number, chat, text, model))
    arguments = {"model": model, "count": count, "seed": seed}
    return _stepped(rows, [*rows, *made], "rehearse", arguments, dropped, new=len(made))


@lru_cache(maxsize=1)
def general_prompts() -> tuple[str, ...]:
    """All prompts that can be rehearsed, in a fixed order."""
    told = yaml.safe_load(_PROMPTS.read_text(encoding="utf-8"))
    return tuple(
        prompt.format(topic=topic) for topic in told["topics"] for prompt in told["prompts"]
    )


def _row(number: int, chat: list[Message], text: str, model: str) -> Row:
    provenance = {"model": model, "prompt": "general, of ftassist (CC0-1.0)"}
    return Row(
        id=f"{SOURCE}/{number}",
        source=SOURCE,
        messages=[*chat, Message(role="assistant", content=text.strip())],
        fields=json.dumps({RESERVED: {"provenance": provenance}}, sort_keys=True),
    )
