"""Artefacts for Ollama: a Modelfile over a GGUF file, as far as it can be tried without Ollama.

The file runs in llama.cpp, on which Ollama is built; prompts are written by the Modelfile's
template, answers end at its stop texts. Ollama itself is not started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ftassist.dojo.artefacts.gguf_files import FILE
from ftassist.dojo.artefacts.llama_cpp import LlamaCppRuntime
from ftassist.dojo.artefacts.modelfile import GREEDY, read_modelfile
from ftassist.models.chat_format import ChatFormat, Turn


class OllamaRuntime(LlamaCppRuntime):
    """A folder with a Modelfile and its GGUF file."""

    note = "Ollama itself was not run: llama.cpp was, asked as the Modelfile's template asks"

    def __init__(self, folder: Path, chats: ChatFormat, context: int) -> None:
        super().__init__(folder / FILE, chats, context)
        self._modelfile = read_modelfile(folder)
        ends = [self.encode(stop) for stop in self._modelfile.stops]
        self.end_ids = frozenset(tokens[0] for tokens in ends if len(tokens) == 1)

    def text(self, messages: Sequence[Turn]) -> str:
        """A chat as the Modelfile's template writes it."""
        return self._modelfile.pieces.text(messages)

    def settings(self) -> Mapping[str, Any]:
        """Parameters that are not those of greedy generation."""
        found = self._modelfile.parameters
        return {n: found.get(n, "not set") for n, v in GREEDY.items() if found.get(n) != v}
