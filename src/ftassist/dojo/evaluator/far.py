"""A model that answers elsewhere: what it is asked, and scoring once its answers are there.

Where trials run on nodes, the model answers on its own (see `answering`); task, expected answers
and scoring stay with this evaluator. The harness makes the prompts in a first run, which ends
where it would ask a model; in a second one it is handed the answers, as if a model wrote them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from ftassist.dojo.evaluator.generate import GeneratedText
from ftassist.dojo.evaluator.harness import chat_prompt, run
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.scorers.thinking import Written, marked
from ftassist.dojo.task import Split, Task
from ftassist.models.chat_format import ChatFormat


@dataclass(frozen=True)
class Questions:
    """What a model is asked.

    Attributes:
        prompts: By the number of the item.
        settings: How it is to answer: stop texts and most tokens.
    """

    prompts: Mapping[int, str]
    settings: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The questions as JSON values."""
        prompts = [[number, prompt] for number, prompt in self.prompts.items()]
        return {"prompts": prompts, "settings": dict(self.settings)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Questions:
        """Reads what `to_dict` wrote."""
        return cls(
            {int(number): str(prompt) for number, prompt in raw["prompts"]}, raw["settings"]
        )

    def instances(self) -> list[Instance]:
        """The same as the harness asks a model."""
        return [
            Instance("generate_until", {}, (prompt, dict(self.settings)), 0, (None, number, None))
            for number, prompt in self.prompts.items()
        ]


def questions(
    task: Task, split: Split, part: Collection[str] | None, chats: ChatFormat
) -> Questions | None:
    """What a model is asked on a split; None where the task asks for more than texts.

    Args:
        part: Ids of the items that are asked; None for all.
        chats: How the base's template writes chats.
    """
    try:
        run(_Reader(chats), task, split, part)
    except _AskedError as asked:
        return asked.questions
    return None


def written_down(texts: Sequence[str], answers: Mapping[int, GeneratedText]) -> list[list[Any]]:
    """Answers as JSON values: number, text, the text with its marks of thinking, tokens, end."""
    return [
        [number, str(text), marked(text), list(answer.tokens), answer.finished]
        for text, (number, answer) in zip(texts, answers.items(), strict=True)
    ]


class Answered(LM):  # type: ignore[misc]
    """A model whose answers were written elsewhere.

    Args:
        chats: How the base's template writes chats.
        asked: What it was asked.
        written: What `written_down` gave.
        seconds: How long it took to write.

    Raises:
        RefusedError: ENV: answers are missing, or are to something else.
    """

    tokenizer_name = "elsewhere"

    def __init__(
        self,
        chats: ChatFormat,
        asked: Questions,
        written: Sequence[Sequence[Any]],
        seconds: float = 0.0,
    ) -> None:
        super().__init__()
        self.seconds = seconds
        self._chats = chats
        self._asked = asked
        self._texts = {int(n): Written.of(str(text), str(kept)) for n, text, kept, _, _ in written}
        self.answers = {int(n): GeneratedText(tuple(t), bool(end)) for n, _, _, t, end in written}
        if self._texts.keys() != asked.prompts.keys():
            raise _unfit("answers are missing")

    def generate_until(self, requests: Sequence[Instance], disable_tqdm: bool = True) -> list[str]:
        """The answers, in the order of the requests."""
        del disable_tqdm
        if any(self._asked.prompts.get(r.doc_id) != r.args[0] for r in requests):
            raise _unfit("the questions are others by now")
        return [self._texts[request.doc_id] for request in requests]

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """A prompt as trainings write it."""
        return chat_prompt(self._chats, chat_history, add_generation_prompt)

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        """Cannot be: such tasks are scored where the model is loaded."""
        raise _unfit("the task asks for likelihoods")

    loglikelihood_rolling = loglikelihood


class _Reader(Answered):
    """Notes what a model would be asked."""

    def __init__(self, chats: ChatFormat) -> None:
        super().__init__(chats, Questions({}, {}), ())

    def generate_until(self, requests: Sequence[Instance], disable_tqdm: bool = True) -> list[str]:
        """Ends the run with what was asked."""
        del disable_tqdm
        prompts = {request.doc_id: str(request.args[0]) for request in requests}
        whole = len(prompts) == len(requests)
        raise _AskedError(Questions(prompts, requests[0].args[1]) if whole else None)

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        """Ends the run: this is no question for a text."""
        raise _AskedError(None)

    loglikelihood_rolling = loglikelihood


class _AskedError(Exception):
    """Carries what was asked out of the harness."""

    def __init__(self, asked: Questions | None) -> None:
        super().__init__()
        self.questions = asked


def _unfit(why: str) -> RefusedError:
    return RefusedError(
        f"what the model answered on its node cannot be scored: {why}",
        kind="ENV",
        fix="run the trial again",
    )
