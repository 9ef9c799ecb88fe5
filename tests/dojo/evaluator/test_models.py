from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from ftassist.dojo.evaluator import models
from ftassist.dojo.evaluator.harness import GreedyModel
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.dojo.evaluator.scoring import score
from ftassist.dojo.evaluator.snapshot import snapshot
from ftassist.dojo.task import Task
from ftassist.errors import FtassistError, ModelError


@pytest.fixture(scope="module")
def base(base_folder: Path) -> models.Base:
    return models.load_base(str(base_folder))


@pytest.fixture
def tuned(fine_tuned: Path, tmp_path: Path) -> Path:
    """A fine-tuned model folder that a test may spoil."""
    return shutil.copytree(fine_tuned, tmp_path / "model")


@pytest.fixture(scope="module")
def adapter_and_merged(
    base_folder: Path, save: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("adapters")
    save.adapter(base_folder, folder / "adapter", folder / "merged")
    return folder / "adapter", folder / "merged"


def outputs(base: models.Base, folder: Path, task: Task, file: Path) -> list[str]:
    loaded = models.load_model(base, folder)
    harness = GreedyModel(loaded.model, base.tokenizer, base.end_ids)
    score(harness, task, "validation", model_digest=loaded.digest, scores_file=file)
    return [item["output"] for item in json.loads(file.read_text())["items"]]


def refusal(base: models.Base, folder: Path) -> RefusedError:
    """What the evaluator says to a folder, which it copies first."""
    place = folder.parent / "evaluators"
    with pytest.raises(RefusedError) as caught, snapshot(folder.parent, folder, place) as copy:
        models.load_model(base, copy)
    assert list(place.iterdir()) == []
    return caught.value


def edit_new(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document))


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_an_adapter_scores_like_the_model_it_is_merged_into(
    base: models.Base, adapter_and_merged: tuple[Path, Path], task: Task, tmp_path: Path
) -> None:
    adapter, merged = adapter_and_merged
    written = outputs(base, adapter, task, tmp_path / "a.json")
    assert written == outputs(base, merged, task, tmp_path / "b.json")
    assert written != outputs(base, base.folder, task, tmp_path / "c.json")


def test_a_fine_tuned_model_is_loaded_with_its_own_weights(base: models.Base, tuned: Path) -> None:
    loaded = models.load_model(base, tuned).model.state_dict()
    assert torch.equal(
        loaded["model.norm.weight"], load_file(tuned / "model.safetensors")["model.norm.weight"]
    )


def test_digests_tell_models_apart_and_ignore_what_is_not_read(
    base: models.Base, tuned: Path
) -> None:
    digest = models.load_model(base, tuned).digest
    (tuned / "training_args.bin").write_bytes(b"pickled")
    assert models.load_model(base, tuned).digest == digest != base.digest


def test_training_settings_that_trainers_rewrite_are_no_reason_to_refuse(
    base: models.Base, tuned: Path
) -> None:
    edit(tuned / "config.json", use_cache=False, pad_token_id=7, eos_token_id=9)
    assert models.load_model(base, tuned).model.config.eos_token_id == base.config.eos_token_id


SPOILED: list[tuple[str, Callable[[Path], Any], str]] = [
    ("another rope", lambda f: edit(f / "config.json", rms_norm_eps=0.5), "rms_norm_eps"),
    ("another architecture", lambda f: edit(f / "config.json", model_type="qwen2"), "'qwen2'"),
    ("remote code", lambda f: edit(f / "config.json", auto_map={"A": "b"}), "remote code"),
    ("code", lambda f: (f / "modeling.py").write_text("x = 1"), "no code"),
    ("compiled code", lambda f: (f / "model.so").write_bytes(b"ELF"), "no code"),
    (
        "remote code of the tokenizer",
        lambda f: edit(f / "tokenizer_config.json", auto_map={"AutoTokenizer": ["a.B", None]}),
        "remote code",
    ),
    ("another template", lambda f: (f / "chat_template.jinja").write_text("42"), "chat template"),
    (
        "a second template",
        lambda f: edit(
            f / "tokenizer_config.json", chat_template=[{"name": "x", "template": "7"}]
        ),
        "chat template",
    ),
    ("an added token", lambda f: edit_new(f / "added_tokens.json", {"42": 999}), "was added"),
    ("another word list", lambda f: (f / "vocab.txt").write_text("42"), "not the base's"),
    ("a link", lambda f: (f / "more.json").symlink_to("/etc/hostname"), "no links"),
    ("a pipe", lambda f: os.mkfifo(f / "added_tokens.json"), "holds files only"),
    ("broken configuration", lambda f: (f / "config.json").write_text("{"), "cannot be read"),
    (
        "pickle",
        lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"),
        "never pickle",
    ),
    (
        "an index that leads out",
        lambda f: (f / "model.safetensors.index.json").write_text(
            json.dumps({"weight_map": {"a": "../x.safetensors"}})
        ),
        "no shard here",
    ),
]


