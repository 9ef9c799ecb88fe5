"""Tokenizers load with the chat template that their folder has, wherever it is kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.models.families import CHATML, turns

from ftassist.models import BaseModel, tiny_path
from ftassist.models.chat_format import ChatFormat
from ftassist.models.loading import load_tokenizer


@pytest.mark.parametrize(
    "kept",
    [
        CHATML,
        [{"name": "default", "template": CHATML}, {"name": "tool_use", "template": "no"}],
    ],
)
def test_a_template_in_the_file_of_processors_is_used(kept: Any, tmp_path: Path) -> None:
    folder = tmp_path / "base"
    shutil.copytree(tiny_path(), folder)
    (folder / "chat_template.jinja").unlink()
    (folder / "chat_template.json").write_text(json.dumps({"chat_template": kept}))
    chats = ChatFormat.of(load_tokenizer(BaseModel("base", folder)))
    assert chats.text(turns("1?", "one")) == (
        "<|im_start|>user\n1?<|im_end|>\n<|im_start|>assistant\none<|im_end|>\n"
    )
