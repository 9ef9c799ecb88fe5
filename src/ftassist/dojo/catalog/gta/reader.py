"""GTA: questions on images, with the tools' results of the reference solution in words.

Every question of GTA comes with an image, which a text model cannot see. So the model gets what
the reference's tool calls gave, in their order, and writes the answer: the last step of the
authors' step-by-step mode. Field names: gta_bench.py of open-compass/GTA at 37c2b601.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftassist.dojo.record import Files, Record, as_text
from ftassist.dojo.task import TaskCard
from ftassist.files import read_json


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """Questions with accepted words as their answer."""
    del card
    for path in files["evaluation"]:
        document: dict[str, Any] = read_json(path)
        for key, row in document.items():
            if isinstance(row.get("gt_answer"), dict):
                doc = {"dialogs": row["dialogs"], "gt_answer": row["gt_answer"]}
                question, steps = _question(row["dialogs"]), list(_steps(row["dialogs"]))
                yield Record(str(key), "objective", doc, {"question": question, "steps": steps})


def _question(turns: Sequence[Mapping[str, Any]]) -> str:
    """The first thing the user says."""
    return next(as_text(turn["content"]) for turn in turns if turn["role"] == "user")


def _steps(turns: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The tool calls and what came of them; the reference's last turn is its answer, left out."""
    for turn in turns:
        if turn["role"] == "assistant" and turn.get("tool_calls"):
            for call in turn["tool_calls"]:
                given = json.dumps(call["function"]["arguments"], ensure_ascii=False)
                yield f"{call['function']['name']}({given})"
        elif turn["role"] == "tool":
            content = turn["content"]
            if isinstance(content, Mapping):  # {"type": "text" or "image", "content": ...}
                content = content.get("content")
            yield f"-> {as_text(content)}"
