"""TRL's trainers for DPO, KTO and GRPO, with chats made tokens by our own rule.

Left alone they would call the chat template themselves: another day, another beginning of the
answer, another end than a supervised training and a scoring have. Imported when one is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trl import DPOTrainer, GRPOTrainer, KTOTrainer

from ftassist.models.chat_format import ChatFormat
from ftassist.recipes.models import LoadedModel, end_tokens
from ftassist.recipes.tokens import encode


@dataclass(frozen=True)
class ChatTokens:
    """What TRL is given in a tokenizer's place where it prepares rows.

    Attributes:
        chats: How the base's template writes chats.
        ends: Tokens at which generation stops.
    """

    chats: ChatFormat
    ends: frozenset[int]

    @classmethod
    def of(cls, loaded: LoadedModel) -> ChatTokens:
        """The chats of a base."""
        return cls(loaded.chats, end_tokens(loaded))

    def apply_chat_template(
        self, conversation: Sequence[Any], add_generation_prompt: bool = False, **_: Any
    ) -> dict[str, list[int]]:
        """A chat's tokens: a prompt, or a whole one up to and with the end of its answer."""
        chat = [{k: v for k, v in turn.items() if v is not None} for turn in conversation]
        if add_generation_prompt:
            return {"input_ids": self.chats.prompt_ids(chat)}
        (row,) = encode([chat], self.chats.tokenizer, self.ends, self.chats)  # type: ignore[list-item]
        stop = max((place for place, on in enumerate(row.trained, start=1) if on), default=0)
        return {"input_ids": list(row.ids[:stop])}

    def decode(self, ids: Sequence[int]) -> str:
        """Tokens as text."""
        return str(self.chats.tokenizer.decode(ids))


class ChatDPOTrainer(DPOTrainer):  # type: ignore[misc]
    """A DPOTrainer whose pairs are tokenised by `ChatTokens`."""

    def __init__(self, *, tokens: ChatTokens, **arguments: Any) -> None:
        self._chat_tokens = tokens
        super().__init__(**arguments)

    def _prepare_dataset(self, dataset: Any, processing_class: Any, *more: Any) -> Any:
        return super()._prepare_dataset(dataset, self._chat_tokens, *more)


class ChatKTOTrainer(KTOTrainer):  # type: ignore[misc]
    """A KTOTrainer whose answers are tokenised by `ChatTokens`."""

    def __init__(self, *, tokens: ChatTokens, **arguments: Any) -> None:
        self._chat_tokens = tokens
        super().__init__(**arguments)

    def _prepare_dataset(self, dataset: Any, processing_class: Any, *more: Any) -> Any:
        return super()._prepare_dataset(dataset, self._chat_tokens, *more)


class ChatGRPOTrainer(GRPOTrainer):  # type: ignore[misc]
    """A GRPOTrainer that asks as a scoring does, and whose answers end where a scoring's do."""

    def __init__(self, *, tokens: ChatTokens, **arguments: Any) -> None:
        self._chat_tokens = tokens
        super().__init__(**arguments)
        known: list[int] = self.eos_token_ids  # type: ignore[has-type]
        self.eos_token_ids = sorted({*known, *tokens.ends})
        self.generation_kwargs["eos_token_id"] = self.eos_token_ids
        self.generation_config.eos_token_id = self.eos_token_ids

    def _tokenize_prompts(
        self, prompts: Sequence[Sequence[Mapping[str, Any]]]
    ) -> tuple[list[list[int]], None, dict[str, Any]]:
        asked = [self._chat_tokens.apply_chat_template(p, True)["input_ids"] for p in prompts]
        return asked, None, {}
