"""The persona `ftassist` of Jupyter AI: a chat about the newest campaign beside it.

Found by Jupyter AI through the entry point `jupyter_ai.personas`, where the extra `jupyter-ai` is
installed; nothing else imports this. It holds no rule: what is said and done is `Talk`'s.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from jupyter_ai_persona_manager import BasePersona, PersonaDefaults

from ftassist.campaign.campaign import Campaign
from ftassist.errors import JournalError
from ftassist.ui.notebook_campaign import newest
from ftassist.ui.talk import Talk

AVATAR = Path(__file__).with_name("persona.svg")
CAMPAIGNS = "campaigns"
_MENTION = re.compile(r"^\s*@\S+\s*")


class FtassistPersona(BasePersona):  # type: ignore[misc]
    """Talks about a campaign, and does what a person may do in it, after asking."""

    _talk: Talk | None = None

    @property
    def defaults(self) -> PersonaDefaults:
        """Name, description and picture."""
        return PersonaDefaults(
            name="ftassist",
            description="Answers about a fine-tuning campaign, and acts in it after asking you.",
            avatar_path=str(AVATAR),
            system_prompt="Follows rules; no language model is asked.",
        )

    async def process_message(self, message: Any) -> None:
        """Answers a message; reading and acting happen beside the server's loop."""
        if self._talk is None:
            folder = Path(self.get_chat_dir()) / CAMPAIGNS
            self._talk = Talk(lambda: _newest(folder))
        text = _MENTION.sub("", str(message.body))
        person = f"person:{message.sender}"
        self.send_message(await asyncio.to_thread(self._talk.answer, text, person))


def _newest(folder: Path) -> Campaign:
    """The newest campaign beside the chat.

    Raises:
        JournalError: There is none.
    """
    found = newest(folder)
    if found is None:
        raise JournalError(
            "there is no campaign beside this chat",
            where=CAMPAIGNS,
            fix="make one with `ftassist init --task mini_math`, or in the panel",
        )
    return found
