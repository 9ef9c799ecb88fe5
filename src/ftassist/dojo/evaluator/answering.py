"""`python -m ftassist.dojo.evaluator.answering`: has a trial's model answer, on the model's node.

Started by a trial's host on its node (`cluster.node_evaluator`), outside the trial's walls. It
makes a key in its memory, opens what the head's evaluator sealed for it, looks where the model
comes from as the head would, has it answer, and seals the answers. It knows prompts and no
expected answer, keeps nothing on a disk, and scores nothing.
"""

from __future__ import annotations

import ctypes
import logging
import signal
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from ftassist.dojo.evaluator.protocol import (
    MAX_CONTROL_BYTES,
    RefusedError,
    encode,
    field_of,
    read_message,
)
from ftassist.dojo.evaluator.sealed import ANSWERS, QUESTIONS, Sealer
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.evaluator.trial_requests import failed_answer
from ftassist.files import hash_file, hash_text
from ftassist.models.clock import parse_day

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_PACKAGE = Path(__file__).resolve().parents[2]
_CODE = ("dojo/evaluator", "dojo/scorers", "models")


def main() -> None:
    """Answers what is asked on stdin until it ends."""
    from ftassist.dojo.evaluator.server import own_stdout

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    answers = own_stdout()
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with its host, whatever it does
    prctl(_PR_SET_DUMPABLE, 0)  # its memory is nobody's to read, nor a core file's
    serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Tells the public half of its key, then answers one request after the other."""
    sealer = Sealer()
    _send(answers, {"public": sealer.public})
    while (request := read_message(requests, MAX_CONTROL_BYTES)) is not None:
        try:
            answer = {"ok": True, **answered(sealer, request)}
            if len(encode(answer)) > MAX_CONTROL_BYTES:
                raise RefusedError("the answers are too long to travel", kind="ENV")
        except Exception as error:  # noqa: BLE001 - told to the host, and logged if it is a bug
            answer = failed_answer(error)
        _send(answers, answer)


def answered(sealer: Sealer, request: dict[str, Any]) -> dict[str, Any]:
    """What a trial's model answers to sealed questions, sealed.

    Args:
        sealer: This process's end.
        request: `base`, `folder` (the trial's), `model` (inside it), `place` (a folder out of the
            trial's reach), `public` (the head's) and `sealed`.

    Raises:
        RefusedError: The model is refused; or ENV, and the head is to ask it itself.
    """
    from ftassist.dojo.evaluator.far import Questions, written_down
    from ftassist.dojo.evaluator.harness import GreedyModel
    from ftassist.dojo.evaluator.models import load_base, load_model, release

    public = field_of(request, "public")
    asked = sealer.open(public, QUESTIONS, field_of(request, "sealed"))
    base = load_base(
        field_of(request, "base"),
        parse_day(asked["day"]) if asked["day"] else None,
        asked["system_turn"] or None,
    )
    if asked["code"] != code_digest():
        raise RefusedError("the evaluator's code on the node is another one", kind="ENV")
    if base.digest != asked["base_digest"]:
        raise RefusedError("the base model on the node is another one", kind="ENV")
    folder = Path(field_of(request, "folder"))
    model = folder / field_of(request, "model")
    with snapshot(folder, model, Path(field_of(request, "place"))) as copy:
        loaded = load_model(base, copy)
        greedy = GreedyModel(loaded.model, base.tokenizer, base.end_ids, chats=base.chats)
        questions = Questions.from_dict(asked["questions"])
        started = time.perf_counter()
        texts = greedy.generate_until(questions.instances())
    found = {
        "model_digest": loaded.digest,
        "written": written_down(texts, greedy.answers),
        "seconds": time.perf_counter() - started,
    }
    del loaded, greedy
    release()
    return {"sealed": sealer.seal(public, ANSWERS, found)}


def code_digest() -> str:
    """A hash of the code that has a model answer: head and node must have the same."""
    files = [p for name in _CODE for p in sorted((_PACKAGE / name).rglob("*.py"))]
    return hash_text(*(part for path in files for part in (path.name, hash_file(path))))


def _send(stream: BinaryIO, message: dict[str, Any]) -> None:
    stream.write(encode(message))
    stream.flush()


if __name__ == "__main__":
    main()
