"""Evaluation text in cells is told by what stands in the cell; honest cells are let through."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ftassist.agent.copied_text import copied, copied_words
from ftassist.dojo.leakage import LeakIndex
from ftassist.dojo.normalise import tokenise
from ftassist.dojo.repository import DataRepository
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task

SHIPPED = ("mini_math", "mini_chemistry", "mini_tables", "banking77", "clinc150", "gsm8k")
HONEST = 90
"""Cells a task: 540 in all."""
LONG = " ".join(f"{word}{number}" for number in range(200) for word in ("oar", "sail"))
"""Text that is nowhere the same; more of it than is shown of an item."""
PROMPT = "Ada sails seven boats from the harbour with three oars each; how many oars?"


def shown(world: Any, *prompts: str) -> Any:
    """What an agent knows that was shown some wrong answers."""
    wrong = [{"view": "boats", "prompt": text, "gold": "g", "output": "o"} for text in prompts]
    world.parent(wrong=wrong)
    return world.context("t0001")


@pytest.mark.parametrize(
    "source",
    [
        f"x = 1\nextra = {PROMPT!r}",
        f"x = 1\nextra = {PROMPT.upper()!r}",
        "x = 1\nextra = 'Ada sails  7 boats, from the harbour, with 3 oars each -- how many oars'",
        f"x = 1\nextra = ('{PROMPT[:30]}'\n    '{PROMPT[30:]}')",
        f"x = 1\n# {PROMPT}",
    ],
)
def test_an_item_in_a_cell_is_told_by_the_cells_own_words(world: Any, source: str) -> None:
    (one,) = copied(shown(world, PROMPT), {"curate": "y = 2", "train": source})
    assert (one.stage, one.line) == ("train", 2)
    assert one.words in " ".join(source.split())
    assert "train line 2" in one.sentence()


@pytest.mark.parametrize(
    "source",
    [
        "counts = {'boats': 3}  # Ada sails; harbour, oars, seven: how many with three each?",
        "rows = curate.load(repository, {'boats_notes': 20, 'harbour': 7}, seed=seed)",
        "text = f'{name} sails {n} boats from the harbour with {k} oars each; how many oars?'",
    ],
)
def test_the_words_of_an_item_are_no_copy_of_it(world: Any, source: str) -> None:
    assert copied(shown(world, PROMPT), {"curate": source}) == []


def test_what_items_share_or_everybody_knows_is_no_copy(world: Any) -> None:
    frame = "Answer the question about the picture of the harbour with one number only, please:"
    prompts = (f"{frame} how many red boats lie there?", f"{frame} how many men row?")
    assert copied(shown(world, *prompts), {"curate": f"PROMPT = {frame!r}"}) == []


def test_a_short_item_that_anybody_may_say_is_no_copy(world: Any) -> None:
    asked = "Which card do I need?"
    assert copied(shown(world, asked), {"curate": f"x = {asked!r}"}) == []


@pytest.mark.parametrize("length", [399, 400, 401, 440, 1500])
def test_an_item_that_is_shown_cut_is_one_item(world: Any, length: int) -> None:
    prompt = LONG[:length].replace(" ", "  ", 1)
    context = shown(world, prompt)
    cells = (prompt, prompt[:390], prompt[-200:])
    assert all(copied(context, {"curate": f"x = {cell!r}"}) for cell in cells)
    assert copied_words(context, " ".join(prompt.split()[4:12]))


@pytest.mark.parametrize("key", SHIPPED)
def test_no_honest_cell_is_refused_and_every_planted_one_is(key: str, world: Any) -> None:
    task = load_task(key)
    luck = random.Random(key)
    items = [str(item["prompt"]) for item in luck.sample(task.items("validation"), 10)]
    context = shown(world, *items)
    for source in honest_cells(task, luck, items):
        assert copied(context, {"curate": source}) == [], source
    for prompt in items:
        asked = max(prompt.split("\n"), key=len)
        for text in (prompt, asked):
            if len(tokenise(text)) >= 13:
                assert copied(context, {"curate": f"x = 1\nrow = {text!r}"}), text


def honest_cells(task: Task, luck: random.Random, items: list[str]) -> list[str]:
    """Cells with examples of raw rows, words of the card, and words of the items in any order."""
    repository = DataRepository(task.repository_folder)
    rows = [row for name in repository.names() for row in repository.turns(name)[:400]]
    leaking = {leak.row for leak in LeakIndex.build(
        {"prompt": item} for item in items
    ).find([f"{asked} {answered}" for asked, answered in rows])}  # fmt: skip
    clean = [row for number, row in enumerate(rows) if number not in leaking]
    words = [word for item in items for word in item.split()]
    card = [task.card.description, task.card.output_contract, *task.card.views.values()]
    cells = []
    for number in range(HONEST):
        parts: list[Any] = [
            luck.sample(clean, 5),
            luck.sample(words, min(len(words), 40)),
            dict.fromkeys(repository.names(), 100),
            card,
        ]
        cells.append(f"known = {parts[number % 4]!r}\nmore = {parts[(number + 1) % 4]!r}")
    return cells


def test_the_line_of_a_text_with_line_breaks_in_it_is_the_cells(world: Any) -> None:
    asked = PROMPT.replace("harbour", "harbour\n")
    (one,) = copied(shown(world, asked), {"curate": f"x = {'no' + chr(10) + asked!r}\ny = 2"})
    assert one.line == 1
