"""Answers, token by token, by models that are loaded as the evaluator loads them.

Greedy answers come from the loop that scores trials, so that they are those of a scoring. The
models that were asked last stay loaded as long as there is room.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import DynamicCache

from ftassist.dojo.evaluator import models
from ftassist.dojo.evaluator.definition import read_definition
from ftassist.dojo.evaluator.generate import greedy
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.playground.question import MOST_SECONDS, AskedModel, Job, Question
from ftassist.dojo.scorers.thinking import cut_answer, opened_by, stop_place
from ftassist.errors import FtassistError
from ftassist.models import weights
from ftassist.models.clock import parse_day

Tell = Callable[[dict[str, Any]], None]
_TELL_SECONDS = 0.05
"""How often a growing answer is told of."""
_BYTES = 4
"""Of a number in memory: float32, as models are loaded on a CPU."""


@dataclass
class Answerer:
    """Answers questions, one at a time.

    Attributes:
        memory: Bytes that loaded models may take together.
        cancelled: Tells whether nobody waits for the answer any more.
    """

    memory: float
    cancelled: Callable[[], bool]
    _bases: OrderedDict[tuple[str, str, str], models.Base] = field(default_factory=OrderedDict)
    _loaded: OrderedDict[tuple[str, ...], Any] = field(default_factory=OrderedDict)

    def answer(self, job: Job, tell: Tell) -> None:
        """Asks the models of a job; tells the prompt, each answer as it grows, and its end.

        A model that cannot be asked says why; the others are asked all the same.

        Raises:
            FtassistError: None can be asked: the base is gone, or the prompt does not fit.
        """
        deadline = time.monotonic() + MOST_SECONDS
        base = self._base(job)
        text, prompt = _asked(base, job.question)
        tell({"prompt": text, "tokens": len(prompt)})
        for asked in job.models:
            if self.cancelled():
                return
            tell({"model": asked.trial, "phase": "loading"})
            try:
                self._ask(base, job, asked, (text, prompt), deadline, tell)
            except (FtassistError, torch.OutOfMemoryError) as error:
                tell({"model": asked.trial, "phase": "failed", "error": _told(error)})

    def _ask(
        self,
        base: models.Base,
        job: Job,
        asked: AskedModel,
        prompt: tuple[str, list[int]],
        deadline: float,
        tell: Tell,
    ) -> None:
        model = self._model(base, job, asked)
        tell({"model": asked.trial, "phase": "answering"})
        growing = _Growing(base, job, prompt[0], deadline, self.cancelled, asked.trial, tell)
        write = greedy_answer if job.question.greedy else sampled_answer
        started = time.monotonic()
        tokens, finished = write(model, prompt[1], job.question, base.end_ids, growing.stop)
        done = {"phase": "done", "text": growing.text(tokens), "tokens": len(tokens)}
        done["seconds"] = time.monotonic() - started
        tell({"model": asked.trial, **done, "ended": growing.how(finished)})

    def _base(self, job: Job) -> models.Base:
        key = (job.base, job.day, job.system_turn)
        if key not in self._bases:
            self._bases.clear()
            self._loaded.clear()
            self._bases[key] = models.load_base(job.base, parse_day(job.day), job.system_turn)
        return self._bases[key]

    def _model(self, base: models.Base, job: Job, asked: AskedModel) -> Any:
        key = (base.digest, asked.folder, asked.digest)
        if key in self._loaded:
            self._loaded.move_to_end(key)
            return self._loaded[key]
        self._make_room(_size(base))
        self._loaded[key] = load(base, asked, Path(job.place))
        return self._loaded[key]

    def _make_room(self, size: float) -> None:
        """Lets go of models that were asked longest ago.

        Raises:
            FtassistError: One model alone is too large.
        """
        if size > self.memory:
            raise FtassistError(
                f"the model takes {size / 1e9:.1f} GB, the playground may take "
                f"{self.memory / 1e9:.1f} GB",
                fix="free memory on this machine, then ask again",
            )
        while self._loaded and (len(self._loaded) + 1) * size > self.memory:
            self._loaded.popitem(last=False)
            models.release()


def load(base: models.Base, asked: AskedModel, place: Path) -> Any:
    """The model of a trial, checked and loaded from a private copy; of the base its own.

    Raises:
        RefusedError: It is gone, does not descend from the base, or is not the scored one.
    """
    if not asked.folder:
        return models.load_model(base).model
    folder = Path(asked.folder)
    with snapshot(folder, folder / asked.model, place) as copy:
        if asked.digest and model_digest(copy) != asked.digest:
            raise RefusedError(
                f"the model of {asked.trial} is not the one that was scored",
                kind="INVALID",
                where=str(folder / asked.model),
                fix="find out who changed it, or run the trial again",
            )
        return models.load_model(base, copy).model


Stop = Callable[[Sequence[int]], bool]


def greedy_answer(
    model: Any, prompt: list[int], question: Question, end_ids: frozenset[int], stop: Stop
) -> tuple[tuple[int, ...], bool]:
    """The tokens of the most likely answer, and whether it ended before the limit."""
    limit = question.max_new_tokens
    (answer,) = greedy(model, [prompt], max_new_tokens=limit, end_ids=end_ids, stop=stop)
    return answer.tokens, answer.finished


@torch.inference_mode()
def sampled_answer(
    model: Any, prompt: list[int], question: Question, end_ids: frozenset[int], stop: Stop
) -> tuple[tuple[int, ...], bool]:
    """The tokens of a sampled answer, the same for the same seed, and whether it ended."""
    draw = torch.Generator().manual_seed(question.seed)
    cache = DynamicCache(config=model.config)
    ids = torch.tensor([prompt], device=model.device)
    written: list[int] = []
    for _ in range(question.max_new_tokens):
        seen = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        token = _drawn(seen.logits[0, -1], question, draw)
        if token in end_ids:
            return tuple(written), True
        written.append(token)
        if stop(written):
            return tuple(written), True
        ids = torch.tensor([[token]], device=model.device)
    return tuple(written), False


def _drawn(logits: torch.Tensor, question: Question, draw: torch.Generator) -> int:
    """A token by its probability, from the most likely ones that make up `top_p`."""
    chances = torch.softmax(logits.float().cpu() / question.temperature, -1)
    ordered, tokens = chances.sort(descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = ordered.where(before < question.top_p, torch.zeros(()))
    return int(tokens[torch.multinomial(kept, 1, generator=draw)])


def stops_of(task: Path) -> list[str]:
    """The texts that end an answer in a task's scoring."""
    path = task / "harness.yaml"
    given = read_definition(path).get("generation_kwargs") or {} if path.is_file() else {}
    return [str(text) for text in given.get("until", [])]


