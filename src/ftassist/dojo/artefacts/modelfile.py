"""Ollama's `Modelfile`: the template, the end and the settings that a scoring used, and back.

Ollama takes no Jinja template from a GGUF file, so the Modelfile says in Ollama's own (Go's) what
the base's template does, found out by writing small chats with it. It is read back before anything
is scored: what is scored is what stands in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ftassist.dojo.artefacts.gguf_files import FILE
from ftassist.errors import ModelError
from ftassist.models.chat_format import ANSWERS, QUESTION, SYSTEM, ChatFormat, Turn, folded

NAME = "Modelfile"
_SECOND = "Second question epsilon"


@dataclass(frozen=True)
class Pieces:
    """What stands around the turns of a chat.

    Attributes:
        alone: Before a first question that no system turn precedes.
        system: Before and after a system turn; empty texts where the template takes none.
        asked: After a question, up to where the answer begins.
        answered: After an answer that a question follows.
        folds: Whether a system turn stands at the head of the first question.
    """

    alone: str
    system: tuple[str, str]
    asked: str
    answered: str
    folds: bool = False

    @classmethod
    def of(cls, chats: ChatFormat) -> Pieces:
        """The pieces of a template as a scoring uses it.

        Raises:
            ModelError: It writes chats in a way that these pieces do not give again.
        """
        question = {"role": "user", "content": QUESTION}
        answer = {"role": "assistant", "content": ANSWERS[0]}
        alone, asked = _around(chats.question_of([question]), QUESTION)
        system = ("", "")
        if not chats.no_system:
            turns = [{"role": "system", "content": SYSTEM}, question]
            head, rest = _around(chats.question_of(turns), SYSTEM)
            system = (head, rest.partition(QUESTION)[0])
        turns = [question, answer, {"role": "user", "content": _SECOND}]
        after = _around(chats.question_of(turns), ANSWERS[0])[1]
        made = cls(alone, system, asked, after.partition(_SECOND)[0], bool(chats.no_system))
        if made.text(turns) != chats.question_of(turns):
            raise ModelError(
                "the chat template writes longer chats in a way that Ollama's cannot",
                fix="export --as gguf, and serve it with llama.cpp",
            )
        return made

    def text(self, messages: Sequence[Turn]) -> str:
        """A chat up to where its next answer begins."""
        turns = folded(messages) if self.folds else messages
        first = "" if turns and turns[0]["role"] == "system" else self.alone
        around = {
            "system": self.system,
            "user": ("", self.asked),
            "assistant": ("", self.answered),
        }
        parts = [f"{around[t['role']][0]}{t['content']}{around[t['role']][1]}" for t in turns]
        return first + "".join(parts)

    def template(self) -> str:
        """The same in Go's template language."""
        before, after = self.system
        if self.folds:
            before, after = self.alone, "\n\n"
        first = '{{ if ne (index .Messages 0).Role "system" }}' + self.alone + "{{ end }}"
        turns = (
            '{{ range .Messages }}{{ if eq .Role "system" }}' + before + "{{ .Content }}" + after
            + '{{ else if eq .Role "user" }}{{ .Content }}' + self.asked
            + "{{ else }}{{ .Content }}" + self.answered + "{{ end }}{{ end }}"
        )  # fmt: skip
        return first + turns

    @classmethod
    def read(cls, template: str) -> Pieces:
        """The pieces back from a template that `template` wrote.

        Raises:
            ModelError: It is another one.
        """
        found = _TEMPLATE.fullmatch(template)
        if found is None:
            raise ModelError(
                "the Modelfile's TEMPLATE is not as it was written",
                fix="export it again --as ollama",
            )
        alone, before, after, asked, answered = found.groups()
        folds = bool(before) and before == alone and after == "\n\n"
        return cls(alone, ("", "") if folds else (before, after), asked, answered, folds)


def _around(text: str, words: str) -> tuple[str, str]:
    before, _, after = text.partition(words)
    return before, after


_TEMPLATE = re.compile(
    r'\{\{ if ne \(index \.Messages 0\)\.Role "system" \}\}(.*?)\{\{ end \}\}'
    r'\{\{ range \.Messages \}\}\{\{ if eq \.Role "system" \}\}(.*?)\{\{ \.Content \}\}(.*?)'
    r'\{\{ else if eq \.Role "user" \}\}\{\{ \.Content \}\}(.*?)'
    r"\{\{ else \}\}\{\{ \.Content \}\}(.*?)\{\{ end \}\}\{\{ end \}\}",
    re.DOTALL,
)


@dataclass(frozen=True)
class Modelfile:
    """What a Modelfile says.

    Attributes:
        pieces: Its template.
        stops: The texts that end an answer.
        parameters: Its other parameters, by name.
    """

    pieces: Pieces
    stops: tuple[str, ...]
    parameters: dict[str, str]


def write_modelfile(folder: Path, chats: ChatFormat, ends: Sequence[str], limit: int) -> None:
    """Writes the Modelfile of a GGUF file: greedy, ended as the trial was.

    Args:
        folder: The folder that holds the GGUF file.
        chats: How the trial was asked.
        ends: The end tokens, as texts.
        limit: Tokens of an answer, at most.
    """
    stops = [f"PARAMETER stop {json.dumps(end, ensure_ascii=False)}" for end in ends]
    lines = [
        f"FROM ./{FILE}",
        f'TEMPLATE """{Pieces.of(chats).template()}"""',
        *stops,
        *(f"PARAMETER {name} {value}" for name, value in GREEDY.items()),
        f"PARAMETER num_predict {limit}",
    ]
    (folder / NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")


GREEDY = {"temperature": "0", "top_k": "1", "repeat_penalty": "1"}
"""Parameters without which Ollama samples, and punishes what it has written before."""


def read_modelfile(folder: Path) -> Modelfile:
    """Reads a Modelfile as `write_modelfile` wrote it.

    Raises:
        ModelError: It lacks a template.
    """
    text = (folder / NAME).read_text(encoding="utf-8")
    found = re.search(r'^TEMPLATE """(.*?)"""$', text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise ModelError(
            "the Modelfile has no TEMPLATE", where=str(folder / NAME), fix="export it again"
        )
    lines = text[found.end() :].splitlines()
    named = [line.split(maxsplit=2)[1:] for line in lines if line.startswith("PARAMETER ")]
    stops = tuple(str(json.loads(value)) for name, value in named if name == "stop")
    others = {name: value for name, value in named if name != "stop"}
    return Modelfile(Pieces.read(found.group(1)), stops, others)
