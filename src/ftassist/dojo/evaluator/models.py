"""Models the evaluator loads: the named base, and a trial's adapter or full weights on top of it.

Safetensors only, never pickle, no remote code. The configuration, the tokenizer, the chat template
and the end tokens always come from the base; of a trial's folder only tensors are used, after
`lineage` has found that they fit. Knows nothing of tasks and scores.
"""

from __future__ import annotations

import contextlib
import gc
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from ftassist.dojo.evaluator import lineage
from ftassist.dojo.evaluator.descent import MIN_COSINE, Sample
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.vocabulary import check_vocabulary
from ftassist.models import BaseModel, check_files, ready, weights
from ftassist.models.chat_format import ChatFormat
from ftassist.models.loading import load_config, load_tokenizer
from ftassist.models.template_probe import check_template

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Base:
    """A base model, ready to score it and what was fine-tuned from it.

    Attributes:
        name: As people gave it: "tiny", a folder or a Hub id.
        found: Where its files are.
        config: Its transformers configuration.
        tokenizer: With a chat template.
        chats: How that template writes chats.
        end_ids: Tokens that end an answer.
        digest: Hash of its weights and configuration.
    """

    name: str
    found: BaseModel
    config: Any = field(repr=False)
    tokenizer: Any = field(repr=False)
    chats: ChatFormat = field(repr=False)
    end_ids: frozenset[int]
    digest: str

    @property
    def folder(self) -> Path:
        """The folder its files are in."""
        return self.found.path


@dataclass(frozen=True)
class Loaded:
    """A model in memory, in evaluation mode, and the digest of the files it came from."""

    model: Any = field(repr=False)
    digest: str


def load_base(name: str, day: date | None = None, system_turn: str | None = None) -> Base:
    """Loads what is shared by all evaluations on a base: configuration, tokenizer, end tokens.

    Args:
        name: The base.
        day: What its chat template is told; by default the campaign's, or today.
        system_turn: Whether its template's own system turn is written; by default as the task
            decides.

    Raises:
        ModelError: No such model, or one that cannot be used.
    """
    found = ready(name, download=True)
    check_files(found)
    config = load_config(found)
    tokenizer = load_tokenizer(found)
    check_template(tokenizer, name=name, where=str(found.place), day=day, system_turn=system_turn)
    chats = ChatFormat.of(tokenizer, day, system_turn)
    return Base(
        name=name,
        found=found,
        config=config,
        tokenizer=tokenizer,
        chats=chats,
        end_ids=_end_ids(found.path, config, tokenizer, chats.end),
        digest=lineage.model_digest(found.path),
    )


def _end_ids(folder: Path, config: Any, tokenizer: Any, written: int | None) -> frozenset[int]:
    """The end tokens named by the tokenizer, the chat template and the generation settings."""
    named = [tokenizer.eos_token_id, written]
    if (folder / "generation_config.json").is_file():
        named.append(weights.read_object(folder / "generation_config.json").get("eos_token_id"))
    else:
        named.append(getattr(config, "eos_token_id", None))
    ids: set[int] = set()
    for value in named:
        ids.update(value if isinstance(value, list) else [] if value is None else [value])
    return frozenset(ids)


def device() -> torch.device:
    """Where models are scored: the first GPU, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def release() -> None:
    """Gives the memory of a GPU back to the trials."""
    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()


def load_model(base: Base, folder: Path | None = None) -> Loaded:
    """Loads the base itself, or an adapter or full weights fine-tuned from it.

    Float32 on a CPU, so that batching does not change an answer; the stored type on a GPU. The
    folder must be one that nobody else can change (see `snapshot`).

    Raises:
        RefusedError: INVALID when the folder does not descend from the base, or the base's files
            have changed; CONFIG when there is no model in it.
    """
    if folder is None:
        return Loaded(_place(_base_weights(base)), base.digest)
    digest = lineage.model_digest(folder)
    check_vocabulary(base.found, base.tokenizer, folder)
    if (folder / lineage.ADAPTER_CONFIG).is_file():
        model = _adapted(base, folder)
    else:
        lineage.check_config(base.config, folder)
        model = _weights(base, folder)
    _check_descent(base, model, folder)
    return Loaded(_place(model), digest)


def _place(model: Any) -> Any:
    """The model on its device, frozen."""
    return model.to(device()).eval().requires_grad_(False)


def _base_weights(base: Base) -> Any:
    """The base's own weights, which must be those it was loaded with."""
    if lineage.model_digest(base.folder) != base.digest:
        raise RefusedError(
            f"the files of the base {base.name!r} have changed since it was first loaded",
            kind="INVALID",
            where=str(base.found.place),
            fix="restore the base model, then start the campaign again",
        )
    return _weights(base)


