"""The tiny base model loads, is small, speaks ChatML and has learned to copy and look up."""

import json
import subprocess
import sys
from random import Random
from typing import Any

import pytest

from ftassist.models import TINY_NAME, tiny_path

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

MEGABYTE = 2**20
# Well below what was measured when the model was made, well above chance.
COPY_BOUND, PAIR_BOUND, TABLE_BOUND = 0.5, 0.5, 0.4
CHAT = [
    {"role": "system", "content": "Be exact."},
    {"role": "user", "content": "What is 12 + 5?"},
    {"role": "assistant", "content": "12 + 5 = 17"},
]


@pytest.fixture(scope="module")
def coder() -> Any:
    return transformers.AutoTokenizer.from_pretrained(tiny_path())


@pytest.fixture(scope="module")
def model() -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(
        tiny_path(), dtype=torch.float32
    ).eval()


def complete(model: Any, coder: Any, prompts: list[str]) -> list[str]:
    """Return the raw greedy completions of one-turn chats, special tokens included."""
    chats = [[{"role": "user", "content": prompt}] for prompt in prompts]
    inputs = coder.apply_chat_template(
        chats, add_generation_prompt=True, padding=True, return_tensors="pt", return_dict=True
    )
    with torch.inference_mode():
        rows = model.generate(**inputs, max_new_tokens=48)[:, inputs["input_ids"].shape[1] :]
    return [coder.decode(row).replace(coder.pad_token, "") for row in rows]


def word(rng: Random) -> str:
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(2))


def words(rng: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[word(rng)] = None
    return list(found)


def share(model: Any, coder: Any, asked: list[tuple[str, str]]) -> float:
    given = complete(model, coder, [prompt for prompt, _ in asked])
    wanted = [answer + coder.eos_token for _, answer in asked]
    return sum(map(str.__eq__, given, wanted)) / len(wanted)


def test_the_path_names_a_folder_and_needs_no_torch() -> None:
    assert tiny_path().name == TINY_NAME
    code = "import sys, ftassist.models as m; m.tiny_path(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_folder_stays_below_eight_megabytes() -> None:
    assert sum(file.stat().st_size for file in tiny_path().rglob("*")) <= 8 * MEGABYTE


def test_the_text_files_hold_no_path_of_the_machine_that_made_them() -> None:
    for file in tiny_path().glob("*.json"):
        settings = file.read_text()
        assert json.loads(settings)
        assert "/work" not in settings
        assert "_name_or_path" not in settings


def test_the_model_has_one_to_four_million_parameters(model: Any) -> None:
    assert 1e6 <= model.num_parameters() <= 4e6
    assert model.config.tie_word_embeddings
    assert model.config.max_position_embeddings >= 512


def test_the_vocabulary_fits_the_embeddings(model: Any, coder: Any) -> None:
    assert len(coder) == model.get_input_embeddings().num_embeddings


def test_the_end_token_is_the_chat_end_and_not_the_padding(model: Any, coder: Any) -> None:
    assert coder.eos_token == "<|im_end|>"
    assert coder.pad_token_id != coder.eos_token_id
    assert model.generation_config.eos_token_id == coder.eos_token_id
    assert model.generation_config.pad_token_id == coder.pad_token_id


def test_the_chat_template_writes_chatml(coder: Any) -> None:
    assert coder.apply_chat_template(CHAT, tokenize=False) == (
        "<|im_start|>system\nBe exact.<|im_end|>\n"
        "<|im_start|>user\nWhat is 12 + 5?<|im_end|>\n"
        "<|im_start|>assistant\n12 + 5 = 17<|im_end|>\n"
    )


def test_the_generation_prompt_is_a_prefix_of_the_whole_chat(coder: Any) -> None:
    whole = coder.apply_chat_template(CHAT, tokenize=True, return_dict=True)["input_ids"]
    opening = coder.apply_chat_template(
        CHAT[:-1], tokenize=True, add_generation_prompt=True, return_dict=True
    )["input_ids"]
    assert whole[: len(opening)] == opening


def test_the_assistant_mask_covers_the_answer_and_its_end_token(coder: Any) -> None:
    encoded = coder.apply_chat_template(
        CHAT, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    pairs = zip(encoded["input_ids"], encoded["assistant_masks"], strict=True)
    assert coder.decode([token for token, answered in pairs if answered]) == (
        "12 + 5 = 17<|im_end|>"
    )


@pytest.mark.parametrize("text", ["a | b\n1 | 2", "CC(=O)Oc1ccccc1Cl", "été 12,5 €", "  two  "])
def test_text_survives_encoding_and_decoding(coder: Any, text: str) -> None:
    assert coder.decode(coder(text)["input_ids"]) == text


def test_a_word_is_the_same_tokens_after_a_space_and_alone(coder: Any) -> None:
    alone = coder("apples")["input_ids"]
    assert coder("red apples")["input_ids"][-len(alone) :] == alone


def test_digits_and_smiles_symbols_are_single_tokens(coder: Any) -> None:
    assert len(coder("1984")["input_ids"]) == 4
    assert coder.convert_ids_to_tokens(coder("Clc1nccO")["input_ids"]) == [
        "Cl",
        "c",
        "1",
        "n",
        "c",
        "c",
        "O",
    ]


def test_answers_end_with_the_end_token(model: Any, coder: Any) -> None:
    rng = Random(1)
    prompts = [f"Repeat: {' '.join(words(rng, 3))}" for _ in range(20)]
    given = complete(model, coder, prompts)
    assert sum(text.endswith(coder.eos_token) for text in given) >= 19


def test_it_copies_words_it_has_never_seen(model: Any, coder: Any) -> None:
    rng = Random(2)
    texts = [" ".join(words(rng, rng.randrange(2, 7))) for _ in range(40)]
    assert share(model, coder, [(f"Repeat: {text}", text) for text in texts]) >= COPY_BOUND


def test_it_looks_a_key_up_in_a_list_of_six(model: Any, coder: Any) -> None:
    rng = Random(3)
    asked = []
    for _ in range(40):
        keys, values = words(rng, 6), rng.sample(range(10, 1000), 6)
        context = "\n".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
        at = rng.randrange(6)
        asked.append((f"{context}\nWhat is {keys[at]}?", str(values[at])))
    assert share(model, coder, asked) >= PAIR_BOUND  # chance is one in six


def test_it_reads_a_cell_of_a_pipe_table(model: Any, coder: Any) -> None:
    rng = Random(4)
    asked = []
    for _ in range(40):
        keys, names = words(rng, 4), words(rng, 3)
        cells = [[str(rng.randrange(10, 1000)) for _ in range(2)] for _ in keys]
        rows = [names, *([key, *row] for key, row in zip(keys, cells, strict=True))]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        row, column = rng.randrange(4), rng.randrange(2)
        asked.append((f"{table}\nWhat is {names[column + 1]} of {keys[row]}?", cells[row][column]))
    assert share(model, coder, asked) >= TABLE_BOUND  # chance is one in eight
