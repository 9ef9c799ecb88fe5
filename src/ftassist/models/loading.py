"""Configuration and tokenizer of a base model, with plain words for whatever keeps them from use.

What transformers raises on odd files is many things; here all of it becomes a `ModelError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftassist.errors import ModelError
from ftassist.models.reference import CONFIG, BaseModel
from ftassist.models.weights import read_object, refuse_pointer

_TOKENIZERS = (
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "vocab.txt",
    "spiece.model",
    "tekken.json",
    "sentencepiece.bpe.model",
)
_TOKENIZER_PARTS = (
    "tokenizer.json",
    "vocab.json",
    "special_tokens_map.json",
    "added_tokens.json",
)
"""Files of JSON objects among them."""


def load_config(base: BaseModel) -> Any:
    """The configuration of a causal language model that transformers knows.

    Raises:
        ModelError: It is broken, of an unknown architecture, or of no causal language model.
    """
    from transformers import AutoConfig, AutoModelForCausalLM

    said = read_object(base.path / CONFIG)
    try:
        config = AutoConfig.from_pretrained(base.path, trust_remote_code=False)
    except Exception as error:
        raise unreadable("model", base, error, _why(said, error)) from error
    if type(config) not in AutoModelForCausalLM._model_mapping:
        raise ModelError(
            f"the model {base.name!r} is a {config.model_type!r}, which writes no text",
            where=str(base.place),
            fix="use a causal language model (decoder), instruction-tuned",
        )
    return config


def _why(config: Mapping[str, Any], error: Exception) -> str:
    """What a configuration that transformers refuses most likely suffers from; "" if unknown."""
    if config.get("auto_map"):
        return "it needs code that comes with it, and no code of a model folder is ever run; "
    if kind := config.get("model_type"):
        unknown = "does not recognize" in str(error)
        return f"its architecture {kind!r} is unknown to this transformers; " if unknown else ""
    return "its config.json names no model_type; "


def load_tokenizer(base: BaseModel) -> Any:
    """The tokenizer, which must have a chat template and an end token.

    Raises:
        ModelError: It is missing, cannot be loaded, or lacks one of them.
    """
    from transformers import AutoTokenizer

    _check_tokenizer_files(base.path, base.name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(base.path, trust_remote_code=False)
    except Exception as error:
        _check_tokenizer_parts(base.path)
        raise unreadable("tokenizer", base, error) from error
    if not tokenizer.chat_template:
        tokenizer.chat_template = _processor_template(base.path)
    if not tokenizer.chat_template:
        raise ModelError(
            f"the tokenizer of the model {base.name!r} has no chat template",
            where=str(base.place),
            fix="use the instruct version of the model, or add chat_template.jinja to its folder",
        )
    if tokenizer.eos_token_id is None:
        raise ModelError(
            f"the tokenizer of {base.name!r} has no end token",
            where=str(base.place),
            fix="set eos_token in tokenizer_config.json",
        )
    return tokenizer


def _processor_template(folder: Path) -> Any:
    """The template that models of text and pictures keep apart, in a file tokenizers do not read.

    One text, or texts by name; None where there is no such file.
    """
    path = folder / "chat_template.json"
    if not path.exists():
        return None
    found = read_object(path).get("chat_template")
    if not isinstance(found, list):
        return found
    return {str(each["name"]): each["template"] for each in found if isinstance(each, dict)}


def _check_tokenizer_files(folder: Path, name: str) -> None:
    """Refuses a folder without a tokenizer, which transformers may make an empty one of."""
    there = [folder / file for file in _TOKENIZERS if (folder / file).is_symlink()]
    there += [folder / file for file in _TOKENIZERS if (folder / file).exists()]
    if not there:
        raise ModelError(
            f"the model {name!r} has no tokenizer",
            where=str(folder),
            fix="download the model again with its tokenizer (tokenizer.json or tokenizer.model)",
        )
    settings = folder / "tokenizer_config.json"
    for path in {*there, *([settings] if settings.exists() or settings.is_symlink() else [])}:
        refuse_pointer(path)
    if settings.exists():
        read_object(settings)


def _check_tokenizer_parts(folder: Path) -> None:
    """Finds the file that keeps a tokenizer from being loaded, as far as one can be named.

    Raises:
        ModelError: One of its files cannot be read, or is no tokenizer.
    """
    from tokenizers import Tokenizer

    for name in _TOKENIZER_PARTS:
        if (folder / name).exists():
            read_object(folder / name)
    path = folder / "tokenizer.json"
    if not path.exists():
        return
    try:
        Tokenizer.from_file(str(path))
    except Exception as error:
        raise ModelError(
            f"tokenizer.json is no tokenizer: {str(error).strip()[:200]}",
            where=str(path),
            fix="download the model again, or save its tokenizer anew with save_pretrained",
        ) from error


def unreadable(noun: str, base: BaseModel, error: Exception, what: str = "") -> ModelError:
    """The error that a part of a base cannot be loaded.

    Args:
        noun: "model" or "tokenizer".
        error: What the library said, of which the first line is shown.
        what: What is known beyond that; "" for nothing.
    """
    first = (str(error).splitlines() or [""])[0][:300] or type(error).__name__
    return ModelError(
        f"the {noun} of {base.name!r} cannot be loaded: {what}{first}",
        where=str(base.place),
        fix="give a folder with config.json, tokenizer.json and *.safetensors, or an id that is "
        "reachable from here",
    )
