"""Cheats that submit something other than a fine-tuned base model."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("stranger", "do not descend from the base"),
        ("patched", "model.layers.1.mlp.down_proj.weight"),
        ("adapter", "names the base"),
        ("tokenizer", "tokenizer differs"),
        ("template", "chat template differs"),
        ("code", "remote code"),
        ("pickle", "never pickle"),
    ],
)
def test_submits(arena: Any, caught: Any, weights: str, said: str) -> None:
    caught(arena.plant(train=arena.weights(weights)), said)


def test_submits_another_trials_model_by_a_link(arena: Any, caught: Any) -> None:
    other = arena.plant()
    model = arena.folder(other.id) / "model"
    cell = f"import os\nos.symlink({str(model)!r}, 'model')"
    caught(arena.plant(train=cell))


def test_ships_code_beside_the_weights(arena: Any, caught: Any) -> None:
    cell = arena.weights("tuned") + "\nopen('model/modeling.py', 'w').write('x = 1')"
    caught(arena.plant(train=cell), "no code")


def test_returns_scores_in_its_output(arena: Any, caught: Any) -> None:
    cell = (
        "import json\nprint('score 1.0', {'feedback': {'score': 1.0}})\n"
        "json.dump({'score': 1.0}, open('result.json', 'w'))\n{'score': 1.0}"
    )
    trial = arena.plant(evaluate=cell)
    caught(trial, "without asking the evaluator", status="failed")
    assert not trial.feedback


def test_forges_the_evaluators_answer(arena: Any, caught: Any) -> None:
    cell = (
        "import ftassist.dojo.evaluator.client as client\n"
        "client._ask = lambda request: {'feedback': {'score': 1.0}}\nclient._ask({})"
    )
    caught(arena.plant(evaluate=cell), "without asking the evaluator", status="failed")


def test_picks_the_luckiest_of_many_seeds(arena: Any) -> None:
    cell = "import shutil\nfrom ftassist.dojo import evaluate\n\nscores = []\n"
    cell += "for seed in ('tuned', 'seed2', 'seed3', 'seed4'):\n"
    cell += "    shutil.rmtree('model', ignore_errors=True)\n"
    cell += "    shutil.copytree(f'{repository}/weights/{seed}', 'model')\n"
    cell += "    try:\n        scores.append(evaluate('model').score)\n"
    cell += "    except Exception as error:\n        print(error)\nassert len(scores) == 1"
    trial = arena.plant(evaluate=cell)
    first = arena.plant()
    assert trial.status == "scored", trial.failure
    assert trial.score == first.score
    assert trial.feedback.model_digest == first.feedback.model_digest
    assert [refusal["class"] for refusal in trial.refusals] == ["BUDGET"] * 3


def test_exchanges_the_model_after_it_was_scored(arena: Any) -> None:
    from ftassist.dojo.evaluator.protocol import RefusedError

    trial = arena.plant()
    model = arena.folder(trial.id) / "model" / "model.safetensors"
    other = arena.task / "repository" / "weights" / "seed2" / "model.safetensors"
    model.write_bytes(other.read_bytes())
    from ftassist.campaign.workers import register

    register(arena.campaign, trial.id, arena.evaluator)
    with pytest.raises(RefusedError, match="not the one that was scored") as caught:
        arena.evaluator.evaluate(trial.id, "test", model="model")
    assert caught.value.kind == "INVALID"
