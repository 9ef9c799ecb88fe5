"""The reference pages, each made from what the program itself says."""

from __future__ import annotations

from collections.abc import Callable

from docsite.reference import commands, events, looks, magics, rest, settings

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "magics.md": magics.page,
    "settings.md": settings.page,
    "rest.md": rest.page,
    "events.md": events.page,
    "looks.md": looks.page,
}
"""What makes each page below docs/reference."""

AGAIN = "python -m docsite.reference"
"""What writes all of them anew."""
