"""The chats a task asks with, as the harness builds them, without asking any model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from ftassist.dojo.task import Split, Task
from ftassist.models.chat_format import Turn


class _Listener(LM):  # type: ignore[misc]
    """A model that answers nothing and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.chats: list[list[Turn]] = []

    @property
    def tokenizer_name(self) -> str:
        """Some name; the harness caches by it."""
        return "none"

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """Remembers a chat."""
        if add_generation_prompt:
            self.chats.append([dict(turn) for turn in chat_history])
        return str(chat_history[-1].get("content", ""))

    def generate_until(self, requests: Sequence[Instance], disable_tqdm: bool = True) -> list[str]:
        """Nothing."""
        del disable_tqdm
        return [""] * len(requests)

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        """Nothing."""
        return [(0.0, False)] * len(requests)

    def loglikelihood_rolling(self, requests: Sequence[Instance]) -> list[Any]:
        """Nothing."""
        return [0.0] * len(requests)


def chats_of(task: Task, split: Split) -> list[list[Turn]]:
    """The chats of a split's items, in their order."""
    from ftassist.dojo.evaluator.harness import run

    listener = _Listener()
    run(listener, task, split)
    return listener.chats