@lru_cache(maxsize=2)
def _base_sample(base: Base) -> Sample:
    """What is compared of a base, taken once."""
    return Sample.of(_base_weights(base).state_dict())


def _check_descent(base: Base, model: Any, folder: Path) -> None:
    """Refuses weights that do not resemble the base's."""
    name, cosine = _base_sample(base).least_alike(model.state_dict())
    _logger.info("%s: least cosine with the base %.3f, in %s", folder.name, cosine, name)
    if cosine < MIN_COSINE:
        raise RefusedError(
            f"the weights do not descend from the base {base.name!r}: {name} has cosine "
            f"{cosine:.2f} with the base's, at least {MIN_COSINE:g} is needed",
            kind="INVALID",
            where=str(folder),
            fix="fine-tune the campaign's base model; after a training that ran away, lower the "
            "learning rate",
        )


def _weights(base: Base, folder: Path | None = None) -> Any:
    """Full weights under the base's configuration; every tensor must be there and fit.

    Tensors that the base's own files hold and its architecture does not read are no reason to
    refuse it, nor a trial that saved them as well.
    """
    try:
        with _quiet():
            model, info = AutoModelForCausalLM.from_pretrained(
                folder or base.folder,
                config=base.config,
                dtype=torch.float32 if device().type == "cpu" else "auto",
                use_safetensors=True,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:
        raise _unreadable(folder or base.folder, error) from error
    for trouble in ("mismatched_keys", "missing_keys", "unexpected_keys"):
        names = {str(name) for name in info[trouble]}
        if names and trouble == "unexpected_keys":
            names -= _tensors_of_base(base)
        if names:
            raise RefusedError(
                f"the weights do not fit the base {base.name!r}: {trouble.replace('_', ' ')} "
                f"{', '.join(sorted(names)[:3])}",
                kind="INVALID",
                where=str(folder or base.folder),
                fix="save the fine-tuned base with save_pretrained, all of it",
            )
    return model


def _tensors_of_base(base: Base) -> set[str]:
    """The names of all tensors in the base's files."""
    files = weights.weight_files(base.folder)
    return {tensor.name for path in files for tensor in weights.tensors_of(path)}


def _adapted(base: Base, folder: Path) -> Any:
    """The base with a LoRA adapter merged into it."""
    from peft import LoraConfig, PeftModel, set_peft_model_state_dict

    settings = lineage.check_adapter(base.name, base.folder, base.digest, folder)
    try:
        state = load_file(folder / lineage.ADAPTER_WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise _unreadable(folder, error) from error
    try:
        model = PeftModel(_base_weights(base), LoraConfig(**settings))
        outcome = set_peft_model_state_dict(model, state)
    except (RefusedError, torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:
        last = ([type(error).__name__, *str(error).split("\n")])[-1].strip()
        raise _unfitting(base, folder, last) from error
    missing = [
        name for name in outcome.missing_keys if "lora_" in name or "modules_to_save" in name
    ]
    if strays := [*outcome.unexpected_keys, *missing]:
        raise _unfitting(base, folder, f"tensors {', '.join(sorted(strays)[:3])}")
    return model.merge_and_unload()


def _unreadable(folder: Path, error: Exception) -> RefusedError:
    """The refusal of weights that are damaged or cut off."""
    return RefusedError(
        f"the weights cannot be read: {error}",
        kind="CONFIG",
        where=str(folder),
        fix="save the model again; a full disk or a killed process leaves half a file",
    )


def _unfitting(base: Base, folder: Path, why: str) -> RefusedError:
    """The refusal of an adapter whose tensors do not fit."""
    return RefusedError(
        f"the adapter does not fit the base {base.name!r}: {why}",
        kind="INVALID",
        where=str(folder),
        fix="save the adapter that was trained on this base with save_pretrained",
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the loader's progress bars and reports out of the log; we raise what matters."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
