"""The page of the magics: what may be written after `%ftagent`."""

from __future__ import annotations

from collections.abc import Iterator

from docsite.reference.markdown import head, plain, table
from ftassist.ui.magics.magic_lines import COMMANDS, parser_of

_TEXT = """In a notebook, `%load_ext ftassist` once, then `%ftagent COMMAND` in a line of its
own. `%%ftagent edit` takes the rest of its cell as the new source. What a command of
the same name does in a shell ([commands](commands.md)) is what it does here; `%ftagent` alone
lists all of them, `%ftagent COMMAND --help` says what one takes."""


def page() -> str:
    """The page docs/reference/magics.md."""
    rows = [
        (
            f"`{name}`",
            plain((parser_of(name).description or "").partition("\n\n")[0]),
            " ".join(f"`{said}`" for said in _arguments(name)) or "none",
            f"`{example}`",
        )
        for name, example in COMMANDS.items()
    ]
    return (
        head("Magics", "the parsers of the magic", _TEXT)
        + "\n"
        + table(["command", "what it does", "arguments", "example"], rows)
    )


_WORDS = {"int": "number", "float": "number", "str": "text", "Path": "path"}


def _arguments(name: str) -> Iterator[str]:
    for action in parser_of(name)._actions:
        if not action.option_strings:
            word = action.dest.upper() + (" ..." if action.nargs == "*" else "")
            yield f"[{word}]" if action.nargs in ("*", "?") else word
        elif action.nargs == 0:
            yield " / ".join(action.option_strings)
        else:
            kind = getattr(action.type, "__name__", "text")
            yield f"{action.option_strings[0]} <{_WORDS.get(kind, kind)}>"
