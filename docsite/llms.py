"""The file `llms.txt`: what the site holds, page by page, for programs that read."""

from __future__ import annotations

import re
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

_MOST = 200


def listed(config: MkDocsConfig, files: Files) -> str:
    """The text of the file: the site's name, what it is, and every page of the navigation."""
    parts = [f"# {config.site_name}", f"> {config.site_description}"]
    for section in config.nav or []:
        for title, inside in section.items():
            lines = [
                _line(name, files.get_file_from_path(path)) for name, path in _pages(title, inside)
            ]
            parts.append(f"## {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _pages(title: str, inside: Any) -> list[tuple[str, str]]:
    if isinstance(inside, str):
        return [(title, inside)]
    return [
        found for each in inside for name, below in each.items() for found in _pages(name, below)
    ]


def _line(name: str, file: Any) -> str:
    return f"- [{name}]({file.url}): {first_sentence(file.content_string)}"


def first_sentence(markdown: str) -> str:
    """The first words of a page that are no heading, without markup."""
    blocks = (block for block in re.split(r"\n\s*\n", markdown) if block.strip())
    text = next((b for b in blocks if not re.match(r"([#|!>\-<]|```| {4})", b)), "")
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]", r"\1", " ".join(text.split()))
    return words if len(words) <= _MOST else words[:_MOST].rsplit(" ", 1)[0] + " ..."
