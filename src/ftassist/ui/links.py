"""Files as links: to click in a notebook and in a terminal, and as plain paths anywhere else."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from urllib.parse import quote

from ftassist.documents import words
from ftassist.ui.proposal_view import Bundle


def file_bundle(label: str, path: Path) -> Bundle:
    """A file for a notebook: a link where it lies below the notebook's folder, else its path.

    Args:
        label: What it is, such as "report".
        path: The file.
    """
    full, here = path.resolve(), Path.cwd()
    below = full.is_relative_to(here)
    shown = full.relative_to(here).as_posix() if below else str(full)
    text = f"{label}: {words.clean(shown)}"
    if not below:  # a browser opens no file of the machine by itself
        return Bundle({"text/plain": text})
    link = f'<a href="{escape(quote(shown))}" target="_blank">{escape(words.clean(shown))}</a>'
    return Bundle({"text/plain": text, "text/html": f"{escape(label)}: {link}"})


def terminal_link(path: Path) -> str:
    """A path that a terminal makes a link of; as it is where stdout is no terminal."""
    if not sys.stdout.isatty():
        return str(path)
    return f"\x1b]8;;{path.resolve().as_uri()}\x1b\\{path}\x1b]8;;\x1b\\"
