"""Calls of recipes that do not fit are told where they stand, with what was probably meant."""

from __future__ import annotations

import ast

import pytest

from ftassist.agent.cells import render
from ftassist.agent.plan import export_call, load_call, operator_call, sft_call
from ftassist.errors import CellError
from ftassist.trial.cell_arguments import check_arguments, refuse_arguments

TRAIN = "from ftassist.recipes import train\n\n"
CURATE = "from ftassist.recipes import curate\n\n"
FILES = 'model, "data", "model"'


def told(source: str, stage: str = "train") -> list[tuple[str, str]]:
    return [(f.message, f.why) for f in check_arguments(stage, ast.parse(source))]


@pytest.mark.parametrize(
    ("source", "message", "fix"),
    [
        (
            f"{TRAIN}train.sft({FILES}, lerning_rate=1e-3)",
            "train.sft takes no argument 'lerning_rate'",
            "did you mean 'learning_rate'?",
        ),
        (f"{TRAIN}train.sft({FILES}, epochs=2)", "train.sft needs learning_rate", "give learning"),
        (
            f'{TRAIN}train.sft({FILES}, learning_rate="1e-3")',
            "train.sft cannot take learning_rate='1e-3'",
            "give a valid number for learning_rate",
        ),
        (
            f'{TRAIN}train.sft({FILES}, learning_rate=1e-3, method="lorra")',
            "train.sft cannot take method='lorra'",
            "give 'lora', 'full' or 'qlora' for method",
        ),
        (
            f"{TRAIN}train.sft({FILES}, learning_rate=1e-3, batch_size=8.5)",
            "train.sft cannot take batch_size=8.5",
            "give a valid integer",
        ),
        (
            f"{TRAIN}train.sft({FILES}, learning_rate=-1e-3)",
            "learning_rate=-0.001 is not possible",
            "give a number above 0",
        ),
        (
            f'{TRAIN}train.sft({FILES}, learning_rate=1e-3, schedule="cosin")',
            "schedule='cosin' is not possible",
            "cosine",
        ),
        (f"{TRAIN}train.stf({FILES})", "there is no function train.stf", "did you mean 'sft'?"),
        (
            f"{TRAIN}train.dpo({FILES}, learning_rate=1e-3, epoch=1)",
            "train.dpo takes no argument 'epoch'",
            "did you mean 'epochs'?",
        ),
        (
            "from ftassist.recipes.train import sft as tune\n\n"
            f"tune({FILES}, learning_rate=1e-3, ranks=4)",
            "train.sft takes no argument 'ranks'",
            "did you mean 'rank'?",
        ),
        (
            "import ftassist.recipes.train\n\n"
            f"ftassist.recipes.train.sft({FILES}, learning_rate=1e-3, ranks=4)",
            "train.sft takes no argument 'ranks'",
            "did you mean 'rank'?",
        ),
        (
            f'{CURATE}rows = curate.load(repository, 3, seed=seed)',
            "curate.load cannot take sets=3",
            "for sets",
        ),
        (
            f"{CURATE}rows = curate.filter_length(rows, max_token=64)",
            "curate.filter_length takes no argument 'max_token'",
            "did you mean 'max_tokens'?",
        ),
        (
            "from ftassist.dojo import evaluate\n\nevaluate(modle='model')",
            "evaluate takes no argument 'modle'",
            "did you mean 'model'?",
        ),
    ],
)  # fmt: skip
def test_a_call_that_does_not_fit_is_told_with_what_was_meant(
    source: str, message: str, fix: str
) -> None:
    found = told(source)
    assert message in [said for said, _ in found]
    assert any(fix in why for _, why in found)


@pytest.mark.parametrize(
    "source",
    [
        f"{TRAIN}train.sft({FILES}, learning_rate=3e-3, epochs=2, alpha=None, max_steps=None)",
        f'{TRAIN}train.sft({FILES}, learning_rate=rate, method=chosen, targets=["q_proj"])',
        f"{TRAIN}train.sft({FILES}, **settings)",
        f"{TRAIN}train.sft(*files, learning_rate=1e-3)",
        f"{TRAIN}train.kto({FILES}, learning_rate=1e-3, beta=0.2, epochs=1, rank=8)",
        f"{TRAIN}def sft(a):\n    return a\n\nsft(b=1)",
        "class train:\n    sft = print\n\ntrain.sft(anything=1)",
        "from other import train\n\ntrain.sft(anything=1)",
        "train = load()\ntrain.sft(anything=1)",
        f'{CURATE}rows = curate.load(repository, {{"a": 40, "b": None}}, seed=seed)',
        'from ftassist.dojo import evaluate\n\nevaluate("model")',
    ],
)
def test_what_fits_or_is_not_known_before_it_runs_is_left_alone(source: str) -> None:
    assert told(source) == []


def test_the_cells_the_playbook_writes_fit() -> None:
    curate = [
        load_call({"lessons_shop": 40}),
        operator_call("decontaminate"),
        operator_call("sample", 100, seed=7),
        export_call(),
    ]
    train = sft_call(method="lora", rank=8, learning_rate=3e-3, epochs=2, batch_size=16)
    assert told(render("curate", curate), "curate") == []
    assert told(render("train", [train])) == []


def test_a_refusal_names_each_argument_with_cell_and_line() -> None:
    source = f"{TRAIN}train.sft(\n    {FILES},\n    lerning_rate=1e-3,\n    epohcs=2,\n)"
    with pytest.raises(CellError) as refused:
        refuse_arguments({"train": source})
    assert "'lerning_rate'" in refused.value.what
    assert "'epohcs'" in refused.value.what
    assert refused.value.where == "train cell, line 5"
    assert refused.value.fix.startswith("did you mean 'learning_rate'?; did you mean 'epochs'?")
