"""Answers that models give to the rows' own prompts: rejection sampling, pairs, a teacher's words.

Prompts come from training rows only. What is right is said by the task's own scorer against the
row's answer. Every row says which model answered and how it was judged.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from ftassist.errors import CellError, ModelError
from ftassist.models import find
from ftassist.recipes.chat import response_of
from ftassist.recipes.checking import checked
from ftassist.recipes.reward import load_reward
from ftassist.recipes.rows import (
    RESERVED,
    DataCard,
    Message,
    Row,
    Rows,
    Step,
    count_sources,
    make_dataset,
)

Keep = Literal["right", "pairs", "labels"]
"""The field that holds what is written with a row on export: rejected, label, provenance."""
BATCH = 32


@checked
def sample_answers(
    rows: Rows,
    *,
    model: str,
    scorer: str,
    samples: int = 4,
    keep: Keep = "right",
    temperature: float = 1.0,
    max_new_tokens: int = 64,
    seed: int = 0,
) -> Rows:
    """Lets a model answer the rows' prompts and keeps what the task's scorer says of it.

    Args:
        rows: The rows; their answers are the gold ones.
        model: Who answers: the base model, or a folder of this trial.
        scorer: The task whose scorer judges.
        samples: Answers for each prompt.
        keep: "right" gives one row for each prompt that was answered rightly, with the model's
            own shortest right answer (rejection sampling); "pairs" the gold answer with a wrong
            one as `rejected` (for `train.dpo`); "labels" every answer with its label (for
            `train.kto`).
        temperature: Of sampling.
        max_new_tokens: Longest answer.
        seed: What is sampled.

    Raises:
        CellError: An argument is out of range.

    Example:
        >>> rows = curate.sample_answers(
        ...     rows, model=model, scorer=task, samples=2, keep="pairs", seed=seed
        ... )
    """
    if keep not in ("right", "pairs", "labels") or samples < 1 or not temperature > 0:
        raise CellError(
            f"keep={keep!r}, samples={samples}, temperature={temperature} is not possible",
            where="curate.sample_answers",
            fix='keep="right", "pairs" or "labels", samples of 1 or more, temperature above 0',
        )
    judge = load_reward(scorer)
    table = list(rows)
    prompts = [list(row["messages"][:-1]) for row in table]
    answers = generate(model, prompts, samples, temperature, max_new_tokens, seed)
    best = judge([(row, response_of(row["messages"])) for row in table])
    said = [[text for text in found if text.strip()] for found in answers]
    rewards = iter(
        judge([(r, text) for r, found in zip(table, said, strict=True) for text in found])
    )
    made: list[Row] = []
    dropped: dict[str, int] = {}
    for row, found, top in zip(table, said, best, strict=True):
        scored = [(text, next(rewards)) for text in found]
        right = [text for text, reward in scored if reward >= top]
        wrong = [text for text, reward in scored if reward < top]
        new, why = _kept(row, right, wrong, keep, model)
        made += new
        if why:
            dropped[why] = dropped.get(why, 0) + 1
    arguments = {"keep": keep, "samples": samples, "temperature": temperature, "seed": seed}
    own = sum(not row["id"].endswith("#gold") for row in made)
    added = own if keep == "labels" else 0
    told = {**arguments, "model": model}
    return _stepped(rows, made, "sample_answers", told, dropped, changed=own - added, new=added)


@checked
def teach(
    rows: Rows,
    *,
    teacher: str,
    scorer: str = "",
    max_new_tokens: int = 64,
    seed: int = 0,
) -> Rows:
    """Puts a stronger local model's answers in place of the rows' own.

    Args:
        rows: The rows.
        teacher: A model on this machine; its tokenizer may differ.
        scorer: The task whose scorer must call an answer right; "" keeps all.
        max_new_tokens: Longest answer.
        seed: Of the generation (greedy, so that it decides ties only).

    Raises:
        ModelError: The teacher is not on this machine.

    Example:
        >>> rows = curate.teach(rows, teacher="tiny", scorer=task, seed=seed)
    """
    if find(teacher) is None:
        raise ModelError(
            f"the teacher {teacher!r} is not on this machine",
            where="curate.teach",
            fix="name a model folder",
        )
    judge = load_reward(scorer) if scorer else None
    table = list(rows)
    prompts = [list(row["messages"][:-1]) for row in table]
    answers = generate(teacher, prompts, 1, 0.0, max_new_tokens, seed)
    pairs = [(row, text) for row, (text, *_) in zip(table, answers, strict=True)]
    golds = [(row, response_of(row["messages"])) for row in table]
    worse = [False] * len(table)
    if judge:
        worse = [a < b for a, b in zip(judge(pairs), judge(golds), strict=True)]
    made: list[Row] = []
    dropped: dict[str, int] = {}
    for (row, text), wrong in zip(pairs, worse, strict=True):
        if not text.strip():
            dropped["the teacher said nothing"] = dropped.get("the teacher said nothing", 0) + 1
        elif wrong:
            dropped["the teacher was wrong"] = dropped.get("the teacher was wrong", 0) + 1
        else:
            made.append(answered(row, text, {"teacher": teacher}, "taught"))
    arguments = {"teacher": teacher, "scorer": scorer, "seed": seed}
    return _stepped(rows, made, "teach", arguments, dropped, changed=len(made))


def answered(
    row: Row,
    text: str,
    provenance: dict[str, Any],
    tag: str,
    extra: dict[str, Any] | None = None,
) -> Row:
    """A row with another answer, which says where it is from."""
    fields = json.loads(row["fields"] or "{}")
    told = {"provenance": {**provenance, "from": row["id"]}, **(extra or {})}
    fields[RESERVED] = {**_kept_with(row, fields.get(RESERVED, {})), **told}
    messages = [*row["messages"][:-1], Message(role="assistant", content=text.strip())]
    return Row(
        id=f"{row['id']}#{tag}",
        source=row["source"],
        messages=messages,
        fields=json.dumps(fields, sort_keys=True, ensure_ascii=False),
    )


def _kept_with(row: Row, told: dict[str, Any]) -> dict[str, Any]:
    """What stays true of a row with another answer: nothing that was said of the old one."""
    last = len(row["messages"]) - 1
    kept = {key: value for key, value in told.items() if key not in ("label", "untrained")}
    untrained = [place for place in told.get("untrained", ()) if place != last]
    return kept | ({"untrained": untrained} if untrained else {})


def generate(
    model: str,
    prompts: Sequence[list[Message]],
    samples: int,
    temperature: float,
    max_new_tokens: int,
    seed: int,
) -> list[list[str]]:
    """Answers of a model to prompts; with a temperature of 0 greedy ones."""
    import torch

    from ftassist.recipes import _device, models

    loaded = models.load(model)
    device = _device.choose_device()
    network = loaded.model.to(device).eval()
    tokenizer = loaded.tokenizer
    tokenizer.padding_side = "left"
    ends = sorted(models.end_tokens(loaded))
    torch.manual_seed(seed)
    chosen = (
        {"do_sample": True, "temperature": temperature, "top_k": 0}
        if temperature > 0
        else {"do_sample": False}
    )
    found: list[list[str]] = []
    for start in range(0, len(prompts), BATCH):
        asked = [loaded.chats.prompt_ids(prompt) for prompt in prompts[start : start + BATCH]]
        inputs = tokenizer.pad({"input_ids": asked}, return_tensors="pt").to(device)
        with torch.inference_mode():
            output = network.generate(
                **inputs,
                **chosen,
                max_new_tokens=max_new_tokens,
                num_return_sequences=samples,
                pad_token_id=tokenizer.pad_token_id,
                eos_token_id=ends,
            )
        texts = tokenizer.batch_decode(
            output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
        found += [texts[at : at + samples] for at in range(0, len(texts), samples)]
    return found


def _kept(
    row: Row, right: list[str], wrong: list[str], keep: Keep, model: str
) -> tuple[list[Row], str]:
    by = {"model": model, "right": len(right), "wrong": len(wrong)}
    if keep == "right":
        if not right:
            return [], "no sample was right"
        return [answered(row, min(right, key=len), by, "sampled")], ""
    if keep == "pairs":
        if not wrong:
            return [], "no sample was wrong"
        gold = response_of(row["messages"])
        return [answered(row, gold, by, "pair", {"rejected": wrong[0].strip()})], ""
    made = [answered(row, response_of(row["messages"]), by, "gold", {"label": True})]
    for number, text in enumerate(dict.fromkeys(right)):
        made.append(answered(row, text, by, f"right{number}", {"label": True}))
    for number, text in enumerate(dict.fromkeys(wrong)):
        made.append(answered(row, text, by, f"wrong{number}", {"label": False}))
    return made, "" if wrong else "no sample was wrong (its right ones are kept)"


def _stepped(
    rows: Rows,
    made: list[Row],
    operator: str,
    arguments: dict[str, Any],
    dropped: dict[str, int],
    *,
    changed: int = 0,
    new: int = 0,
) -> Rows:
    dataset = make_dataset(made)
    sources = count_sources(dataset)
    step = Step(
        operator,
        arguments,
        len(rows),
        len(made),
        sources,
        dropped,
        changed=changed,
        made=new,
    )
    return Rows(dataset, DataCard((*rows.card.steps, step)))
