"""A log of any size in about 500 tokens: the error, where it was raised, memory, the end.

Pure text to text. Reads at most the last two million characters, since what matters of a failure
stands at its end.
"""

from __future__ import annotations

import re

MOST = 2000
"""Characters of a condensed log: some 500 tokens."""
_READ = 2_000_000
_LINE = 220
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ERROR = re.compile(r"^\s*(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|Killed|Warning)\b.*:", re.M)
_FRAME = re.compile(r'^\s*File "|^\s*-+>\s*\d+|^\s*Cell In\[|^.{0,120}:\d+, in ')
_FACTS = re.compile(
    r"out of memory|[MG]i?B\b|peak|torch\.Size|shape|size mismatch|dimension|max_length|"
    r"batch_size|signal \d|exit code|No space left|nan\b",
    re.IGNORECASE,
)


def condense_log(text: str, most: int = MOST) -> str:
    """What a repair needs of a log.

    Args:
        text: The log, of any size.
        most: Characters of the result at most.
    """
    lines = _lines(text)
    if sum(len(line) + 1 for line in lines) <= most:
        return "\n".join(lines)
    errors = [line for line in lines if _ERROR.match(line) and "Warning" not in line]
    frames = _frames(lines)
    facts = [line for line in lines if _FACTS.search(line)]
    parts = [
        ("error", _last(errors, most // 4)),
        ("raised in", _last(frames, most // 4)),
        ("shapes and memory", _last(list(dict.fromkeys(facts)), most // 5)),
    ]
    told = [f"[{name}]\n{body}" for name, body in parts if body]
    rest = most - sum(len(part) + 1 for part in told) - len("[last lines]\n")
    if (tail := _last(lines, rest)) and rest > 80:
        told.append(f"[last lines]\n{tail}")
    return "\n".join(told)[:most]


def _lines(text: str) -> list[str]:
    """The lines without colours, progress bars and repetitions."""
    kept: list[str] = []
    for line in _ANSI.sub("", text[-_READ:]).replace("\r\n", "\n").split("\n"):
        short = line.rsplit("\r", 1)[-1].rstrip()
        if len(short) > _LINE:
            short = f"{short[: _LINE * 2 // 3]} … {short[-_LINE // 3 :]}"
        if short.strip() and (not kept or kept[-1] != short):
            kept.append(short)
    return kept


def _frames(lines: list[str]) -> list[str]:
    """Places of the traceback with the line of code below each."""
    found: list[str] = []
    for number, line in enumerate(lines):
        if _FRAME.search(line):
            found.append(line.strip())
            after = lines[number + 1].strip() if number + 1 < len(lines) else ""
            if line.lstrip().startswith("File ") and after:
                found.append(f"  {after}")
    return found


def _last(lines: list[str], most: int) -> str:
    """As many of the last lines as fit, the last one cut if need be."""
    kept: list[str] = []
    size = 0
    for line in reversed(lines):
        if size + len(line) + 1 > most:
            if not kept and most > 20:
                kept.append(line[: most - 1])
            break
        kept.append(line)
        size += len(line) + 1
    return "\n".join(reversed(kept))
