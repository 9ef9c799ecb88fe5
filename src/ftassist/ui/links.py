"""Files as links: to click in a notebook and in a terminal, and as plain paths anywhere else."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from urllib.parse import quote

from ftassist.documents import words
from ftassist.ui.proposal_view import Bundle


def shown(path: Path) -> str:
    """A path as a person types it: relative to here where it lies below."""
    full, here = path.resolve(), Path.cwd()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else str(full)


def file_bundle(label: str, path: Path) -> Bundle:
    """A file for a notebook: a link where it lies below the notebook's folder, else its path.

    Args:
        label: What it is, such as "report".
        path: The file.
    """
    place = shown(path)
    text = f"{label}: {words.clean(place)}"
    if Path(place).is_absolute():  # a browser opens no file of the machine by itself
        return Bundle({"text/plain": text})
    link = f'<a href="{escape(quote(place))}" target="_blank">{escape(words.clean(place))}</a>'
    return Bundle({"text/plain": text, "text/html": f"{escape(label)}: {link}"})


def terminal_link(path: Path) -> str:
    """A path that a terminal makes a link of; as it is where stdout is no terminal."""
    if not sys.stdout.isatty():
        return str(path)
    return f"\x1b]8;;{path.resolve().as_uri()}\x1b\\{path}\x1b]8;;\x1b\\"
