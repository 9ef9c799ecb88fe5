"""The bridge to lm-evaluation-harness: our model as its `LM`, our task folder as its task.

The harness builds the requests, applies the chat template, calls the task's scoring and logs every
sample; generation is ours (`generate`). Knows nothing of feedback, processes or trials.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import ConfigurableTask
from lm_eval.evaluator import evaluate
from lm_eval.models.huggingface import HFLM

from ftassist.dojo.evaluator.count import Count
from ftassist.dojo.evaluator.definition import read_definition
from ftassist.dojo.evaluator.generate import BATCH_ROWS, GeneratedText, generate
from ftassist.dojo.scorers.thinking import (
    MARKS,
    Written,
    closed_by,
    cut_answer,
    has_a_mark,
    opened_by,
    stop_place,
    without_marks,
)
from ftassist.dojo.task import Split, Task
from ftassist.errors import DataError
from ftassist.models.chat_format import ChatFormat

_SPLIT = "items"
_LONGEST = max(map(len, MARKS))
_logger = logging.getLogger(__name__)


class GreedyModel(HFLM):  # type: ignore[misc]
    """A model in memory for the harness; `answers` keeps what it wrote, by document.

    Log-likelihood requests (multiple-choice tasks of the harness) go the harness's own way.

    Args:
        model: A causal language model, in evaluation mode.
        tokenizer: Its tokenizer, with a chat template.
        end_ids: Tokens that end an answer.
        rows: Rows a batch.
        count: Told how many items are answered, of how many.
        chats: How the base's template writes chats, where it is known.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        end_ids: frozenset[int],
        rows: int = BATCH_ROWS,
        count: Count = lambda done, of: None,
        chats: ChatFormat | None = None,
    ) -> None:
        # The template alone decides whether a prompt begins with a begin-of-text token.
        super().__init__(
            pretrained=model, tokenizer=tokenizer, batch_size=rows, add_bos_token=False
        )
        self._chats = chats or ChatFormat.of(tokenizer)
        self._end_ids = end_ids
        self._rows = rows
        self._count = count
        self._special = {n: str(t) for n, t in tokenizer.added_tokens_decoder.items() if t.special}
        self._thinks = has_a_mark(f"{tokenizer.chat_template} {[*self._special.values()]}")
        self.answers: dict[int, GeneratedText] = {}

    def generate_until(self, requests: Sequence[Instance], disable_tqdm: bool = True) -> list[str]:
        """Greedy answers in the order of the requests, cut at the first stop text.

        Stop texts are the answer's: within thinking, and before the answer begins, they end none.
        A model whose template or tokens know thinking may think without having opened it: until a
        mark has come its stop texts wait, and are looked for once all is written.
        """
        del disable_tqdm
        if not requests:
            return []
        settings = requests[0].args[1]
        stops = [text for text in settings.get("until", []) if not self._is_end(text)]
        prompts = [self.tok_encode(r.args[0], add_special_tokens=False) for r in requests]
        # In a short context the prompts come first, as long as a quarter is left for answers.
        left = max(self.max_length - max(map(len, prompts)), self.max_length // 4, 1)
        limit = min(int(settings["max_gen_toks"]), left)
        room = self.max_length - limit
        if long := sum(len(prompt) > room for prompt in prompts):
            _logger.warning("%d prompts are longer than %d tokens and are cut", long, room)
        answers = generate(
            self.model,
            [prompt[-room:] for prompt in prompts],
            max_new_tokens=limit,
            end_ids=self._end_ids,
            stop=partial(self._stopped, stops, requests[0].args[0]) if stops else None,
            rows=self._rows,
            count=self._count,
        )
        self.answers = {r.doc_id: a for r, a in zip(requests, answers, strict=True)}
        return [
            self._written(answer, request.args[0], stops)
            for answer, request in zip(answers, requests, strict=True)
        ]

    def _written(self, answer: GeneratedText, prompt: str, stops: Sequence[str]) -> Written:
        """The text of an answer, as it is decoded and with its marks of thinking."""
        # An answer that ended by itself, and closed nothing that its prompt had opened, is one.
        opened = "" if answer.finished else opened_by(prompt)
        text = self._decoded(answer.tokens)
        kept = cut_answer(opened + text, stops)
        plain = str(self.tokenizer.decode(answer.tokens, skip_special_tokens=True))
        if plain == text:
            plain = kept.removeprefix(opened)
        elif len(kept) < len(opened) + len(text):
            plain = without_marks(kept)
        return Written.of(plain, kept)

    def _decoded(self, tokens: Sequence[int]) -> str:
        """The text of tokens with those marks of thinking that decoding leaves away."""
        special = {token: self._special[token] for token in tokens if token in self._special}
        if not MARKS.intersection(special.values()):
            return str(self.tokenizer.decode(tokens, skip_special_tokens=True))
        kept = [token for token in tokens if special.get(token, "") in ("", *MARKS)]
        return str(self.tokenizer.decode(kept, skip_special_tokens=False))

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """A prompt as trainings write it; without a generation prompt the last turn is begun."""
        return chat_prompt(self._chats, chat_history, add_generation_prompt)

    def _is_end(self, text: str) -> bool:
        """Whether a stop text is one of the end tokens, which stop anyway."""
        ids = self.tokenizer.encode(text, add_special_tokens=False)
        return len(ids) == 1 and ids[0] in self._end_ids

    def _stopped(self, stops: Sequence[str], prompt: str, written: list[int]) -> bool:
        """Whether a stop text has been written; looked at every eighth token.

        `prompt` is one of the prompts, which all end as their one template has it.
        """
        if len(written) % 8:
            return False
        text = opened_by(prompt) + self._decoded(written)
        place = stop_place(text, stops)
        if place is None:
            return False
        if self._thinks and not closed_by(prompt) and not has_a_mark(text):
            return False  # thinking that nothing opened: its closing mark may still come
        # After a blank beginning there may come thinking, which its mark has to tell first.
        return bool(text[:place].strip()) or len(text.strip()) >= _LONGEST


def chat_prompt(
    chats: ChatFormat, history: list[dict[str, str]], add_generation_prompt: bool
) -> str:
    """A chat as a prompt; without a generation prompt its last turn is begun."""
    if add_generation_prompt:
        return chats.question_of(history)
    *before, begun = history
    return chats.question_of(before) + begun["content"]


def harness_task(
    task: Task, split: Split, part: Collection[str] | None = None
) -> ConfigurableTask:
    """The task's `harness.yaml` with the items of one split in it.

    Generation is greedy and limited by the card, whatever the file says.

    Args:
        part: Ids of the items that are asked; None for all.

    Raises:
        DataError: The definition is missing or the split has no items.
    """
    path = task.folder / "harness.yaml"
    items = task.items(split) if path.is_file() else []
    if not items:
        raise DataError(
            f"the task {task.key!r} has no items to score",
            where=str(task.evaluation_folder if path.is_file() else path),
            fix="a task folder needs harness.yaml and evaluation/<split>.jsonl",
        )
    if part is not None:
        items = [item for place, item in enumerate(items) if str(item.get("id", place)) in part]
    config = read_definition(path)
    given = config.get("generation_kwargs") or {}
    config["generation_kwargs"] = {
        "until": given.get("until", []),
        "do_sample": False,
        "max_gen_toks": task.card.max_new_tokens,
    }
    config |= {
        "custom_dataset": partial(_dataset, items),
        "dataset_path": None,
        "dataset_kwargs": None,
        "training_split": None,
        "validation_split": None,
        "test_split": _SPLIT,
    }
    return ChatTask(config=config)


class ChatTask(ConfigurableTask):  # type: ignore[misc]
    """A task whose items may hold a whole chat, as JSON text in `messages`, beside the prompt."""

    def fewshot_context(self, doc: dict[str, Any], *positional: Any, **settings: Any) -> Any:
        """The chat of the item through the chat template; of an item without one its prompt."""
        template = settings.get("chat_template")
        if not doc.get("messages") or template is None:
            return super().fewshot_context(doc, *positional, **settings)
        return template(json.loads(doc["messages"]), add_generation_prompt=True)


def _dataset(items: list[dict[str, Any]], /, **_: Any) -> dict[str, Any]:
    """The items as the harness wants them."""
    from datasets import Dataset

    return {_SPLIT: Dataset.from_list(items)}


def run(
    model: Any, task: Task, split: Split, part: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The harness's logged samples, in the order of the items; of a part of them, where named.

    `evaluate` is the inner half of the harness's `simple_evaluate`, which adds only a survey of
    the machine (`pip list` and more, seconds a run) and the seeding of samplers we do not use.
    """
    built = harness_task(task, split, part)
    if built.get_config("num_fewshot") is None:
        built.set_config(key="num_fewshot", value=0)
    built.set_fewshot_seed(seed=0)
    results = evaluate(
        lm=model,
        task_dict={built.task_name: built},
        apply_chat_template=True,
        log_samples=True,
        bootstrap_iters=0,
    )
    samples: list[dict[str, Any]] = results["samples"][built.task_name]
    return sorted(samples, key=lambda sample: int(sample["doc_id"]))
