"""Drafts of tasks below the server's root: begun from words, corrected and sealed.

Each act is a process of its own, so that the server imports no scorer and no client of a model.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftassist.documents.start import OWN_TASKS
from ftassist.errors import FtassistError
from ftassist.server.own_files import DRAFT, answer_of, file_below, free_folder, task_folder

COMMAND = (sys.executable, "-P", "-m", "ftassist.ui.drafting_process")
SECONDS = 600.0
"""How long an act may take, the call of a language model included."""
_GRACE = 20.0
_FILES = ("draft.yaml", "train.jsonl", "evaluation.jsonl")


def task_draft(root: Path, body: Mapping[str, Any]) -> dict[str, Any]:
    """Does one act with a draft.

    Args:
        root: The server's root, resolved.
        body: A `TaskDrafting` of `openapi.yaml`.

    Returns:
        The draft as it stands then; the task where it was sealed.

    Raises:
        FtassistError: A path leads elsewhere, or what is asked cannot be done.
    """
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
    found = answer_of(COMMAND, asked, root, SECONDS + _GRACE)
    if act == "seal":
        return {"schema": "ftassist/own-task/1", "task": f"{OWN_TASKS}/{name}"}
    return found