class _Growing:
    """An answer as it grows: told now and then, and ended where it is over."""

    def __init__(
        self,
        base: models.Base,
        job: Job,
        prompt: str,
        deadline: float,
        cancelled: Callable[[], bool],
        trial: str,
        tell: Tell,
    ) -> None:
        self._base, self._stops = base, stops_of(Path(job.task))
        self._opened = opened_by(prompt)
        self._deadline, self._cancelled = deadline, cancelled
        self._trial, self._tell = trial, tell
        self._told = -math.inf
        self._why = ""

    def text(self, tokens: Sequence[int]) -> str:
        """The text of an answer, cut at the task's stop texts."""
        text = self._opened + self._decoded(tokens)
        return cut_answer(text, self._stops).removeprefix(self._opened)

    def stop(self, tokens: Sequence[int]) -> bool:
        """Tells of the answer so far; whether it is to end here."""
        now = time.monotonic()
        if self._cancelled():
            self._why = "cancelled"
        elif now > self._deadline:
            self._why = "time"
        elif self._stopped(tokens):
            self._why = "end"
        elif now - self._told >= _TELL_SECONDS:
            self._told = now
            self._tell({"model": self._trial, "phase": "answering", "text": self.text(tokens)})
        return bool(self._why)

    def _stopped(self, tokens: Sequence[int]) -> bool:
        """Whether a stop text stands behind the beginning of an answer."""
        if not self._stops:
            return False
        text = self._opened + self._decoded(tokens)
        place = stop_place(text, self._stops)
        return place is not None and bool(text[:place].strip())

    def _decoded(self, tokens: Sequence[int]) -> str:
        return str(self._base.tokenizer.decode(tokens, skip_special_tokens=True))

    def how(self, finished: bool) -> str:
        """How it ended: end, limit, time or cancelled."""
        return self._why or ("end" if finished else "limit")


def _asked(base: models.Base, question: Question) -> tuple[str, list[int]]:
    """The prompt through the base's chat template, as text and tokens.

    Raises:
        FtassistError: With its answer it is longer than the model's context.
    """
    turns = [{"role": "user", "content": question.prompt}]
    if question.system:
        turns.insert(0, {"role": "system", "content": question.system})
    text = base.chats.question_of(turns)
    tokens = list(base.tokenizer(text, add_special_tokens=False)["input_ids"])
    context = int(getattr(base.config, "max_position_embeddings", 0) or 0)
    room = context - question.max_new_tokens
    if context and len(tokens) > room:
        raise FtassistError(
            f"the prompt has {len(tokens):,} tokens; with an answer of "
            f"{question.max_new_tokens:,} the model has room for {max(room, 0):,}",
            where="prompt",
            fix="shorten the prompt, or allow fewer new tokens",
        )
    return text, tokens


def _size(base: models.Base) -> float:
    """Bytes that a model of the base's shape takes."""
    files = weights.weight_files(base.folder)
    tensors: Iterator[weights.Tensor] = (t for path in files for t in weights.tensors_of(path))
    return float(sum(math.prod(tensor.shape) for tensor in tensors) * _BYTES)


def _told(error: FtassistError | torch.OutOfMemoryError) -> dict[str, str]:
    if isinstance(error, FtassistError):
        return error.to_dict()
    return FtassistError(
        "the GPU has no room for the model", fix="wait until the trial that runs is over"
    ).to_dict()
