"""Training rows as tokens with what of them is inside the loss, by the code that trains.

A tokenizer takes seconds to load and much memory, so it is asked in a process of its own, one at
a time: `python -m ftassist.campaign.row_tokens` reads one document and writes one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from ftassist.dojo.evaluator.process import scrubbed
from ftassist.errors import DataError, FtassistError
from ftassist.records.rows import TokenisedRow

MOST = 20
"""Rows that are tokenised at once."""
MOST_PIECES = 1_000
"""Tokens of a row that are shown."""
SECONDS = 60.0
COMMAND = (sys.executable, "-P", "-m", "ftassist.campaign.row_tokens")
_one = threading.Lock()


def tokenised(
    base: str, told: Mapping[str, str], rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> list[TokenisedRow]:
    """Rows as tokens.

    Args:
        base: The base model, as the campaign names it.
        told: What its template is told (see `template_variables.environment_of`).
        rows: Exported rows with their numbers.

    Raises:
        FtassistError: The base cannot be read, or it takes too long.
    """
    if not rows:
        return []
    asked = {"base": base, "rows": [[number, dict(row)] for number, row in rows[:MOST]]}
    with _one:
        try:
            done = subprocess.run(
                COMMAND,
                input=json.dumps(asked).encode(),
                stdout=subprocess.PIPE,
                cwd="/",
                env=scrubbed(os.environ) | dict(told),
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FtassistError(
                f"the rows were not tokenised within {SECONDS:.0f} s", fix="ask for them again"
            ) from error
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        raise FtassistError(
            f"the rows were not tokenised: the process ended with {done.returncode}",
            fix="free memory on this machine, then ask again",
        ) from error
    if "error" in found:
        raise FtassistError.told(found["error"])
    made: list[TokenisedRow] = found["rows"]
    return made


def encoded(base: str, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[TokenisedRow]:
    """The same in this process; a row that its template refuses says so."""
    from ftassist.models.chat_format import ChatFormat
    from ftassist.recipes.models import load_tokenizer

    tokenizer = load_tokenizer(base)
    form = ChatFormat.of(tokenizer)
    return [_encoded(tokenizer, form, number, row) for number, row in rows]


def _encoded(tokenizer: Any, form: Any, number: int, row: Mapping[str, Any]) -> TokenisedRow:
    from ftassist.recipes.audit import pieces
    from ftassist.recipes.chat import check_row
    from ftassist.recipes.marks import weighted
    from ftassist.recipes.tokens import encode

    try:
        check_row(row, f"row {number}")
        (coded,) = encode([weighted(row)], tokenizer, frozenset(), form)
    except DataError as error:
        return {"row": number, "tokens": 0, "trained": 0, "pieces": [], "problem": error.what}
    return {
        "row": number,
        "tokens": len(coded),
        "trained": sum(coded.trained),
        "pieces": [
            {"text": text, "trained": on}
            for text, on in pieces(coded.cut(MOST_PIECES), tokenizer.decode)
        ],
        "problem": "",
    }


def main() -> None:
    """Answers what is asked on standard input."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the log
    asked = json.loads(sys.stdin.buffer.read())
    try:
        rows = [(int(number), row) for number, row in asked["rows"]]
        answer: dict[str, Any] = {"rows": encoded(asked["base"], rows)}
    except FtassistError as error:
        answer = {"error": error.to_dict()}
    with out:
        json.dump(answer, out)


if __name__ == "__main__":
    main()
