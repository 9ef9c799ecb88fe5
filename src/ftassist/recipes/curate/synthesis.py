"""Rows written by a language model, asked for through a broker outside of the trial's kernel.

The cell sends rows and an instruction as a file in the trial's folder and gets rows back; it holds
no key and has no network. The broker caps, pays and logs (see `ftassist.campaign.broker`). What
comes back is filtered here, and every drop is counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ftassist.errors import CellError, DataError, FtassistError
from ftassist.files import hash_text, read_json, write_json
from ftassist.recipes.answers import final_answer
from ftassist.recipes.chat import prompt_of, response_of
from ftassist.recipes.curate.sampling import _stepped, answered
from ftassist.recipes.rows import Message, Row, Rows

BROKER = Path("broker")
READY = "ready.json"
POLL_SECONDS = 0.2
WAIT_SECONDS = 1800.0


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

    A rewritten answer is kept when its final answer is the row's. A new row is kept when most of
    its samples end with the same answer. Rows longer than `max_tokens` are dropped. Rows that
    are asked for stay in place of their originals; the others stay as they are.

    Args:
        rows: The rows; the first `most` are asked for.
        instruction: What to do with each row.
        samples: Answers for each row.
        pool: "weak" for the cheap model, "strong" for the Executor's.
        most: Rows asked for.
        new_prompts: Whether prompts may change as well.
        max_tokens: Longest row, in tokens of `model`.
        model: Whose tokenizer counts.
        seed: Recorded with the request; the service itself has none.

    Raises:
        FtassistError: There is no broker here, it refused (names why), or did not answer.
        CellError: An argument is out of range.
    """
    if samples < 1 or most < 1 or pool not in ("weak", "strong") or not instruction.strip():
        raise CellError(
            f"samples={samples}, most={most}, pool={pool!r} is not possible",
            where="curate.synthesise",
            fix='an instruction, samples and most of 1 or more, pool="weak" or "strong"',
        )
    table = list(rows)
    asked, rest = table[:most], table[most:]
    answer = ask_broker(
        {
            "instruction": instruction,
            "samples": samples,
            "pool": pool,
            "seed": seed,
            "rows": [
                {
                    "id": row["id"],
                    "prompt": prompt_of(row["messages"]),
                    "response": response_of(row["messages"]),
                }
                for row in asked
            ],
        }
    )
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for found in answer["rows"]:
        by_id.setdefault(str(found["id"]), []).append(found)
    made: list[Row] = []
    dropped: Counter[str] = Counter()
    for row in asked:
        new, why = _agreed(row, by_id.get(row["id"], []), answer["provenance"], new_prompts)
        made += [new] if new else []
        dropped.update([why] if why else [])
    made, longer = _short(made, max_tokens, model)
    if longer:
        dropped[f"longer than {max_tokens} tokens"] = longer
    arguments = {"instruction": instruction, "samples": samples, "pool": pool, "most": most}
    return _stepped(rows, [*made, *rest], "synthesise", arguments, dict(dropped))


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


def _agreed(
    row: Row, found: list[Mapping[str, Any]], provenance: Mapping[str, Any], new_prompts: bool
) -> tuple[Row | None, str]:
    """The row that is kept of what was written for one, or why none is."""
    texts = [one for one in found if str(one.get("response", "")).strip()]
    if not texts:
        return None, "nothing was written"
    gold = final_answer(response_of(row["messages"]))
    by = {**provenance, "samples": len(texts)}
    if not new_prompts:
        right = [str(one["response"]) for one in texts if final_answer(one["response"]) == gold]
        if not right:
            return None, "its answer differs from the row's"
        return answered(row, right[0], by, "rewritten"), ""
    prompts = Counter(str(one.get("prompt", "")).strip() for one in texts)
    prompt, _ = prompts.most_common(1)[0]
    same = [one for one in texts if str(one.get("prompt", "")).strip() == prompt]
    answers = Counter(final_answer(str(one["response"])) for one in same)
    answer, count = answers.most_common(1)[0]
    if not prompt or (count * 2 <= len(same) and len(same) > 1):
        return None, "its samples do not agree"
    text = next(str(o["response"]) for o in same if final_answer(str(o["response"])) == answer)
    new = answered(row, text, by, "made")
    new["messages"] = [Message(role="user", content=prompt), new["messages"][-1]]
    return new, ""


def _short(rows: list[Row], most: int, model: str) -> tuple[list[Row], int]:
    from ftassist.recipes.models import load_tokenizer
    from ftassist.recipes.tokens import count_tokens

    counts = count_tokens([row["messages"] for row in rows], load_tokenizer(model))
    kept = [row for row, count in zip(rows, counts, strict=True) if count <= most]
    return kept, len(rows) - len(kept)
