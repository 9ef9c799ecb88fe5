"""Lineage: whether a trial's model folder can descend from the named base.

For an adapter, the base it names and its settings; for full weights, the configuration; for both,
the tokenizer and template (`vocabulary`). The tensors' names and shapes are checked where they are
loaded (`models`), and how much of the base is left in them by `descent`. Imports neither torch nor
transformers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.vocabulary import read_object
from ftassist.files import hash_file, hash_text

ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
INDEX = "model.safetensors.index.json"

_ADAPTER_SETTINGS = (
    "r",
    "lora_alpha",
    "target_modules",
    "exclude_modules",
    "layers_to_transform",
    "layers_pattern",
    "rank_pattern",
    "alpha_pattern",
    "use_rslora",
    "use_dora",
    "modules_to_save",
    "fan_in_fan_out",
    "lora_bias",
    "target_parameters",
)
"""Settings of an adapter that are read; what else a file says has no effect."""

_FREE_SETTINGS = {
    "_name_or_path",
    "transformers_version",
    "dtype",
    "torch_dtype",
    "use_cache",
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
    "return_dict",
    "output_attentions",
    "output_hidden_states",
    "architectures",
    "auto_map",
}
"""Configuration keys that trainers rewrite and that scoring takes from the base."""


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model folder.

    Raises:
        RefusedError: The folder is missing or empty (CONFIG), holds pickled weights only, or an
            index that names files elsewhere (INVALID).
    """
    if not folder.is_dir():
        raise RefusedError(
            f"there is no model folder {folder.name!r}",
            kind="CONFIG",
            where=str(folder),
            fix="save the model before evaluating it",
        )
    if (folder / ADAPTER_CONFIG).is_file():
        return _need(folder, [folder / ADAPTER_WEIGHTS])
    if (folder / INDEX).is_file():
        return _need(folder, _indexed(folder))
    return _need(folder, [folder / "model.safetensors"])


def _indexed(folder: Path) -> list[Path]:
    """The shards that the index names, all of them in the folder."""
    names = read_object(folder / INDEX).get("weight_map")
    if not isinstance(names, dict) or not names:
        raise _invalid("the index of the weights is not valid", folder / INDEX)
    shards = sorted({str(name) for name in names.values()})
    for name in shards:
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise _invalid(f"the index names {name!r}, which is no shard here", folder / INDEX)
    return [folder / name for name in shards]


def _need(folder: Path, files: list[Path]) -> list[Path]:
    """The files, which must all be there."""
    missing = [path.name for path in files if not path.is_file()]
    if not missing:
        return files
    pickled = sorted(p.name for p in folder.iterdir() if p.suffix in {".bin", ".pt", ".pkl"})
    if pickled:
        raise _invalid(f"only safetensors are loaded, never pickle ({pickled[0]})", folder)
    raise RefusedError(
        f"the model folder has no {missing[0]}",
        kind="CONFIG",
        where=str(folder),
        fix="save the model with save_pretrained",
    )


def model_digest(folder: Path) -> str:
    """A hash of the weight files and of the configuration that gives them meaning."""
    names = [path.name for path in weight_files(folder)]
    names += [n for n in (ADAPTER_CONFIG, "config.json") if (folder / n).is_file()]
    return hash_text(*(part for n in sorted(names) for part in (n, hash_file(folder / n))))


def check_adapter(name: str, base_folder: Path, digest: str, folder: Path) -> dict[str, Any]:
    """The settings of a LoRA adapter that was trained on this base.

    Raises:
        RefusedError: INVALID: it is no LoRA adapter, or it names another base.
    """
    settings = read_object(folder / ADAPTER_CONFIG)
    if settings.get("peft_type") != "LORA":
        raise _invalid(f"adapters of type {settings.get('peft_type')!r} are not scored", folder)
    if settings.get("bias", "none") != "none" or settings.get("layer_replication"):
        raise _invalid("the adapter trains biases or replicates layers of the base", folder)
    named = settings.get("base_model_name_or_path")
    if named and not _same_base(str(named), name, base_folder, digest):
        raise _invalid(
            f"the adapter names the base {named!r}, this campaign's is {name!r}", folder
        )
    kept = {key: settings[key] for key in _ADAPTER_SETTINGS if settings.get(key) is not None}
    return {**kept, "task_type": "CAUSAL_LM", "inference_mode": True}


def _same_base(named: str, name: str, base_folder: Path, digest: str) -> bool:
    """Whether the base an adapter names is this one: by name, by place, or by content."""
    if named == name:
        return True
    path = Path(named).expanduser()
    if not path.is_dir():
        # A place that is not there any more says nothing; the tensors are judged all the same.
        return path.is_absolute()
    if path.resolve() == base_folder.resolve():
        return True
    return model_digest(path) == digest


def check_config(config: Any, folder: Path) -> None:
    """Compares every setting saved with full weights that shapes the computation.

    Raises:
        RefusedError: INVALID: one differs from the base's.
    """
    if not (folder / "config.json").is_file():
        return
    theirs = read_object(folder / "config.json")
    if theirs.get("model_type") != config.model_type:
        raise _invalid(
            f"the model is a {theirs.get('model_type')!r}, the base a {config.model_type!r}",
            folder,
        )
    ours, theirs = settings_of(config), settings_of(type(config).from_dict(theirs))
    for key in sorted({*ours, *theirs}):
        if _written(ours.get(key)) != _written(theirs.get(key)):
            raise _invalid(
                f"the configuration differs from the base's in {key}: "
                f"{theirs.get(key)!r} instead of {ours.get(key)!r}",
                folder,
            )


def settings_of(config: Any) -> dict[str, Any]:
    """The settings of a configuration that shape the computation, those of its parts as well."""
    bound = _bound(config.to_dict())
    assert isinstance(bound, dict)
    return bound


def _bound(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {str(key): _bound(one) for key, one in value.items() if key not in _FREE_SETTINGS}


def _written(value: Any) -> str:
    """A setting as text, in which NaN equals itself; numbers are compared, not spelled."""
    return json.dumps(_number(value), sort_keys=True, default=str)


def _number(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _number(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_number(one) for one in value]
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return float(value) if whole else value


def _invalid(what: str, where: Path) -> RefusedError:
    """A refusal that makes the trial INVALID."""
    return RefusedError(
        what,
        kind="INVALID",
        where=str(where),
        fix="score a model that was fine-tuned from the campaign's base and saved as it is",
    )
