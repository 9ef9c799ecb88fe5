"""What a cell printed, put together as a terminal would show it, in time linear in its length.

nbclient's own way searches a line once from each of its characters, so that one line of a million
characters stops the worker, its limits and its stop switch for minutes. Knows no kernels.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode


def coalesce(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The outputs with one stream for each name, what was written over left out.

    Standard output stands before standard error where they are neighbours: they come
    asynchronously, so their order tells nothing.
    """
    parts: dict[str, list[str]] = {}
    kept: list[NotebookNode] = []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
            continue
        if output["name"] not in parts:
            parts[output["name"]] = []
            kept.append(output)
        parts[output["name"]].append(output["text"])
    for output in kept:
        if output["output_type"] == "stream":
            output["text"] = shown("".join(parts[output["name"]]))
    for place in range(len(kept) - 1):
        if [output.get("name") for output in kept[place : place + 2]] == ["stderr", "stdout"]:
            kept[place], kept[place + 1] = kept[place + 1], kept[place]
    return kept


def shown(text: str) -> str:
    """The text after backspaces and carriage returns."""
    if "\b" in text:
        left: list[str] = []
        for character in text:
            if character == "\b" and left and left[-1] != "\n":
                left.pop()
            else:
                left.append(character)
        text = "".join(left)
    if "\r" not in text:
        return text
    # A carriage return at the end of a line has nothing after it that would be written over.
    return "\n".join(line[line.rfind("\r", 0, -1) + 1 :] for line in text.split("\n"))
