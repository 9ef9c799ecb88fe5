"""Loads a base model and its tokenizer for training, and says plainly when one cannot be used.

Which model a name stands for is the one rule of `ftassist.models`. Only safetensors (also
those made of a GGUF file) are read and no code of a model folder is ever run. Knows nothing of
data or training.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ftassist.errors import CellError
from ftassist.models import ready
from ftassist.models.chat_format import ChatFormat
from ftassist.models.check import check_vocabulary_fits
from ftassist.models.loading import load_tokenizer as load_tokenizer_of
from ftassist.models.loading import unreadable
from ftassist.models.reference import could_be_hub_id


@dataclass(frozen=True)
class LoadedModel:
    """A causal language model ready to train.

    Attributes:
        name: The name it was asked for by.
        location: The folder or id it was loaded from.
        model: The `PreTrainedModel`.
        tokenizer: Its tokenizer, with a chat template and a pad token.
    """

    name: str
    location: str
    model: Any
    tokenizer: Any

    @cached_property
    def chats(self) -> ChatFormat:
        """How its template writes chats."""
        return ChatFormat.of(self.tokenizer)


def context_of(loaded: LoadedModel) -> int:
    """The tokens a model reads at once; a very large number where it does not say."""
    configuration = loaded.model.config.get_text_config()
    return int(getattr(configuration, "max_position_embeddings", None) or 2**31)


def locate(name: str) -> str:
    """The folder that a model name stands for.

    Raises:
        ModelError: There is no such model here, and the Hub cannot be asked or does not know it.
    """
    return str(ready(name, download=True).place)


def load_tokenizer(name: str) -> Any:
    """Loads a model's tokenizer, with a pad token.

    Raises:
        ModelError: There is none, or it has no chat template or end token.
    """
    tokenizer = load_tokenizer_of(ready(name, download=True))
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def check_quantisation() -> None:
    """Checks that a base can be loaded in four bits here.

    Raises:
        CellError: bitsandbytes is not installed, or there is no GPU.
    """
    import importlib.util

    import torch

    missing = []
    if importlib.util.find_spec("bitsandbytes") is None:
        missing.append("the package bitsandbytes")
    if not torch.cuda.is_available():
        missing.append("a GPU")
    if missing:
        raise CellError(
            f"method='qlora' needs {' and '.join(missing)}, which is not here",
            where="train.sft",
            fix="use method='lora'",
        )


def load(name: str, *, dtype: Any = None, quantised: bool = False) -> LoadedModel:
    """Loads a causal language model and its tokenizer.

    Args:
        name: "tiny", a folder, or a Hugging Face id.
        dtype: The torch type of the weights; float32 by default.
        quantised: Whether to load the weights in four bits (NF4), for QLoRA.

    Raises:
        ModelError: It cannot be read, has no chat template, or its tokenizer knows more tokens
            than the model has embeddings.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    base = ready(name, download=True)
    tokenizer = load_tokenizer(name)
    more: dict[str, Any] = {}
    if quantised:
        from transformers import BitsAndBytesConfig

        more["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
        more["device_map"] = {"": 0}
    try:
        model = AutoModelForCausalLM.from_pretrained(
            base.path,
            dtype=dtype or torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            **more,
        )
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:
        raise unreadable("model", base, error) from error
    check_vocabulary_fits(base, tokenizer, model.get_input_embeddings().num_embeddings)
    if could_be_hub_id(name):
        model.name_or_path = name  # an adapter names its base so that others find it as well
    return LoadedModel(name=name, location=str(base.place), model=model, tokenizer=tokenizer)


def end_tokens(loaded: LoadedModel) -> frozenset[int]:
    """Where generation stops: the tokenizer's end, the generation settings', the template's."""
    configured = loaded.model.generation_config.eos_token_id
    ids = configured if isinstance(configured, list) else [configured]
    named = [loaded.tokenizer.eos_token_id, loaded.chats.end, *ids]
    return frozenset(i for i in named if i is not None)
