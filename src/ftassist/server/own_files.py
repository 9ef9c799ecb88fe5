"""Files below the server's root as a task: looked at and made, in a process of its own."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ftassist.documents.start import OWN_TASKS
from ftassist.errors import FtassistError
from ftassist.records.kinds import Json

COMMAND = (sys.executable, "-P", "-m", "ftassist.dojo.own_files")
SECONDS = 60.0
DRAFT = ".draft"
"""How the folder of a draft ends."""
LARGEST = 512 * 1024 * 1024
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
log = logging.getLogger("ftassist.server")


def own_files(root: Path, body: Mapping[str, Any]) -> Json:
    """What files would become; or, where `make` says so, the task that was made of them.

    Args:
        root: The server's root, resolved.
        body: An `OwnFiles` of `openapi.yaml`.

    Raises:
        FtassistError: A path leads elsewhere, or no task can be made; `where` says of what.
    """
    make = bool(body.get("make"))
    own = {name: value for name, value in body.items() if name not in ("make", "items", "name")}
    own["train"] = [file_below(root, source, "train") for source in body["train"]]
    for role in ("evaluation", "test"):
        if body.get(role):
            own[role] = file_below(root, body[role], role)
    if make and not body.get("evaluation"):
        raise FtassistError(
            "the rows to evaluate on are missing", where="evaluation", fix="name a file of them"
        )
    own["folder"] = str(free_folder(root, body["name"]))
    found = _asked(root, {"own": own, "items": body.get("items"), "make": make})
    if make:
        return {"schema": "ftassist/own-task/1", "task": f"{OWN_TASKS}/{body['name']}"}
    return {"schema": "ftassist/own-files/1", **found}


def _asked(root: Path, asked: Mapping[str, Any]) -> Json:
    """The process's answer.

    Raises:
        FtassistError: It says what is wrong, took too long, or ended without a word.
    """
    lacking = "the task was not made" if asked["make"] else "the files were not read"
    try:
        done = subprocess.run(
            COMMAND, input=json.dumps(asked).encode(), stdout=subprocess.PIPE, cwd=root,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise FtassistError(
            f"{lacking} within {SECONDS:.0f} s",
            fix="make the task with `ftassist task new`, which waits as long as it takes",
        ) from error
    try:
        found: Json = json.loads(done.stdout)
    except ValueError as error:
        log.warning("%s: the process ended with %s", lacking, done.returncode)
        raise FtassistError(
            f"{lacking}: the process ended with {done.returncode}",
            fix="the server's log has the details",
        ) from error
    if told := found.get("error"):
        raise FtassistError.told(told)
    return found


def file_below(root: Path, source: str, where: str) -> str:
    """A file of rows below the root, perhaps with a part behind it, as it is told to the process.

    Raises:
        FtassistError: It leads elsewhere, is no file, or is too large.
    """
    name, part = source, ""
    if not (root / source).exists() and ":" in source:
        name, _, part = source.rpartition(":")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not name.isprintable():
        raise _wrong(source, where, "does not lie below the folder of this server")
    place = root
    for step in path.parts:
        place = place / step
        if place.is_symlink():
            raise _wrong(source, where, "leads over a link")
    if not place.is_file():
        raise _wrong(source, where, "is not there")
    if place.stat().st_size > LARGEST:
        raise _wrong(source, where, f"has more than {LARGEST // 1024**2} MiB")
    return f"{place}:{part}" if part else str(place)


def _wrong(source: str, where: str, why: str) -> FtassistError:
    return FtassistError(
        f"the file {source[:200]!r} {why}",
        where=where,
        fix="name a file of rows as the file browser does, such as data/rows.csv",
    )


def task_folder(root: Path, name: str) -> Path:
    """The folder of a task or a draft, below ./tasks.

    Raises:
        FtassistError: It cannot be named so, or leads over a link.
    """
    if not _KEY.fullmatch(name.removesuffix(DRAFT)):
        raise FtassistError(
            f"{name[:100]!r} cannot be the name of a task",
            where="name",
            fix="use letters, digits, _ and -",
        )
    below = root / OWN_TASKS
    if below.is_symlink() or (below / name).is_symlink():
        raise FtassistError(f"{OWN_TASKS}/{name} leads over a link", where="name", fix="rename it")
    return below / name


def is_draft_name(name: str) -> bool:
    """Whether a folder is named as that of a draft."""
    return name.endswith(DRAFT) and _KEY.fullmatch(name.removesuffix(DRAFT)) is not None


def free_folder(root: Path, name: str) -> Path:
    """The same, where there is nothing yet.

    Raises:
        FtassistError: There is something already.
    """
    folder = task_folder(root, name)
    if folder.exists():
        raise FtassistError(
            f"there is a task {OWN_TASKS}/{name} already", where="name", fix="name another one"
        )
    return folder
