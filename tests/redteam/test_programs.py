"""Programs and arguments of looks that go for more than training rows: each walled in or refused.

A look's program runs before anybody decides on anything, so it must not be able to do more than
count rows. Each attempt here is made for real, and leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from ftassist.agent.eyes import Sight, programs
from ftassist.campaign import Budget, Campaign
from ftassist.campaign.agent_link import sight
from ftassist.campaign.proposing import context_of
from ftassist.dojo.task import CATALOG, PANEL
from ftassist.isolation.support import probe
from ftassist.journal.state import BASE

KEY = "sk-ant-secret-of-the-red-team-0123456789"


@pytest.fixture
def walls() -> None:
    """Skips, saying so, where nothing isolates; in CI that is a failure."""
    if not probe().works:
        message = f"nothing isolates programs here ({probe().found}): none is run at all"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A campaign on mini_math, whose runner holds a key."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    return Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=2))


@pytest.fixture
def eyes(campaign: Campaign) -> Sight:
    """What its agent may look at."""
    return sight(campaign, context_of(campaign, campaign.refresh(), BASE))


def ran(eyes: Sight, program: str, *sets: str) -> dict[str, Any]:
    """What a program was shown to have printed, and how it ended."""
    look = eyes.look("run_program", {"program": program, "sets": list(sets)})
    plain = {k: getattr(v, "quoted", v) for k, v in look.value.items()}
    return {**plain, "failed": look.failed}


FIND = """
import os

for place in {places!r}:
    found = []
    for folder, _, files in os.walk(place):
        found += [os.path.join(folder, name) for name in files]
    print(place, [path for path in found if {wanted!r} in path][:3])
"""


def test_looks_for_evaluation_items(eyes: Sight, walls: None) -> None:
    places = [str(CATALOG), str(PANEL), str(CATALOG.parents[1]), "/work", "/home", "/root", "/tmp"]
    for wanted in ("validation.jsonl", "test.jsonl", "items.jsonl", "panel/"):
        found = ran(eyes, FIND.format(places=places, wanted=wanted), "lessons_shop")
        assert not found["failed"], found
        assert all(line.endswith("[]") for line in found["printed"].splitlines()), found["printed"]


def test_looks_for_other_sets_than_it_named(eyes: Sight, walls: None) -> None:
    program = "import os; print(sorted(os.listdir('.')), os.path.exists({path!r}))"
    repository = str(CATALOG / "mini_math" / "repository" / "exam_archive" / "rows.jsonl")
    found = ran(eyes, program.format(path=repository), "lessons_shop")
    assert found["printed"] == "['lessons_shop.jsonl', 'program.py'] False\n"


def test_reads_the_campaign_from_a_program(eyes: Sight, campaign: Campaign, walls: None) -> None:
    found = ran(eyes, f"print(open({str(campaign.journal.path)!r}, 'rb').read(9))")
    assert found["failed"] and "FileNotFoundError" in found["errors"]


def test_looks_for_keys_from_a_program(eyes: Sight, walls: None) -> None:
    program = (
        "import os, glob\nprint(dict(os.environ))\n"
        "for path in glob.glob('/proc/*/environ'):\n"
        "    try: print(open(path, 'rb').read())\n    except OSError as error: print(error)\n"
        "print(os.listdir(os.path.expanduser('~')))"
    )
    found = ran(eyes, program)
    assert KEY not in json.dumps(found) and found["printed"].rstrip().endswith("[]")


def test_connects_from_a_program(eyes: Sight, walls: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        program = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=1)"
        assert ran(eyes, program)["failed"]
        with pytest.raises(TimeoutError):
            listener.accept()


def test_leaves_something_behind(
    eyes: Sight, walls: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    target = tmp_path / "left"
    program = (
        f"import os, subprocess, sys\ntry: open({str(target)!r}, 'w').write('x')\n"
        "except OSError as error: print('no', error.errno)\n"
        "open('kept.txt', 'w').write('x')\n"
        "code = 'import time; time.sleep(60)'\n"
        "subprocess.Popen([sys.executable, '-c', code], start_new_session=True)\n"
    )
    found = ran(eyes, program)
    assert found["printed"].startswith("no ") and not target.exists()
    assert list((tmp_path / "t").iterdir()) == []


ENDLESS = {
    "takes all memory": ("x = []\nwhile True: x.append(bytearray(64 << 20))", "memory"),
    "forks without end": (
        "import os, time\nwhile True:\n    if os.fork() == 0: time.sleep(60)",
        "process",
    ),
    "runs without end": ("while True: pass", "longer than its limit"),
    "prints without end": ("while True: print('x' * 100_000)", "longer than its limit"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_uses_up_the_machine_from_a_program(
    eyes: Sight, walls: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    program, told = ENDLESS[name]
    run, seconds = programs.run_behind_walls, 2.0 if "longer" in told else 30.0
    monkeypatch.setattr(
        programs, "run_behind_walls", lambda *a, **k: run(*a, seconds=seconds, **k)
    )
    found = ran(eyes, program)
    assert found["failed"]
    ended = f"{found['ended']} {found['errors']}".lower()
    assert told in ended or "memoryerror" in ended or "resource" in ended, found
    assert len(found["printed"]) <= programs.PRINTED


ARGUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a set elsewhere": ("read_rows", {"set": "../evaluation"}),
    "an absolute path": ("count_rows", {"set": "/etc"}),
    "a set with a null byte": ("read_rows", {"set": "lessons_shop\0"}),
    "a trial elsewhere": ("show_log", {"trial": "../../etc/passwd"}),
    "a trial that is a pattern": ("wrong_answers", {"trial": "t000*"}),
    "a pattern without end": (
        "read_rows",
        {"set": "lessons_shop", "pattern": r"^(?:.|\w|[^x])*(?<![\s\S])$"},
    ),
    "more than may be shown": ("read_rows", {"set": "lessons_shop", "count": 10**9}),
    "another look's arguments": ("show_tokens", {"set": "lessons_shop", "row": 1, "path": "/"}),
    "no kind of look": ("__class__", {}),
    "a program over sets elsewhere": ("run_program", {"program": "1", "sets": ["../evaluation"]}),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_asks_a_look_with_hostile_arguments(
    eyes: Sight, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("ftassist.agent.eyes.rows.SEARCH_SECONDS", 1.0)
    kind, arguments = ARGUMENTS[name]
    look = eyes.look(kind, arguments)
    assert look.failed and set(look.value) == {"error"}
    assert str(CATALOG) not in json.dumps(look.value)
