"""Whether a base model can be fine-tuned and scored, found out by a look at its files.

Asked when a campaign is made, so that no trial is spent on finding out. No weights are loaded:
`check_files` reads headers and samples numbers, `check_loading` has transformers lay the model out
without its numbers.
"""

from __future__ import annotations

from typing import Any

from ftassist.errors import ModelError
from ftassist.models import loading, weights
from ftassist.models.links import check_links
from ftassist.models.reference import CONFIG, TINY_NAME, BaseModel

_TYPES = ("float32", "float16", "bfloat16", "float64", "auto")


def check_base(base: BaseModel) -> None:
    """All checks; those that need transformers are left out for the model that ships.

    Raises:
        ModelError: It cannot be used; says what is wrong with which file, and what to do.
    """
    check_files(base)
    if base.name != TINY_NAME:
        check_loading(base)


def check_files(base: BaseModel) -> None:
    """Whether the files are there, whole, plain and finite, and links lead to a model's files.

    Raises:
        ModelError: One is not.
    """
    check_links(base)
    _check_config(base)
    files = [(path, weights.tensors_of(path)) for path in weights.weight_files(base.path)]
    _check_index(base, {tensor.name for _, tensors in files for tensor in tensors})
    for path, tensors in files:
        weights.check_plain(path, tensors)
    weights.check_finite(files)


def check_loading(base: BaseModel) -> None:
    """Whether transformers knows the architecture, tokenizer and tensors, and they fit together.

    Raises:
        ModelError: They do not.
    """
    config = loading.load_config(base)
    tokenizer = loading.load_tokenizer(base)
    model = _laid_out(base, config)
    check_vocabulary_fits(base, tokenizer, model.get_input_embeddings().num_embeddings)


def check_vocabulary_fits(base: BaseModel, tokenizer: Any, embedded: int) -> None:
    """Whether a model embeds all tokens that its tokenizer may give it.

    Raises:
        ModelError: It does not.
    """
    highest = max(len(tokenizer), max(tokenizer.get_vocab().values(), default=-1) + 1)
    if highest > embedded:
        raise ModelError(
            f"the tokenizer of {base.name!r} has {highest:,} tokens, the model embeds "
            f"{embedded:,}",
            where=str(base.place),
            fix="use the tokenizer that belongs to the model, or resize the model's embeddings",
        )


def _check_config(base: BaseModel) -> None:
    """Whether the configuration is read as JSON and asks for numbers that can be trained."""
    config = weights.read_object(base.path / CONFIG)
    if method := config.get("quantization_config"):
        name = method.get("quant_method", "?") if isinstance(method, dict) else method
        raise ModelError(
            f"the model {base.name!r} is quantised ({name})",
            where=str(base.path / CONFIG),
            fix="use the same model in 16 or 32 bits; QLoRA quantises it itself",
        )
    for key in ("dtype", "torch_dtype"):
        kind = config.get(key)
        if kind is not None and str(kind).removeprefix("torch.") not in _TYPES:
            raise ModelError(
                f"{CONFIG} names the type {kind!r} for the weights",
                where=str(base.path / CONFIG),
                fix=f"use a model in one of: {', '.join(_TYPES[:3])}",
            )


def _check_index(base: BaseModel, held: set[str]) -> None:
    """Whether the shards hold every tensor that the index promises."""
    if (base.path / weights.WEIGHTS).exists() or not (base.path / weights.INDEX).exists():
        return
    if missing := sorted(weights.index_of(base.path).keys() - held):
        raise ModelError(
            f"{len(missing)} tensors of the index are in no weight file, such as {missing[0]}",
            where=str(base.path / weights.INDEX),
            fix="download the model again, all of it",
        )


def _laid_out(base: BaseModel, config: Any) -> Any:
    """The model without its numbers; every tensor it needs must be in the files, and fit."""
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        model, info = AutoModelForCausalLM.from_pretrained(
            base.path,
            config=config,
            device_map="meta",
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except Exception as error:
        raise loading.unreadable("model", base, error) from error
    finally:
        logging.set_verbosity(level)
    for trouble in ("missing_keys", "mismatched_keys"):
        if names := sorted(str(name) for name in info[trouble]):
            raise ModelError(
                f"the weights do not fit {CONFIG}: {trouble.replace('_', ' ')} "
                f"{', '.join(names[:3])}",
                where=str(base.place),
                fix="download the model again, weights and configuration of the same one",
            )
    return model
