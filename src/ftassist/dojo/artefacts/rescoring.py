"""Scoring an artefact through its runtime, with the evaluator's own code on the same items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ftassist.dojo.artefacts import fidelity, writer
from ftassist.dojo.artefacts.chats import chats_of
from ftassist.dojo.artefacts.request import Made, Request
from ftassist.dojo.artefacts.runtimes import Runtime, TransformersRuntime
from ftassist.dojo.evaluator.lineage import model_digest
from ftassist.dojo.evaluator.models import Base, load_base
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.scoring import evaluator_digest, score
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.task import Task
from ftassist.dojo.task_loader import load_task
from ftassist.files import hash_folder
from ftassist.models.chat_format import Turn
from ftassist.models.clock import parse_day

Tell = Callable[[str], None]
_ROOM = 512
"""Tokens of room for a prompt beside the longest one and its answer."""

VLLM_NOTE = "vLLM itself was not run: the folder was loaded by transformers"


def make_and_score(request: Request, tell: Tell) -> Made:
    """Makes an artefact, loads it as others will, and scores it.

    Raises:
        RefusedError: The model, the base or the evaluator is not what the trial was scored with.
        FtassistError: It cannot be made, or not loaded.
    """
    task = load_task(request.task)
    _refuse_other_evaluator(task, request)
    base = load_base(request.base, parse_day(request.day), task.card.system_turn)
    target = Path(request.target)
    tell(f"writing the export ({request.form})")
    make(request, base, task.card.max_new_tokens)
    return try_out(request, base, task, target, tell)


def make(request: Request, base: Base, limit: int) -> None:
    """Writes an artefact of the model that was scored.

    Raises:
        RefusedError: The model is another one by now.
    """
    folder, target = Path(request.folder), Path(request.target)
    with snapshot(folder, folder / request.model, Path(request.scores).parent) as copy:
        if model_digest(copy) != request.digest:
            raise RefusedError(
                "the model is not the one that was scored",
                kind="INVALID",
                where=str(folder / request.model),
                fix="find out who changed it, or run the trial again",
            )
        if request.form == "adapter":
            writer.write_adapter(base, copy, target, limit)
        elif request.form in ("merged", "vllm"):
            writer.write_merged(base, copy, target, request.numbers, limit)
        else:
            _make_gguf(request, base, copy, limit)


def _make_gguf(request: Request, base: Base, copy: Path, limit: int) -> None:
    from ftassist.dojo.artefacts.gguf_files import FILE, write_gguf
    from ftassist.dojo.artefacts.modelfile import write_modelfile

    target = Path(request.target)
    target.mkdir(parents=True, exist_ok=True)
    merged = copy.with_name("merged")
    writer.write_merged(base, copy, merged, "float32", limit)
    write_gguf(merged, target / FILE, request.quantisation)
    if request.form == "ollama":
        ends = [str(base.tokenizer.decode([token])) for token in sorted(base.end_ids)]
        write_modelfile(target, base.chats, ends, limit)


def try_out(request: Request, base: Base, task: Task, target: Path, tell: Tell) -> Made:
    """Loads an artefact that is there, compares how it asks, and scores it."""
    chats = chats_of(task, "validation")
    with opened(request, base, task, target, chats) as runtime:
        tell(f"loaded by {runtime.name}; comparing {fidelity.compared(chats)} prompts")
        found = fidelity.differences(runtime, base, chats)
        tell(f"scoring {len(chats)} items")
        feedback = score(
            runtime.scorer(lambda done, of: None),
            task,
            "validation",
            model_digest=hash_folder(target),
            scores_file=Path(request.scores),
            expected=request.evaluator,
            shown_seed=request.shown_seed,
        )
        note = VLLM_NOTE if request.form == "vllm" else runtime.note
        return Made(feedback.to_dict(), tuple(found), fidelity.compared(chats), runtime.name, note)


@contextmanager
def opened(
    request: Request, base: Base, task: Task, target: Path, chats: Sequence[Sequence[Turn]]
) -> Iterator[Runtime]:
    """The runtime that an artefact is for, with the artefact loaded."""
    runtime: Runtime
    if request.form in ("adapter", "merged", "vllm"):
        runtime = TransformersRuntime(target, base, base.chats)
    else:
        from ftassist.dojo.artefacts.gguf_files import FILE
        from ftassist.dojo.artefacts.llama_cpp import LlamaCppRuntime
        from ftassist.dojo.artefacts.ollama import OllamaRuntime

        context = _context(base, chats, task.card.max_new_tokens)
        if request.form == "ollama":
            runtime = OllamaRuntime(target, base.chats, context)
        else:
            runtime = LlamaCppRuntime(target / FILE, base.chats, context)
    try:
        yield runtime
    finally:
        runtime.close()


def _context(base: Base, chats: Sequence[Sequence[Turn]], limit: int) -> int:
    """Tokens of context that the longest chat and its answer need, within what the base has."""
    asked = (base.chats.question_of(chat) for chat in chats)
    longest = max(len(base.tokenizer(text)["input_ids"]) for text in asked)
    most = int(getattr(base.config, "max_position_embeddings", 0) or 1 << 20)
    return min(most, longest + limit + _ROOM)


def _refuse_other_evaluator(task: Task, request: Request) -> None:
    if evaluator_digest(task) != request.evaluator:
        raise RefusedError(
            "the evaluator's code or data are not what the trial was scored with, so the export "
            "cannot be compared with it",
            kind="ENV",
            where=str(task.folder),
            fix="export with the installation the campaign was run with, or run the trial again",
        )
