"""Who makes the calls, by what the server speaks."""

from __future__ import annotations

from ftassist.agent.backends.anthropic.chat_completions import ChatCompletionsClient
from ftassist.agent.backends.anthropic.client import MessagesClient
from ftassist.agent.backends.anthropic.settings import AgentSettings


def client_of(settings: AgentSettings) -> MessagesClient:
    """The client for a server.

    Raises:
        FtassistError: The server needs a key, and there is none.
    """
    if settings.dialect == "chat":
        return ChatCompletionsClient(settings.base_url, timeout=settings.timeout)
    return MessagesClient(settings.base_url, timeout=settings.timeout)
