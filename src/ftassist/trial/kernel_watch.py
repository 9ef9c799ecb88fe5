"""Notes, inside a trial's kernel, what its cells try that no honest trial does.

An audit hook of the interpreter sees files opened, folders listed, links made and sockets
connected before they happen, also where the isolation then lets nothing be found. What is
noted goes to a file that the worker reads (`attempt`). It stops nothing, and a cell that works
at it can blind it: the walls are elsewhere (docs/security.md). Imports the standard library only.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

VARIABLE = "FTASSIST_WATCH"
"""Names the file that attempts are noted in."""
FOLDER = "FTASSIST_TRIAL_FOLDER"
"""Names the trial's own folder, where everything is allowed."""
FILE = "attempts.jsonl"
MAX_NOTES = 50

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
_EVALUATION = re.compile(
    r"/evaluation(/((validation|test)\.jsonl)?)?$|/scores(/t\d{4,}\.(validation|test)\.json)?$"
    r"|/(scoring\.py|harness\.yaml)$"
)
_EVALUATION_WORDS = re.compile(r"evaluation/(validation|test)\.jsonl|/scores/t\d{4,}\.")
_OTHER_TRIAL = re.compile(r"^(.*/trials/t\d{4,})(/|$)")
_CACHE = re.compile(r"/cache/[0-9a-f]{32}(/|$)")
_PROCESS = re.compile(r"^/proc/(\d+)/(environ|mem|root|cwd|fd)(/|$)")
_PATHS = frozenset({
    "open", "os.listdir", "os.scandir", "os.chdir", "os.symlink", "os.link", "os.rename",
    "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.utime", "glob.glob", "shutil.rmtree",
})  # fmt: skip
_CHANGES = _PATHS - {"open", "os.listdir", "os.scandir", "os.chdir", "os.symlink", "glob.glob"}
_COMMANDS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})
_LIBRARIES = ("huggingface_hub", "datasets", "transformers", "torch", "ftassist", "ipykernel")


_OWN: dict[str, str] = {}


def variables(folder: Path, private: Path) -> dict[str, str]:
    """What tells a kernel where to note attempts, and which folder is its trial's.

    Args:
        folder: The trial's folder, or another one while the trial is not known yet.
        private: The kernel's own folder.
    """
    return {VARIABLE: str(private / FILE), FOLDER: str(folder)}


def install(path: str) -> None:
    """Watches this process from now on; it cannot be taken back.

    Args:
        path: The file to note attempts in, one JSON object a line: what, where.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    noted: set[tuple[str, str]] = set()
    _OWN["started"] = os.getcwd()  # noqa: PTH109

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _PATHS and event not in _COMMANDS and event != "socket.connect":
            return
        for found in _attempts(event, arguments):
            if found in noted or len(noted) >= MAX_NOTES:
                continue
            noted.add(found)
            line = json.dumps({"what": found[0], "where": found[1][:300]}) + "\n"
            os.write(handle, line.encode(errors="replace"))

    sys.addaudithook(hook)


def _attempts(event: str, arguments: tuple[Any, ...]) -> list[tuple[str, str]]:
    """What an event is an attempt at: (what, where)."""
    if event == "socket.connect":
        what = _connection(arguments[1])
        return [(what, str(arguments[1]))] if what else []
    if event in _COMMANDS:
        text = " ".join(str(argument) for argument in arguments[:2])
        return [("reads evaluation data", text)] if _EVALUATION_WORDS.search(text) else []
    paths = [p for p in arguments[:2] if isinstance(p, str | bytes | os.PathLike)]
    if event == "open":
        paths = paths[:1]
    writes = event in _CHANGES or (event == "open" and _writing(arguments))
    found: list[tuple[str, str]] = []
    for path in paths:
        place = _absolute(path)
        if what := _place(place, writes):
            found.append((what, place))
    return found


def _place(path: str, writes: bool) -> str:
    """What touching a path amounts to; "" for nothing."""
    if any(path == own or path.startswith(f"{own}/") for own in _own_folders()):
        return ""
    if _EVALUATION.search(path):
        return "reads evaluation data"
    if os.path.basename(path).startswith("journal.db"):  # noqa: PTH119
        return "touches the campaign's journal"
    if _OTHER_TRIAL.match(path):
        return "touches another trial's folder"
    if _CACHE.search(path):
        return "touches the stage cache"
    if (process := _PROCESS.match(path)) and int(process[1]) != os.getpid():
        return "looks into another process"
    if writes and path.startswith(_PACKAGE + os.sep) and "__pycache__" not in path:
        return "changes ftassist itself"
    return ""


def _own_folders() -> set[str]:
    """The trial's folder as named when it was first known, and where the kernel started."""
    named = os.environ.get(FOLDER, "")
    if _OTHER_TRIAL.match(named):
        _OWN.setdefault("named", named)
    return {*_OWN.values()}


def _connection(address: Any) -> str:
    """What connecting amounts to, if a cell does it and no library on its own."""
    names = _callers()
    if "__main__" not in names or any(name.split(".")[0] in _LIBRARIES for name in names):
        return ""
    if isinstance(address, str | bytes):
        return "uses a socket of the machine by hand"
    return "connects to the network"


def _callers() -> list[str]:
    """The modules of the functions that led here, this one left out."""
    names: list[str] = []
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") != __name__:
            names.append(str(frame.f_globals.get("__name__")))
            if names[-1] == "__main__":
                break  # below are the cell's own callers: the kernel
        frame = frame.f_back  # type: ignore[assignment]
    return names


def _writing(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2] if len(arguments) > 2 else 0
    if isinstance(mode, str) and set(mode) & set("wax+"):
        return True
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _absolute(path: Any) -> str:
    """A path as text, absolute and without dots; links are not followed."""
    text = os.fsdecode(path)
    return os.path.abspath(text)  # noqa: PTH100 - pathlib would do the work of each call thrice
