"""Names for the JSON that goes to servers of language models and comes from them.

What is in it is said by the Messages API (`chat_completions` speaks another dialect), and by
nobody here: it is made where it is sent and taken apart where it comes in.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
"""A request."""
Turn = dict[str, Any]
"""A turn of the conversation in it: who speaks, and what."""
Block = dict[str, Any]
"""A part of a turn: text, thinking, a call of a tool, its result."""
Schema = dict[str, Any]
"""A JSON schema, or a tool with its schema."""
