"""A base that cannot be used is found out by a look at its files, with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.models.spoiling import WEIGHTS, change, edit, shard

from ftassist.errors import ModelError
from ftassist.models import BaseModel, check_base, check_files, resolve, weights

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 1\n"
_SHARD = "model-00002-of-00002.safetensors"


def _cut(folder: Path, left: int) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:left])


def _poison(name: str, value: float) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        change(folder, lambda tensors: tensors[name].view(-1).__setitem__(7, value))

    return spoil


def _cast(kind: Any) -> Callable[[Path], None]:
    return lambda f: change(f, lambda t: t.update({n: v.to(kind) for n, v in t.items()}))


def _dangling(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / WEIGHTS).symlink_to("../../blobs/gone")


def _shard_then(work: Callable[[Path], Any]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        shard(folder)
        work(folder)

    return spoil


FILES: list[tuple[str, Callable[[Path], Any], str]] = [
    ("a pointer of Git LFS", lambda f: (f / WEIGHTS).write_text(POINTER), "git lfs pull"),
    ("a pointer of Xet", lambda f: (f / WEIGHTS).write_text("# xet version 0\n"), "hf download"),
    (
        "a configuration that is a pointer",
        lambda f: (f / "config.json").write_text(POINTER),
        "LFS",
    ),
    ("cut weights", lambda f: _cut(f, -100), "cut off"),
    ("a cut header", lambda f: _cut(f, 100), "cut off"),
    ("an empty file", lambda f: _cut(f, 0), "it has 0 bytes"),
    ("other bytes", lambda f: (f / WEIGHTS).write_bytes(b"\xff" * 99), "no safetensors file"),
    ("a link to nothing", _dangling, "blobs/gone is missing"),
    ("pickle only", lambda f: (f / WEIGHTS).rename(f / "pytorch_model.bin"), "never pickle"),
    ("no weights", lambda f: (f / WEIGHTS).unlink(), "has no model.safetensors"),
    ("a missing shard", _shard_then(lambda f: (f / _SHARD).unlink()), "1 of 2 weight files"),
    (
        "an index that promises more",
        _shard_then(
            lambda f: edit(
                f / weights.INDEX,
                weight_map={
                    **json.loads((f / weights.INDEX).read_text())["weight_map"],
                    "model.more": _SHARD,
                },
            )
        ),
        "model.more",
    ),
    ("NaN", _poison("model.layers.3.mlp.down_proj.weight", float("nan")), "layers.3.mlp.down"),
    ("infinity", _poison("model.norm.weight", float("-inf")), "not finite: model.norm"),
    ("whole numbers", _cast(torch.int8), "stored as I8"),
    ("eight-bit numbers", _cast(torch.float8_e4m3fn), "stored as F8_E4M3"),
    ("broken JSON", lambda f: (f / "config.json").write_text("{"), "config.json cannot be read"),
    ("a list", lambda f: (f / "config.json").write_text("[]"), "no JSON object"),
    ("an unknown type", lambda f: edit(f / "config.json", dtype="int4"), "type 'int4'"),
    (
        "quantised",
        lambda f: edit(f / "config.json", quantization_config={"quant_method": "gptq"}),
        "quantised (gptq)",
    ),
    ("an adapter", lambda f: (f / "adapter_config.json").write_text("{}"), "holds an adapter"),
]

LOADING: list[tuple[str, Callable[[Path], Any], str]] = [
    ("unknown architecture", lambda f: edit(f / "config.json", model_type="hyena9"), "'hyena9'"),
    ("no architecture", lambda f: edit(f / "config.json", model_type=None), "no model_type"),
    (
        "code of its own",
        lambda f: edit(f / "config.json", model_type="own9", auto_map={"AutoConfig": "a.B"}),
        "code",
    ),
    ("no decoder", lambda f: edit(f / "config.json", model_type="t5"), "writes no text"),
    ("more layers", lambda f: edit(f / "config.json", num_hidden_layers=6), "layers.5"),
    ("layers in words", lambda f: edit(f / "config.json", num_hidden_layers="six"), "cannot be"),
    ("another vocabulary", lambda f: edit(f / "config.json", vocab_size=1000), "embed_tokens"),
    ("a missing tensor", lambda f: change(f, lambda t: t.pop("model.norm.weight")), "model.norm"),
    ("no tokenizer", lambda f: (f / "tokenizer.json").unlink(), "has no tokenizer"),
    (
        "half a tokenizer",
        lambda f: (f / "tokenizer.json").write_text('{"a'),
        "tokenizer.json cannot be read: Unterminated string",
    ),
    (
        "a tokenizer that is a list",
        lambda f: (f / "tokenizer.json").write_text("[]"),
        "tokenizer.json is no JSON object",
    ),
    (
        "a tokenizer of an unknown kind",
        lambda f: (f / "tokenizer.json").write_text('{"version": "1.0", "model": {"type": "X"}}'),
        "tokenizer.json is no tokenizer",
    ),
    (
        "broken special tokens",
        lambda f: (f / "special_tokens_map.json").write_text("{"),
        "special_tokens_map.json cannot be read",
    ),
    ("a tokenizer that is a pointer", lambda f: (f / "tokenizer.json").write_text(POINTER), "LFS"),
    ("no template", lambda f: (f / "chat_template.jinja").unlink(), "no chat template"),
    ("no end token", lambda f: edit(f / "tokenizer_config.json", eos_token=None), "no end token"),
]


CASES = [(check_files, *case) for case in FILES] + [(check_base, *case) for case in LOADING]


@pytest.mark.parametrize(
    ("check", "spoil", "said"),
    [(check, *rest) for check, _, *rest in CASES],
    ids=[case[1] for case in CASES],
)
def test_a_base_that_cannot_be_used_is_refused_with_what_is_wrong_and_what_to_do(
    model: Path,
    check: Callable[[BaseModel], None],
    spoil: Callable[[Path], Any],
    said: str,
) -> None:
    spoil(model)
    with pytest.raises(ModelError) as caught:
        check(resolve(str(model)))
    assert said in str(caught.value)
    assert caught.value.fix


def test_a_sound_model_passes_whole_and_in_shards(model: Path) -> None:
    check_base(resolve(str(model)))
    shard(model)
    check_base(resolve(str(model)))


def test_what_a_base_has_beyond_need_is_no_reason_to_refuse_it(model: Path) -> None:
    change(model, lambda tensors: tensors.update({"model.more": torch.ones(3)}))
    edit(model / "config.json", auto_map={"AutoModel": "modeling_x.X"}, architectures=None)
    check_base(resolve(str(model)))


def test_very_many_numbers_are_sampled_to_the_end(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "LOOKED_AT", 400_000)
    check_files(resolve(str(model)))
    change(model, lambda t: t["model.embed_tokens.weight"].view(-1)[-9:].fill_(float("nan")))
    with pytest.raises(ModelError, match="embed_tokens"):
        check_files(resolve(str(model)))


def test_only_so_many_bytes_are_looked_at(model: Path) -> None:
    tensors = weights.tensors_of(model / WEIGHTS)
    largest = max(tensors, key=lambda tensor: tensor.end - tensor.begin)
    parts = list(weights._blocks(largest, 0.1))
    seen = sum(end - begin for begin, end in parts)
    assert seen < (largest.end - largest.begin) // 2
    assert parts[-1][1] == largest.end
