"""Recorded campaigns that notebooks read and play again, and what counting says of raw sets.

A recording is a file of events, one a line, without what tells of the machine it was made on;
`tests/notebooks/record_agent.py` makes it. It holds what was proposed, decided and scored.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ftassist.errors import UnknownNameError

_FOLDER = Path(__file__).parent


def events(name: str) -> list[dict[str, Any]]:
    """The events of a recording, in order.

    Raises:
        UnknownNameError: There is no such recording; names the nearest.
    """
    known = {path.stem: path for path in _FOLDER.glob("*.jsonl")}
    if name not in known:
        raise UnknownNameError.of("recording", name, known)
    lines = known[name].read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def recording(name: str, folder: str | Path = "recordings") -> Path:
    """Lays a recording out as a campaign's folder that `--backend replay` plays.

    Args:
        name: The recording, such as "agent_at_work".
        folder: Where; a folder of that name is made in it, or taken as it is.

    Returns:
        The folder, which holds a journal and nothing else.

    Raises:
        UnknownNameError: There is no such recording.
        JournalError: It cannot be written there.
    """
    from ftassist.journal.store import Journal

    found = events(name)
    place = Path(folder) / name
    if (place / "journal.db").is_file():
        return place
    place.mkdir(parents=True, exist_ok=True)
    journal = Journal(place / "journal.db", create=True)
    for event in found:
        journal.append(
            actor=event["actor"],
            kind=event["kind"],
            trial=event["trial"],
            payload=event["payload"],
        )
    journal.close()
    return place


def sets_of(task: str) -> list[dict[str, Any]]:
    """What counting says of the raw sets of a task, one dictionary a set.

    Each has `name`, `rows`, `worked_share`, `conflicting_prompts`, `exact_duplicates`, and
    `leaking`: how many of its rows hold an evaluation item.
    """
    from ftassist.dojo.leak_report import leak_report
    from ftassist.dojo.repository import DataRepository
    from ftassist.dojo.task_loader import load_task

    found = load_task(task)
    repository = DataRepository(found.repository_folder, "tiny")
    said = []
    for name in repository.names():
        profile = repository.profile(name)
        said.append(
            {
                "name": name,
                "rows": profile.rows,
                "worked_share": round(profile.worked_share, 3),
                "conflicting_prompts": profile.conflicting_prompts,
                "exact_duplicates": profile.exact_duplicates,
                "leaking": len(leak_report(found, repository.rows(name)).leaking),
            }
        )
    return said
