"""Rows written by a language model, asked for through a broker outside of the trial's kernel.

The cell sends rows and an instruction as a file in the trial's folder and gets rows back; it holds
no key and has no network. The broker caps, pays and logs (see `ftassist.campaign.broker`). What
comes back is filtered here, and every drop is counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ftassist.dojo.dry_run import dry
from ftassist.errors import CellError, DataError, FtassistError
from ftassist.files import hash_text, read_json, write_json
from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import prompt_of, response_of, without_marks
from ftassist.recipes.checking import checked
from ftassist.recipes.curate.sampling import _stepped, answered
from ftassist.recipes.rows import Message, Row, Rows

BROKER = Path("broker")
READY = "ready.json"
POLL_SECONDS = 0.2
WAIT_SECONDS = 1800.0
ANSWER = (
    "Answer the prompt of each row yourself: write its response, and leave the prompt word for "
    "word as it is. End with the result, in the form that the prompt asks for."
)
"""How a new prompt is asked to be answered once more."""
_Outcome = tuple[Row | None, str]


@dataclass(frozen=True)
class _Written:
    """What a model wrote: (prompt, response) of each sample by row id, and who it was."""

    texts: Mapping[str, Sequence[tuple[str, str]]]
    provenance: Mapping[str, Any]


@checked
def synthesise(
    rows: Rows,
    *,
    instruction: str,
    samples: int = 2,
    pool: Literal["weak", "strong"] = "weak",
    most: int = 200,
    new_prompts: bool = False,
    max_tokens: int = 256,
    model: str = "tiny",
    seed: int = 0,
) -> Rows:
    """Lets a language model rewrite the answers of rows, or make new rows like them.

    A rewritten answer is kept when its final answer is the row's. A new row is written once, with
    an answer; its prompt is then answered anew, without that answer in sight, until it has
    `samples` answers, and it is kept when more than half of them end alike. Rows longer than
    `max_tokens` are dropped. Rows that are asked for stay in place of their originals; the others
    stay as they are.

    Args:
        rows: The rows; the first `most` are asked for.
        instruction: What to do with each row.
        samples: Answers for each row; new rows need two or more, to agree.
        pool: "weak" for the cheap model, "strong" for the Executor's.
        most: Rows asked for.
        new_prompts: Whether prompts may change as well.
        max_tokens: Longest row, in tokens of `model`.
        model: Whose tokenizer counts.
        seed: Recorded with the request; the service itself has none.

    Raises:
        FtassistError: There is no broker here, it refused (names why), or did not answer.
        CellError: An argument is out of range.

    Example:
        >>> rows = curate.synthesise(
        ...     rows, instruction="Write the steps out.", samples=2, most=100, model=model
        ... )
    """
    if samples < 1 or most < 1 or pool not in ("weak", "strong") or not instruction.strip():
        raise CellError(
            f"samples={samples}, most={most}, pool={pool!r} is not possible",
            where="curate.synthesise",
            fix='an instruction, samples and most of 1 or more, pool="weak" or "strong"',
        )
    if new_prompts and samples < 2:
        raise CellError(
            "one answer to a new prompt has nothing to agree with",
            where="curate.synthesise",
            fix="give samples=2 or more with new_prompts=True",
        )
    if dry():  # nobody is asked, and nothing is paid: the rows go on as they are
        return rows
    table = list(rows)
    asked, rest = table[:most], table[most:]
    common = {"pool": pool, "seed": seed}
    written = _written(
        asked, {**common, "instruction": instruction}, 1 if new_prompts else samples
    )
    if new_prompts:
        outcomes = _new_rows(asked, written, {**common, "instruction": ANSWER}, samples)
    else:
        outcomes = [_rewritten(row, written) for row in asked]
    made = [new for new, _ in outcomes if new is not None]
    dropped = Counter(why for _, why in outcomes if why)
    made, longer = _short(made, max_tokens, model)
    if longer:
        dropped[f"longer than {max_tokens} tokens"] = longer
    arguments = {"instruction": instruction, "samples": samples, "pool": pool, "most": most}
    new = len(made) if new_prompts else 0
    return _stepped(
        rows,
        [*made, *rest],
        "synthesise",
        arguments,
        dict(dropped),
        changed=len(made) - new,
        new=new,
    )


def ask_broker(request: Mapping[str, Any], folder: Path = BROKER) -> dict[str, Any]:
    """Sends a request to the trial's broker and waits for its answer.

    The same request gets the answer it got before: a second attempt pays nothing.

    Raises:
        FtassistError: There is no broker, it refused, or did not answer in time.
    """
    if not (folder / READY).is_file():
        raise FtassistError(
            "there is no broker here that could ask a language model",
            where="curate.synthesise",
            fix="run the trial from a campaign with --backend anthropic, or leave the call out",
        )
    name = hash_text(*(f"{key}={request[key]!r}" for key in sorted(request)))[:16]
    answer = folder / "answers" / f"{name}.json"
    if not answer.is_file():
        write_json(folder / "requests" / f"{name}.json", dict(request))
    deadline = time.monotonic() + WAIT_SECONDS
    while not answer.is_file():
        if time.monotonic() > deadline:
            raise FtassistError(
                "the broker did not answer", where="curate.synthesise", fix="ask for fewer rows"
            )
        time.sleep(POLL_SECONDS)
    found: dict[str, Any] = read_json(answer)
    if "error" in found:
        raise FtassistError(
            f"the broker refused: {found['error']}",
            where="curate.synthesise",
            fix=str(found.get("fix", "")),
        )
    if not isinstance(found.get("rows"), list):
        raise DataError("the broker's answer holds no rows", where="curate.synthesise")
    return found


def _written(
    rows: Sequence[Row], request: Mapping[str, Any], samples: int, prompts: Mapping[str, str] = {}
) -> _Written:
    """What a model writes for rows; `prompts` stand in place of a row's own, without an answer."""
    sent = [
        {
            "id": row["id"],
            "prompt": prompts.get(row["id"], prompt_of(row["messages"])),
            "response": "" if row["id"] in prompts else response_of(row["messages"]),
        }
        for row in rows
    ]
    if not sent:
        return _Written({}, {})
    answer = ask_broker({**request, "samples": samples, "rows": sent})
    texts: dict[str, list[tuple[str, str]]] = {}
    for found in answer["rows"]:
        prompt, response = (str(found.get(name, "")).strip() for name in ("prompt", "response"))
        if response:
            texts.setdefault(str(found["id"]), []).append((prompt, response))
    return _Written(texts, answer["provenance"])


