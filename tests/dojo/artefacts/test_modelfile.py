"""Ollama's Modelfile says what the trial's template did, and is read back as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.dojo.artefacts.test_template import LONGER, OWN, QUESTION, SYSTEM
from tests.recipes.conftest import PLAIN, make_tokenizer

from ftassist.dojo.artefacts.modelfile import Pieces, read_modelfile, write_modelfile
from ftassist.errors import ModelError
from ftassist.models.chat_format import ChatFormat

NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}" + PLAIN
SECOND_TURN = PLAIN.replace("{{ m.role }}", "{% if loop.index > 1 %}later {% endif %}{{ m.role }}")


@pytest.mark.parametrize("template", [PLAIN, OWN + PLAIN, NO_SYSTEM])
@pytest.mark.parametrize("chat", [QUESTION, SYSTEM, LONGER])
def test_a_modelfile_read_back_writes_chats_as_the_template_does(
    template: str, chat: list[dict[str, Any]], tmp_path: Path
) -> None:
    chats = ChatFormat.of(make_tokenizer(template), None, "own")
    write_modelfile(tmp_path, chats, ["<|im_end|>"], 64)
    read = read_modelfile(tmp_path)
    assert read.pieces.text(chat) == chats.question_of(chat)
    assert read.stops == ("<|im_end|>",)
    assert read.parameters == {
        "temperature": "0",
        "top_k": "1",
        "repeat_penalty": "1",
        "num_predict": "64",
    }


def test_the_template_is_one_of_ollamas(tmp_path: Path) -> None:
    write_modelfile(tmp_path, ChatFormat.of(make_tokenizer(PLAIN)), ["<|im_end|>"], 64)
    text = (tmp_path / "Modelfile").read_text()
    assert text.startswith('FROM ./model.gguf\nTEMPLATE """{{ if ne (index .Messages 0).Role')
    assert '{{ else if eq .Role "user" }}{{ .Content }}<|im_end|>' in text


def test_a_template_that_ollamas_cannot_say_is_refused() -> None:
    with pytest.raises(ModelError, match="longer chats in a way that Ollama's cannot"):
        Pieces.of(ChatFormat.of(make_tokenizer(SECOND_TURN)))


def test_a_template_somebody_changed_is_not_read_as_ours(tmp_path: Path) -> None:
    write_modelfile(tmp_path, ChatFormat.of(make_tokenizer(PLAIN)), ["<|im_end|>"], 64)
    path = tmp_path / "Modelfile"
    path.write_text(path.read_text().replace("{{ range .Messages }}", ""))
    with pytest.raises(ModelError, match="not as it was written"):
        read_modelfile(tmp_path)
