"""What an agent's own cells may not hold, told with the line."""

from __future__ import annotations

import pytest

from ftassist.agent.cell_rules import check_cell, check_cells_of

GOOD_CURATE = (
    "from ftassist.recipes import curate\n\n"
    'rows = curate.load(repository, {"a": 3}, seed=seed)\n'
    "rows = curate.decontaminate(rows)\n"
    'curate.export(rows, "data")'
)
GOOD_TRAIN = (
    "import json\nfrom pathlib import Path\n\nimport torch\nfrom transformers import set_seed\n"
    "from ftassist.recipes import train\n\n"
    "set_seed(seed + 1)\ntorch.manual_seed(seed)\n"
    'rows = [json.loads(line) for line in Path("data/train.jsonl").read_text().splitlines()]\n'
    'train.sft(model, "data", "model", learning_rate=3e-3, seed=seed)'
)


def test_cells_of_recipes_and_of_the_libraries_are_allowed() -> None:
    assert check_cells_of({"curate": GOOD_CURATE, "train": GOOD_TRAIN}) == []


def test_a_teacher_may_be_a_folder_of_this_machine() -> None:
    source = 'train.distil(model, "data", "model", teacher="/models/large", seed=seed)'
    assert check_cell("train", source) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os", "import of 'os'"),
        ("import subprocess", "import of 'subprocess'"),
        ("from urllib import request", "import of 'urllib'"),
        ("from ftassist.campaign import Campaign", "import of 'ftassist.campaign'"),
        ("seed = 7", "parameter of the trial"),
        ("train.sft(model, 'data', 'model', learning_rate=1e-3, seed=7)", "seed is no knob"),
        ("torch.manual_seed(1234)", "seed is no knob"),
        ("AutoModelForCausalLM.from_pretrained('org/instruct')", "variable model"),
        ("train.sft('org/better', 'data', 'model', learning_rate=1e-3)", "variable model first"),
        ("open('evaluation/validation.jsonl')", "not for cells"),
        ("x = open('/etc/passwd').read()", "not for cells"),
        ("x = '/home/someone/rows.jsonl'", "outside of the trial's folder"),
        ("load('https://example.org/rows')", "outside of the trial's folder"),
        ("exec('1')", "'exec' may not be used"),
        ("().__class__", "'__class__' may not be used"),
        ("print(ANTHROPIC)\nx = 'ANTHROPIC_API_KEY'", "not for cells"),
    ],
)
def test_what_breaks_a_rule_is_told_with_its_line(source: str, told: str) -> None:
    found = check_cell("train", source)
    assert any(told in what for what in found), found
    assert all(what.startswith("train line ") for what in found)


def test_a_cell_that_is_no_python_is_told_too() -> None:
    (told,) = check_cells_of({"curate": GOOD_CURATE, "train": "train.sft("})
    assert "not valid Python" in told
