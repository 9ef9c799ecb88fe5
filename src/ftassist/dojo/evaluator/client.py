"""What cells call: `evaluate` a saved model, `find_leaks` in training rows, `judge_answers`.

In a campaign the runner has started the evaluator, and its socket and the trial's token are in the
environment. Without them - a trial's notebook re-run by plain Jupyter or papermill - an evaluator
is started here, for the validation split, so the notebook gives the same scores. Knows nothing of
models; imports neither torch nor lm_eval.
"""

from __future__ import annotations

import atexit
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from ftassist.dojo.dry_run import dry, made_up
from ftassist.dojo.evaluator.process import EvaluatorProcess
from ftassist.dojo.evaluator.protocol import (
    BASE_VARIABLE,
    MAX_BYTES,
    SHOWN_VARIABLE,
    SOCKET_VARIABLE,
    TASK_VARIABLE,
    TOKEN_VARIABLE,
    Kind,
    Message,
    RefusedError,
    encode,
    raise_error,
    read_message,
)
from ftassist.dojo.evaluator.rewards import Pair, judge
from ftassist.dojo.feedback import Feedback
from ftassist.dojo.leakage import Leak
from ftassist.dojo.task_loader import load_task
from ftassist.models.clock import DAY_VARIABLE

Sent = TypeVar("Sent")
RESTART_SECONDS = 15.0
"""How long to wait for an evaluator that is gone: its owner starts it again."""
_RETRY_SECONDS = 0.2
_LOCAL_TRIAL = "local"


def evaluate(
    model: str | Path = "model", *, task: str | None = None, base: str | None = None
) -> Feedback:
    """Scores the model saved in this trial's folder on the validation split.

    Args:
        model: The folder with the saved model or adapter, inside the trial's folder.
        task: The task, where no campaign names it.
        base: The base model, where no campaign names it.

    Raises:
        RefusedError: The evaluator refuses the model or cannot be reached.
    """
    if dry():
        raise RefusedError(
            "nothing is scored in a dry run",
            kind="CONFIG",
            fix="score in the evaluate cell alone",
        )
    name = os.path.relpath(model)
    if os.environ.get(SOCKET_VARIABLE):
        return Feedback.of(_ask({"verb": "evaluate", "model": name})["feedback"])
    base = base or os.environ.get(BASE_VARIABLE, "tiny")
    evaluator = _local(_named(task, TASK_VARIABLE), base, Path.cwd())
    return evaluator.evaluate(_LOCAL_TRIAL, "validation", model=name)


def find_leaks(rows: Sequence[str], *, task: str | None = None) -> list[Leak]:
    """The training rows that hold an evaluation item of the task, as texts.

    Only the rows are told, and where in them; nothing about the items.

    Args:
        rows: Whole training rows as text, prompt and answer.
        task: The task, where no campaign names it.
    """
    if dry():
        return []
    if not os.environ.get(SOCKET_VARIABLE):
        key = _named(task, TASK_VARIABLE)
        base = os.environ.get(BASE_VARIABLE, "tiny")
        return _local(key, base, Path.cwd()).leaks(key, rows)
    leaks: list[Leak] = []
    for start, part in _parts(rows):
        answer = _ask({"verb": "leaks", "rows": part})
        leaks += [Leak.from_dict({**leak, "row": leak["row"] + start}) for leak in answer["leaks"]]
    return leaks


def judge_answers(pairs: Sequence[Pair], *, task: str) -> list[float]:
    """What the task's scoring gives for answers to training rows; greater is better.

    Args:
        pairs: A row as the scorer sees an item (its prompt, its final answer, its fields), and an
            answer to it.
        task: The task; in a campaign it is always the campaign's.
    """
    if dry():
        return made_up(len(pairs))
    if not os.environ.get(SOCKET_VARIABLE):
        return judge(load_task(task), pairs)
    rewards: list[float] = []
    for _, part in _parts(pairs):
        rewards += _ask({"verb": "judge", "pairs": part})["rewards"]
    return rewards


def _parts(rows: Sequence[Sent]) -> Iterator[tuple[int, list[Sent]]]:
    """Rows in parts that fit a message, each with the number of its first row."""
    part: list[Sent] = []
    start = size = 0
    for number, row in enumerate(rows):
        length = len(encode({"row": row}))
        if part and size + length > MAX_BYTES // 2:
            yield start, part
            start, size, part = number, 0, []
        part.append(row)
        size += length
    if part:
        yield start, part


def _ask(request: Message) -> Message:
    """One request to the campaign's evaluator; asked again if it dies meanwhile.

    A score that was given already is given again, so asking twice changes nothing.
    """
    deadline = time.monotonic() + RESTART_SECONDS
    while True:
        try:
            return _ask_once(request)
        except RefusedError as error:
            if error.kind != "KILLED" or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)


def _ask_once(request: Message) -> Message:
    path = os.environ[SOCKET_VARIABLE]
    token = os.environ.get(TOKEN_VARIABLE, "-")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
            connection.sendall(encode({**request, "token": token}))
            with connection.makefile("rb") as stream:
                answer = read_message(stream)
    except FileNotFoundError as error:
        raise _unreachable(path, str(error)) from error
    except OSError as error:
        raise _unreachable(path, str(error), "KILLED") from error
    if answer is None:
        raise _unreachable(path, "it ended before it answered", "KILLED")
    return raise_error(answer)


def _unreachable(path: str, why: str, kind: Kind = "ENV") -> RefusedError:
    """The error that nobody answers: KILLED if there was an evaluator, which may come back."""
    return RefusedError(
        f"the evaluator cannot be reached: {why}",
        kind=kind,
        where=path,
        fix="run the trial from its campaign, or unset FTASSIST_EVALUATOR to score it here",
    )


def _named(given: str | None, variable: str) -> str:
    """An argument, or the environment variable that stands in for it."""
    name = given or os.environ.get(variable)
    if not name:
        raise RefusedError(
            "outside a campaign the task must be named",
            kind="CONFIG",
            fix=f'call evaluate(..., task="mini_math"), or set {variable}',
        )
    return name


@cache
def _local(task: str, base: str, folder: Path) -> EvaluatorProcess:
    """An evaluator of our own for a folder, kept until this process ends."""
    evaluator = EvaluatorProcess()
    evaluator.start()
    atexit.register(evaluator.stop)
    scores = Path(tempfile.mkdtemp(prefix="ftassist-scores-"))
    # Here is no campaign to protect: the person may score as often as they like.
    evaluator.register(
        _LOCAL_TRIAL,
        folder,
        scores=scores,
        task=task,
        base=base,
        limit=1_000_000,
        day=os.environ.get(DAY_VARIABLE, ""),
        shown_seed=_shown_seed(),
    )
    return evaluator


def _shown_seed() -> int | None:
    """The seed of the items that do not select, as a trial's notebook names it; None without.

    Raises:
        RefusedError: It is no whole number.
    """
    text = os.environ.get(SHOWN_VARIABLE, "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise RefusedError(
            f"{text!r} is no seed",
            kind="CONFIG",
            where=SHOWN_VARIABLE,
            fix="write the number of the trial's notebook, or unset it",
        ) from error
