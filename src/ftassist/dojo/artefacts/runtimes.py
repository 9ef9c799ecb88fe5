"""Artefacts loaded by transformers: adapters, merged weights, folders that vLLM serves.

Everything that decides an answer comes from the artefact's own files: weights, tokenizer, template
and generation settings. An adapter is laid over the base and not merged, in the numbers the trial
was scored in; merged weights are computed in the numbers they are stored in, as
`from_pretrained` does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from ftassist.dojo.artefacts.template import as_it_stands
from ftassist.dojo.evaluator.count import Count
from ftassist.dojo.evaluator.models import Base, device
from ftassist.errors import ModelError
from ftassist.models.chat_format import ChatFormat, Turn

_GREEDY = {
    "do_sample": (None, False),
    "num_beams": (None, 1),
    "repetition_penalty": (None, 1.0),
    "no_repeat_ngram_size": (None, 0),
    "encoder_no_repeat_ngram_size": (None, 0),
    "bad_words_ids": (None,),
    "sequence_bias": (None,),
    "suppress_tokens": (None,),
    "begin_suppress_tokens": (None,),
    "forced_bos_token_id": (None,),
    "forced_eos_token_id": (None,),
    "min_length": (None, 0),
    "min_new_tokens": (None,),
    "guidance_scale": (None, 1.0),
}
"""Generation settings that leave greedy generation as it is."""


class Runtime(Protocol):
    """An artefact, loaded by what it is for.

    Attributes:
        name: What loaded it, with its version.
        note: What was not tried; "" where this is the runtime it is for.
        end_ids: Tokens at which it ends an answer.
    """

    name: str
    note: str
    end_ids: frozenset[int]

    def prompt_ids(self, messages: Sequence[Turn]) -> list[int]:
        """The tokens it makes of a chat, through the artefact's own template and tokenizer."""

    def piece(self, token: int) -> str:
        """A token as people read it."""

    def settings(self) -> Mapping[str, Any]:
        """Generation settings of the artefact that make it other than greedy, by name."""

    def scorer(self, count: Count) -> Any:
        """The artefact as a model of the harness."""

    def close(self) -> None:
        """Gives its memory and processes back."""


class TransformersRuntime:
    """An artefact in a folder, loaded by transformers."""

    note = ""

    def __init__(self, folder: Path, base: Base, chats: ChatFormat) -> None:
        from transformers import AutoTokenizer, GenerationConfig

        self.name = f"transformers {version('transformers')}"
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
            self._model = _adapted(folder, base) if _is_adapter(folder) else _whole(folder)
            self._settings = GenerationConfig.from_pretrained(folder)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"transformers cannot load the export: {first}",
                where=str(folder),
                fix="export it again; if this stays, export another form",
            ) from error
        self.end_ids = frozenset(_ids(self._settings.eos_token_id))
        # A template that takes no system turn is asked as people would: with the turn folded in.
        self._chats = as_it_stands(ChatFormat.of(self._tokenizer, chats.day, "own"))

    def prompt_ids(self, messages: Sequence[Turn]) -> list[int]:
        """See `Runtime`."""
        text = self._chats.question_of(messages)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def piece(self, token: int) -> str:
        """See `Runtime`."""
        return str(self._tokenizer.decode([token]))

    def settings(self) -> Mapping[str, Any]:
        """See `Runtime`."""
        found = self._settings.to_dict()
        return {
            name: found[name]
            for name, greedy in _GREEDY.items()
            if name in found and found[name] not in greedy
        }

    def scorer(self, count: Count) -> Any:
        """See `Runtime`."""
        from ftassist.dojo.evaluator.harness import GreedyModel

        return GreedyModel(
            self._model, self._tokenizer, self.end_ids, count=count, chats=self._chats
        )

    def close(self) -> None:
        """See `Runtime`."""
        del self._model


def _is_adapter(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def _adapted(folder: Path, base: Base) -> Any:
    """The base with the adapter laid over it, not merged."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    numbers = torch.float32 if device().type == "cpu" else "auto"
    under = AutoModelForCausalLM.from_pretrained(
        base.folder, dtype=numbers, use_safetensors=True, trust_remote_code=False
    )
    return _ready(PeftModel.from_pretrained(under, folder))


def _whole(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return _ready(
        AutoModelForCausalLM.from_pretrained(
            folder, dtype="auto", use_safetensors=True, trust_remote_code=False
        )
    )


def _ready(model: Any) -> Any:
    return model.to(device()).eval().requires_grad_(False)


def _ids(value: int | list[int] | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]
