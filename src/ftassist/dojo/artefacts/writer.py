"""Writing an artefact: an adapter with all that belongs to it, or merged weights.

Weights come from the evaluator's own loading, which has checked that they descend from the base;
configuration and tokenizer from the base; template and generation settings say what a scoring
did. Knows nothing of GGUF.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ftassist.dojo.artefacts.template import as_scored
from ftassist.dojo.evaluator.lineage import ADAPTER_CONFIG, ADAPTER_WEIGHTS
from ftassist.dojo.evaluator.models import Base, load_model
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json
from ftassist.models import registry, store


def write_adapter(base: Base, model: Path, target: Path, limit: int) -> None:
    """Writes a trial's adapter with tokenizer, template and generation settings.

    Raises:
        FtassistError: The trial trained whole weights.
    """
    if not (model / ADAPTER_CONFIG).is_file():
        raise FtassistError(
            "the trial trained whole weights; there is no adapter to export",
            where=str(model),
            fix="export it --as merged, gguf, ollama or vllm",
        )
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model / ADAPTER_WEIGHTS, target / ADAPTER_WEIGHTS)
    settings = read_json(model / ADAPTER_CONFIG)
    settings["base_model_name_or_path"] = public_name(base)
    write_json(target / ADAPTER_CONFIG, settings)
    _write_around(base, target, limit)


def write_merged(base: Base, model: Path, target: Path, numbers: str, limit: int) -> None:
    """Writes whole weights, an adapter merged into them, in 16 or 32 bits."""
    import torch

    loaded = load_model(base, model).model.to("cpu", getattr(torch, numbers))
    loaded.generation_config = generation_settings(base, limit)
    target.mkdir(parents=True, exist_ok=True)
    loaded.save_pretrained(target)
    _write_around(base, target, limit)


def generation_settings(base: Base, limit: int) -> Any:
    """How a scoring generates: greedily, up to a limit, ended by each of the base's end tokens.

    Settings of the base that sample or punish repetition are not handed on: no score was made
    with them.
    """
    from transformers import GenerationConfig

    tokenizer = base.tokenizer
    pad = tokenizer.pad_token_id
    return GenerationConfig(
        do_sample=False,
        max_new_tokens=limit,
        eos_token_id=sorted(base.end_ids),
        bos_token_id=tokenizer.bos_token_id,
        pad_token_id=min(base.end_ids) if pad is None else pad,
    )


def public_name(base: Base) -> str:
    """What others find the base by: its id on the Hub, where its weights are the published ones.

    Else its name here; of a base that is a folder, the folder's name.
    """
    known = registry.find(base.name)
    origin = store.origin_of(base.folder)
    if known and not (origin and origin.note):
        return known.repository
    return Path(base.name).name if Path(base.name).is_absolute() else base.name


def _write_around(base: Base, target: Path, limit: int) -> None:
    """Tokenizer, template and generation settings."""
    base.tokenizer.save_pretrained(target)
    (target / "chat_template.jinja").write_text(as_scored(base.chats), encoding="utf-8")
    generation_settings(base, limit).save_pretrained(target)