def _rewritten(row: Row, written: _Written) -> _Outcome:
    """The row with an answer of the same result, or why there is none."""
    texts = written.texts.get(row["id"], [])
    if not texts:
        return None, "nothing was written"
    gold = final_answer(response_of(row["messages"]))
    right = [response for _, response in texts if final_answer(response) == gold]
    if not right:
        return None, "its answer differs from the row's"
    by = {**written.provenance, "samples": len(texts)}
    return answered(row, right[0], by, "rewritten"), ""


def _new_rows(
    asked: Sequence[Row], written: _Written, request: Mapping[str, Any], samples: int
) -> list[_Outcome]:
    """New rows whose prompt is answered alike again and again, or why there is none."""
    drafts = {name: texts[0] for name, texts in written.texts.items() if texts[0][0]}
    prompts = {name: prompt for name, (prompt, _) in drafts.items()}
    tried = [row for row in asked if row["id"] in drafts]
    again = _written(tried, request, samples - 1, prompts)
    outcomes: list[_Outcome] = []
    for row in asked:
        if row["id"] not in drafts:
            outcomes.append((None, "nothing was written"))
            continue
        prompt, first = drafts[row["id"]]
        answers = [first, *(response for _, response in again.texts.get(row["id"], []))]
        result, votes = Counter(map(final_answer, answers)).most_common(1)[0]
        if votes < 2 or votes * 2 <= samples:
            outcomes.append((None, "its samples do not agree"))
            continue
        text = next(answer for answer in answers if final_answer(answer) == result)
        by = {**written.provenance, "samples": len(answers), "agreed": votes}
        new = answered(row, text, by, "made")
        new["messages"] = [Message(role="user", content=prompt), new["messages"][-1]]
        new["fields"] = without_marks(new["fields"])
        outcomes.append((new, ""))
    return outcomes


def _short(rows: list[Row], most: int, model: str) -> tuple[list[Row], int]:
    from ftassist.recipes.models import load_tokenizer
    from ftassist.recipes.tokens import count_tokens

    counts = count_tokens([row["messages"] for row in rows], load_tokenizer(model))
    kept = [row for row, count in zip(rows, counts, strict=True) if count <= most]
    return kept, len(rows) - len(kept)