@pytest.mark.parametrize(
    ("spoil", "said"), [case[1:] for case in SPOILED], ids=[case[0] for case in SPOILED]
)
def test_a_folder_that_does_not_descend_from_the_base_is_invalid(
    base: models.Base, tuned: Path, spoil: Callable[[Path], Any], said: str
) -> None:
    spoil(tuned)
    error = refusal(base, tuned)
    assert error.kind == "INVALID"
    assert said in error.what


def test_another_tokenizer_is_invalid(base: models.Base, tuned: Path) -> None:
    document = json.loads((tuned / "tokenizer.json").read_text())
    vocabulary = document["model"]["vocab"]
    vocabulary["A"], vocabulary["B"] = vocabulary["B"], vocabulary["A"]
    (tuned / "tokenizer.json").write_text(json.dumps(document))
    assert "tokenizer differs" in refusal(base, tuned).what


def test_padding_saved_with_the_tokenizer_is_no_difference(base: models.Base, tuned: Path) -> None:
    edit(tuned / "tokenizer.json", truncation={"max_length": 8, "strategy": "LongestFirst"})
    assert models.load_model(base, tuned).digest


def test_missing_tensors_are_invalid(base: models.Base, tuned: Path) -> None:
    tensors = load_file(tuned / "model.safetensors")
    del tensors["model.norm.weight"]
    save_file(tensors, tuned / "model.safetensors", metadata={"format": "pt"})
    error = refusal(base, tuned)
    assert (error.kind, "missing keys model.norm.weight" in error.what) == ("INVALID", True)


@pytest.mark.parametrize("content", [b"", b"half a fi", b"\xff" * 64])
def test_damaged_weights_are_a_clear_error(base: models.Base, tuned: Path, content: bytes) -> None:
    (tuned / "model.safetensors").write_bytes(content)
    error = refusal(base, tuned)
    assert (error.kind, "cannot be read" in error.what) == ("CONFIG", True)


def test_tensors_of_another_shape_are_invalid(base: models.Base, tuned: Path) -> None:
    tensors = load_file(tuned / "model.safetensors")
    tensors["model.norm.weight"] = torch.ones(7)
    save_file(tensors, tuned / "model.safetensors", metadata={"format": "pt"})
    assert "mismatched" in refusal(base, tuned).what


def test_an_adapter_of_another_base_is_invalid(
    base: models.Base, save: Any, tmp_path: Path
) -> None:
    other = save.random(tmp_path / "other", seed=5)
    error = refusal(base, save.adapter(other, tmp_path / "adapter"))
    assert error.kind == "INVALID"
    assert "names the base" in error.what


def test_an_adapter_with_other_shapes_is_invalid(
    base: models.Base, adapter_and_merged: tuple[Path, Path], tmp_path: Path
) -> None:
    adapter = shutil.copytree(adapter_and_merged[0], tmp_path / "adapter")
    edit(adapter / "adapter_config.json", r=2)
    assert "does not fit the base" in refusal(base, adapter).what


def test_an_adapter_that_is_no_lora_is_invalid(
    base: models.Base, adapter_and_merged: tuple[Path, Path], tmp_path: Path
) -> None:
    adapter = shutil.copytree(adapter_and_merged[0], tmp_path / "adapter")
    edit(adapter / "adapter_config.json", peft_type="PROMPT_TUNING")
    assert "not scored" in refusal(base, adapter).what


def test_scoring_an_adapter_leaves_the_base_as_it_was(
    base: models.Base, adapter_and_merged: tuple[Path, Path], task: Task, tmp_path: Path
) -> None:
    before = outputs(base, base.folder, task, tmp_path / "a.json")
    models.load_model(base, adapter_and_merged[0])
    assert outputs(base, base.folder, task, tmp_path / "b.json") == before


def test_a_missing_folder_is_a_mistake_not_a_cheat(base: models.Base, tmp_path: Path) -> None:
    assert refusal(base, tmp_path / "nowhere").kind == "CONFIG"


def test_a_base_without_a_chat_template_is_refused(base_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(base_folder, tmp_path / "base")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="no chat template"):
        models.load_base(str(folder))


def test_an_unknown_base_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(FtassistError, match="there is no model 'no-such/model' here"):
        models.load_base("no-such/model")


def test_end_tokens_are_those_of_the_base(base: models.Base) -> None:
    assert base.end_ids == {2}


def test_two_fine_tuned_models_have_two_digests(
    base_folder: Path, save: Any, tmp_path: Path
) -> None:
    base = models.load_base(str(base_folder))
    digests = {
        models.load_model(base, save.fine_tuned(base_folder, tmp_path / str(seed), seed)).digest
        for seed in (3, 4)
    }
    assert len(digests) == 2
