"""Drafts of tasks below the server's root: begun from words, corrected and sealed.

Each act is a process of its own, so that the server imports no scorer and no client of a model; it
is begun, can be asked how far it is, and can be ended.
"""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftassist.documents.start import OWN_TASKS, own_folders
from ftassist.errors import FtassistError, LockedError
from ftassist.records.kinds import Json
from ftassist.server.children import ById, Child, Children
from ftassist.server.own_files import (
    DRAFT,
    file_below,
    free_folder,
    is_draft_name,
    task_folder,
)

AT_ONCE = 4
COMMAND = (sys.executable, "-P", "-m", "ftassist.ui.drafting_process")
SECONDS = 600.0
"""How long an act may take, the call of a language model included; it then ends in order."""
_FILES = ("draft.yaml", "train.jsonl", "evaluation.jsonl")


@dataclass(kw_only=True)
class Drafting(Child):
    """An act with a draft that is under way, or what became of it.

    Attributes:
        key: Its id.
        name: The task's name.
        act: "draft", "look", "correct" or "seal".
        phase: "working", "done", "failed" or "cancelled".
        does: What is done, in words.
        began: When, by a clock that only moves on.
        draft: The draft as it stands then.
        task: The task, where it was sealed.
    """

    key: str
    name: str
    act: str
    phase: str = "working"
    does: str = "reading the rows"
    began: float = field(default_factory=time.monotonic)
    draft: Json | None = None
    task: str | None = None

    def doing(self, said: Mapping[str, Any]) -> None:
        """Takes in what is done."""
        self.does = str(said["doing"])

    def made(self, said: Any) -> None:
        """Takes in the draft, or that it is sealed."""
        self.draft = said.get("draft")
        self.task = f"{OWN_TASKS}/{self.name}" if "task" in said else None

    def document(self) -> Json:
        """The act as JSON."""
        return {
            "schema": "ftassist/drafting/1",
            "id": self.key,
            "act": self.act,
            "phase": self.phase,
            "doing": self.does,
            "seconds": round(time.monotonic() - self.began, 1),
            "draft": self.draft,
            "task": self.task,
            "error": self.error,
        }


class Drafts(ById[Drafting]):
    """Acts with drafts. Every method may be called from any thread.

    What one that is cancelled had begun is cleared away; a draft from before stays as it was.

    Args:
        root: The server's root, resolved.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        super().__init__(
            Children("nothing came of the draft", "the server's log has the details", gently=True),
            (
                "nothing is done with a draft by the id {}",
                "look at the draft by its name, or begin anew",
            ),
        )

    def start(self, body: Mapping[str, Any]) -> Drafting:
        """Begins an act with a draft.

        Args:
            body: A `TaskDrafting` of `openapi.yaml`.

        Raises:
            FtassistError: A path leads elsewhere, or a part of what is asked is missing.
            LockedError: The draft is worked on, or as many as may be are.
        """
        asked = _checked(self._root, body)
        key = uuid.uuid4().hex

        def child(process: subprocess.Popen[bytes]) -> Drafting:
            return Drafting(process=process, key=key, name=body["name"], act=body["act"])

        with self._children.lock:
            running = self._working()
            if len(running) >= AT_ONCE or any(one.name == body["name"] for one in running):
                raise LockedError(
                    "the draft is being worked on, or too many others are",
                    where="task-drafts",
                    fix="wait until that is done, or cancel it",
                )
            return self._children.start(key, COMMAND, asked, self._root, child)

    def left(self) -> list[Json]:
        """Drafts that were begun and not sealed, by name, with the act that is under way."""
        with self._children.lock:
            working = {one.name: one.key for one in self._working()}
        names = {
            name
            for _, folder in own_folders(self._root, _FILES[0])
            if is_draft_name(folder.name)
            and not folder.with_name(name := folder.name.removesuffix(DRAFT)).exists()
        }
        return [
            {"name": name, "drafting": working.get(name)} for name in sorted(names | set(working))
        ]

    def _working(self) -> list[Drafting]:
        """The acts of which it is not known yet what came of them."""
        return [one for one in self._children.running() if not one.over]


def _checked(root: Path, body: Mapping[str, Any]) -> Json:
    """What the process is asked; nothing leads out of the root."""
    name, act = body["name"], body["act"]
    asked = {**body, "folder": f"{OWN_TASKS}/{name}{DRAFT}", "seconds": SECONDS}
    folder = task_folder(root, f"{name}{DRAFT}")
    if act == "draft":
        for part in ("file", "wish"):
            if not str(body.get(part, "")).strip():
                raise FtassistError(f"a draft needs a {part}", where=part, fix=f"give the {part}")
        asked["file"] = file_below(root, body["file"], "file")
        free_folder(root, f"{name}{DRAFT}")
        free_folder(root, name)
    for file in _FILES:
        if (folder / file).is_symlink():
            raise FtassistError(f"{file} of the draft is a link", where="name", fix="rename it")
    return asked
