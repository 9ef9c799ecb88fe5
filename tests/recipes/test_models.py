import json
import shutil
from pathlib import Path

import pytest

from ftassist.errors import ModelError
from ftassist.recipes import models


def copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def test_a_folder_loads_with_its_tokenizer(llama: Path) -> None:
    loaded = models.load(str(llama))
    assert loaded.location == str(llama.resolve())
    assert loaded.tokenizer.eos_token_id in models.end_tokens(loaded)


def test_a_name_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError, match="there is no model 'tinny'"):
        models.locate("tinny")


def test_a_folder_without_a_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no config\.json"):
        models.load(str(tmp_path))


def test_an_adapter_folder_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="holds an adapter") as caught:
        models.load(str(tmp_path))
    assert "base model" in caught.value.fix


def test_a_model_without_chat_template_is_refused(llama: Path, tmp_path: Path) -> None:
    folder = copy(llama, tmp_path / "model")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="no chat template"):
        models.load(str(folder))


def test_a_tokenizer_larger_than_the_embeddings_is_refused(llama: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = copy(llama, tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["one", "more"])
    tokenizer.save_pretrained(folder)
    with pytest.raises(ModelError, match=r"has \d+ tokens, the model embeds \d+"):
        models.load(str(folder))


def test_weights_in_pickle_are_refused(llama: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = copy(llama, tmp_path / "model")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be loaded"):
        models.load(str(folder))


def test_a_damaged_configuration_is_told_plainly(llama: Path, tmp_path: Path) -> None:
    folder = copy(llama, tmp_path / "model")
    (folder / "config.json").write_text(json.dumps({"model_type": "no_such_model"}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        models.load(str(folder))


def test_a_mirror_folder_stands_in_for_a_hub_id(
    llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(llama, tmp_path / "org" / "name")
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path))
    assert models.locate("org/name") == str((tmp_path / "org" / "name").resolve())
