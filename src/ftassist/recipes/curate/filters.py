"""Filters: rows that are too long, contradict each other, or do not look as they should.

Each looks at one row, or at rows with one prompt; none draws at random.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Literal

from ftassist.errors import DataError
from ftassist.recipes.answers import final_answer, normalise
from ftassist.recipes.chat import prompt_of, response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.rows import Rows

CONTRADICTED = "prompt occurs with different answers"
OUTVOTED = "answer is not the majority's"


@checked
def filter_labels(rows: Rows, *, keep: Literal["none", "majority"] = "none") -> Rows:
    """Drops rows whose normalised prompt occurs with different final answers.

    Args:
        rows: The rows.
        keep: "none" drops all rows of such a prompt; "majority" keeps those whose answer more
            than half of them share.

    Example:
        >>> rows = curate.filter_labels(rows, keep="majority")
    """
    groups: dict[str, list[int]] = defaultdict(list)
    answers: list[str] = []
    for index, messages in enumerate(rows.column("messages")):
        groups[normalise(prompt_of(messages))].append(index)
        answers.append(final_answer(response_of(messages)))
    dropped: dict[str, list[int]] = {CONTRADICTED: [], OUTVOTED: []}
    for members in groups.values():
        votes = Counter(answers[index] for index in members)
        winner, count = votes.most_common(1)[0]
        if len(votes) == 1:
            continue
        if keep == "majority" and 2 * count > len(members):
            dropped[OUTVOTED] += [index for index in members if answers[index] != winner]
        else:
            dropped[CONTRADICTED] += members
    return _drop(rows, "filter_labels", {"keep": keep}, dropped)


@checked
def filter_length(
    rows: Rows, *, max_tokens: int, min_tokens: int = 0, model: str = "tiny"
) -> Rows:
    """Drops rows with more than `max_tokens` or fewer than `min_tokens` tokens.

    Args:
        rows: The rows.
        max_tokens: Longest row to keep, the chat template's tokens counted.
        min_tokens: Shortest row to keep.
        model: The model whose tokenizer and chat template count.

    Raises:
        ModelError: The model has no tokenizer or chat template.

    Example:
        >>> rows = curate.filter_length(rows, max_tokens=256, model=model)
    """
    from ftassist.recipes.models import load_tokenizer
    from ftassist.recipes.tokens import count_tokens

    lengths = count_tokens(rows.column("messages"), load_tokenizer(model))
    dropped = {
        f"longer than {max_tokens} tokens": [i for i, n in enumerate(lengths) if n > max_tokens],
        f"shorter than {min_tokens} tokens": [i for i, n in enumerate(lengths) if n < min_tokens],
    }
    arguments = {"max_tokens": max_tokens, "min_tokens": min_tokens, "model": model}
    return _drop(rows, "filter_length", arguments, dropped)


@checked
def filter_response(rows: Rows, *, pattern: str, drop: bool = False) -> Rows:
    r"""Keeps (or, with `drop`, removes) rows whose last response a regular expression finds.

    Args:
        rows: The rows.
        pattern: The regular expression, searched anywhere in the response, such as `\\boxed`.
        drop: Whether the rows it finds are the ones to remove.

    Raises:
        DataError: `pattern` is not a regular expression.

    Example:
        >>> rows = curate.filter_response(rows, pattern=r"\boxed")
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise DataError(
            f"{pattern!r} is not a regular expression: {error}",
            where="filter_response",
            fix="mend the pattern; a backslash in a cell is written r'\\...'",
        ) from error
    found = [
        index
        for index, messages in enumerate(rows.column("messages"))
        if (expression.search(response_of(messages)) is None) != drop
    ]
    reason = f"response {'matches' if drop else 'does not match'} {pattern}"
    return _drop(rows, "filter_response", {"pattern": pattern, "drop": drop}, {reason: found})


def _drop(
    rows: Rows, operator: str, arguments: dict[str, object], dropped: dict[str, list[int]]
) -> Rows:
    gone = {index for found in dropped.values() for index in found}
    kept = [index for index in range(len(rows)) if index not in gone]
    return rows.select(kept, operator, arguments, dropped)
