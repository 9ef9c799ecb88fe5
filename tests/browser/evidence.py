"""What is kept of a failed browser test to read its cause: pictures, console, logs, journals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Error

from ftassist.campaign import Campaign
from ftassist.errors import FtassistError

from .lab import Lab
from .tab import Tab

Section = tuple[str, str]
_TAIL = 3000
_EVENTS = 25


def keep(folder: Path, tabs: Sequence[Tab], lab: Lab) -> list[Section]:
    """Writes a picture of each tab into `folder`; returns what a test report should show."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [("pictures", str(folder))]
    for number, tab in enumerate(tabs):
        try:
            tab.page.screenshot(path=folder / f"tab{number}.png", timeout=10_000)
        except Error as error:  # a closed tab, or one that hangs: the rest is worth telling
            shown.append((f"tab {number}", f"no picture: {error}"))
        shown.append((f"console of tab {number}", "\n".join(tab.heard)[-_TAIL:]))
    for path in sorted(lab.root.rglob("logs/*.log")):
        text = path.read_text(encoding="utf-8", errors="replace")
        shown.append((path.relative_to(lab.root).as_posix(), text[-_TAIL:]))
    shown += [(str(path.relative_to(lab.root)), _events(path)) for path in _campaigns(lab)]
    shown.append(("server", lab.log()[-_TAIL:]))
    return shown


def _campaigns(lab: Lab) -> list[Path]:
    return sorted(path.parent for path in lab.root.rglob("journal.db"))


def _events(folder: Path) -> str:
    """The end of a campaign's journal, with the seconds between its events."""
    try:
        events = list(Campaign.open(folder).journal.read(0))[-_EVENTS:]
    except FtassistError as error:
        return str(error)
    start = events[0].time if events else 0.0
    lines = (f"{event.time - start:8.1f} s {event.kind} {event.trial or ''}" for event in events)
    return "\n".join(lines)
