"""Loads a base model and its tokenizer for training, and says plainly when one cannot be used.

A model is "tiny" (the stand-in that ships), a folder, or a Hugging Face id (first looked for
below `FTASSIST_DATA`). Only safetensors are read and no code of a model folder is ever run.
Knows nothing of data or training.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ftassist.errors import CellError, ModelError
from ftassist.models.chat_format import ChatFormat

TINY = "tiny"


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
    """The folder, or the Hugging Face id, that a model name stands for.

    Raises:
        ModelError: A path that is no model folder, or neither a name, a folder nor an id.
    """
    if name == TINY:
        from ftassist.models import tiny_path

        return str(tiny_path())
    folder = Path(name)
    if folder.is_dir():
        _check_folder(folder)
        return str(folder.resolve())
    mirror = os.environ.get("FTASSIST_DATA")
    if mirror and (Path(mirror) / name).is_dir():
        _check_folder(Path(mirror) / name)
        return str((Path(mirror) / name).resolve())
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise ModelError(
            f"there is no model {name!r}",
            where="model",
            fix=f"give {TINY!r}, the path of a model folder, or an id such as 'org/name'",
        )
    return name


def load_tokenizer(name: str) -> Any:
    """Loads a model's tokenizer.

    Raises:
        ModelError: There is none, or it has no chat template or end token.
    """
    from transformers import AutoTokenizer

    location = locate(name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(location, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise _unreadable("tokenizer", name, location, error) from error
    if not tokenizer.chat_template:
        raise ModelError(
            f"the tokenizer of {name!r} has no chat template",
            where=location,
            fix="use the instruct version of the model, or add chat_template.jinja to its folder",
        )
    if tokenizer.eos_token_id is None:
        raise ModelError(
            f"the tokenizer of {name!r} has no end token",
            where=location,
            fix="set eos_token in tokenizer_config.json",
        )
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
    tokenizer = load_tokenizer(name)
    location = locate(name)
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
            location,
            dtype=dtype or torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            **more,
        )
    except (OSError, ValueError) as error:
        raise _unreadable("model", name, location, error) from error
    known = model.get_input_embeddings().num_embeddings
    highest = max(len(tokenizer), max(tokenizer.get_vocab().values()) + 1)
    if highest > known:
        raise ModelError(
            f"the tokenizer of {name!r} has {highest:,} tokens, the model embeds {known:,}",
            where=location,
            fix="use the tokenizer that belongs to the model, or resize the model's embeddings",
        )
    return LoadedModel(name=name, location=location, model=model, tokenizer=tokenizer)


def end_tokens(loaded: LoadedModel) -> frozenset[int]:
    """Where generation stops: the tokenizer's end, the generation settings', the template's."""
    configured = loaded.model.generation_config.eos_token_id
    ids = configured if isinstance(configured, list) else [configured]
    named = [loaded.tokenizer.eos_token_id, loaded.chats.end, *ids]
    return frozenset(i for i in named if i is not None)


def _check_folder(folder: Path) -> None:
    if (folder / "config.json").is_file():
        return
    if (folder / "adapter_config.json").is_file():
        raise ModelError(
            f"{folder.name!r} holds an adapter, not a model",
            where=str(folder),
            fix="name its base model (base_model_name_or_path in adapter_config.json)",
        )
    raise ModelError(
        f"{folder.name!r} is not a model folder: it has no config.json",
        where=str(folder),
        fix="give the folder that save_pretrained wrote",
    )


def _unreadable(noun: str, name: str, location: str, error: Exception) -> ModelError:
    first = (str(error).splitlines() or [""])[0]
    return ModelError(
        f"the {noun} of {name!r} cannot be loaded: {first}",
        where=location,
        fix="give a folder with config.json, tokenizer.json and *.safetensors, or an id that is "
        "reachable from here",
    )
