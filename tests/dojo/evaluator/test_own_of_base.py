"""What the base itself has is no cheat: a trial that saved it along is scored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from ftassist.dojo.evaluator import models
from ftassist.dojo.evaluator.protocol import RefusedError
from ftassist.models import tiny_path

OTHER = "{% for m in messages %}{{ m['content'] }}{% endfor %}"


def _edit(path: Path, **changes: Any) -> None:
    document = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in document.items() if v is not None}))


def _named_templates(folder: Path) -> None:
    """Two named templates in the tokenizer's settings, as Command-R has them."""
    first = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    named = [{"name": "default", "template": first}, {"name": "tool_use", "template": OTHER}]
    _edit(folder / "tokenizer_config.json", chat_template=named)


def _template_folder(folder: Path) -> None:
    more = folder / "additional_chat_templates"
    more.mkdir()
    (more / "tool_use.jinja").write_text(OTHER)


def _own_code(folder: Path) -> None:
    _edit(folder / "config.json", auto_map={"AutoModelForCausalLM": "modeling_x.X"})
    (folder / "modeling_x.py").write_text("raise SystemExit('never run')")


def _more_tensors(folder: Path) -> None:
    tensors = {**load_file(folder / "model.safetensors"), "model.vision.weight": torch.ones(4)}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


ODD: list[tuple[str, Callable[[Path], Any]]] = [
    ("named templates", _named_templates),
    ("a folder of templates", _template_folder),
    ("code of its own", _own_code),
    ("tensors that are not read", _more_tensors),
    ("no architectures", lambda f: _edit(f / "config.json", architectures=None)),
    ("two architectures", lambda f: _edit(f / "config.json", architectures=["A", "B"])),
    ("an unknown setting", lambda f: _edit(f / "config.json", use_magic={"on": [1, None]})),
    ("labels", lambda f: _edit(f / "config.json", id2label={"0": "no", "1": "yes"})),
    ("a number spelled otherwise", lambda f: _edit(f / "config.json", rms_norm_eps=1e-6)),
    ("old names", lambda f: _edit(f / "config.json", dtype=None, torch_dtype="bfloat16")),
    ("old rope", lambda f: _edit(f / "config.json", rope_parameters=None, rope_theta=10000)),
    ("settings of generation", lambda f: _edit(f / "config.json", temperature=0.6, top_p=0.9)),
    ("a version of long ago", lambda f: _edit(f / "config.json", transformers_version="4.21.0")),
]


def _saved(base: Path, folder: Path, *, adapter: bool) -> Path:
    """A trained model as a trainer leaves it: weights a little moved, tokenizer beside them."""
    from peft import LoraConfig, get_peft_model

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    torch.manual_seed(0)
    if adapter:
        model = get_peft_model(model, LoraConfig(r=4, target_modules=["q_proj"]))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad and parameter.dim() > 1:
                parameter.add_(torch.randn_like(parameter) * 1e-3)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("adapter", [True, False], ids=["adapter", "full"])
@pytest.mark.parametrize("make", [case[1] for case in ODD], ids=[case[0] for case in ODD])
def test_an_honest_model_of_an_odd_base_is_loaded(
    tmp_path: Path, make: Callable[[Path], Any], adapter: bool
) -> None:
    folder = shutil.copytree(tiny_path(), tmp_path / "base")
    make(folder)
    base = models.load_base(str(folder))
    assert models.load_model(base).digest == base.digest
    saved = _saved(folder, tmp_path / "model", adapter=adapter)
    assert models.load_model(base, saved).digest


def test_a_template_that_the_base_has_not_is_invalid_beside_its_named_ones(
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(tiny_path(), tmp_path / "base")
    _named_templates(folder)
    saved = _saved(folder, tmp_path / "model", adapter=True)
    for path in saved.glob("**/*.jinja"):
        path.write_text(path.read_text() + "42")
    with pytest.raises(RefusedError, match="chat template differs"):
        models.load_model(models.load_base(str(folder)), saved)


def test_other_code_than_the_bases_own_is_invalid(tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_path(), tmp_path / "base")
    _own_code(folder)
    saved = _saved(folder, tmp_path / "model", adapter=False)
    _edit(saved / "config.json", auto_map={"AutoModelForCausalLM": "modeling_y.Y"})
    with pytest.raises(RefusedError, match="remote code"):
        models.load_model(models.load_base(str(folder)), saved)


def test_words_spelled_anew_are_the_bases_and_others_are_not(tmp_path: Path) -> None:
    base = models.load_base(str(tiny_path()))
    saved = _saved(tiny_path(), tmp_path / "model", adapter=True)
    (saved / "vocab.json").write_text(json.dumps(base.tokenizer.get_vocab()))
    assert models.load_model(base, saved).digest
    (saved / "vocab.json").write_text(json.dumps({**base.tokenizer.get_vocab(), "42": 1}))
    with pytest.raises(RefusedError, match=r"vocab\.json is not the base's"):
        models.load_model(base, saved)
