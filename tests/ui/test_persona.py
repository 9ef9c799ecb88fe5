"""The persona of Jupyter AI, with its own base class."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

pytest.importorskip("jupyter_ai_persona_manager", reason="the extra `jupyter-ai` is not installed")


@pytest.fixture
def persona(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A persona in a chat beside the hand-made campaign, as Jupyter AI's own tests make one."""
    from ftassist.ui.persona import FtassistPersona

    monkeypatch.setenv("FTASSIST_CAMPAIGN", str(demo_folder))
    made = FtassistPersona.__new__(FtassistPersona)
    made.chat = MagicMock()
    made.log = MagicMock()
    monkeypatch.setattr(FtassistPersona, "get_chat_dir", lambda self: str(demo_folder.parent))
    monkeypatch.setattr(FtassistPersona, "id", "ftassist", raising=False)
    return made


def said(persona: Any, text: str) -> str:
    message = SimpleNamespace(body=text, sender="ada")
    asyncio.run(persona.process_message(message))
    return str(persona.chat.add_message.call_args[0][0].body)


def test_it_is_found_by_its_entry_point() -> None:
    from importlib.metadata import entry_points

    (found,) = [e for e in entry_points(group="jupyter_ai.personas") if e.name == "ftassist"]
    from jupyter_ai_persona_manager import BasePersona

    assert issubclass(found.load(), BasePersona)


def test_it_answers_and_asks_before_it_acts(persona: Any) -> None:
    assert "t0012 waits" in said(persona, "@ftassist status")
    assert "Shall I?" in said(persona, "@ftassist accept t0012")


def test_it_has_a_name_and_a_picture(persona: Any) -> None:
    assert persona.defaults.name == "ftassist"
    assert Path(persona.defaults.avatar_path).is_file()
