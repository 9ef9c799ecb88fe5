"""Short trainings by DPO, KTO, GRPO, distillation and merging, each on the tiny model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import CellError, DataError, ModelError, TrainingStoppedError
from ftassist.files import read_json
from ftassist.recipes import train
from ftassist.recipes.metrics import read_metrics

from .conftest import chat, write_rows

pytestmark = pytest.mark.slow
FEW: dict[str, Any] = {"learning_rate": 1e-3, "batch_size": 2, "rank": 4, "max_steps": 5}


def rows(count: int = 12, **more: Any) -> list[dict[str, Any]]:
    """Rows of the tiny task, each with what a method needs."""
    found = []
    for number in range(count):
        a, b = number % 7, number % 5
        row = {
            "id": f"sums/{number}",
            "source": "sums",
            "messages": chat(f"{a} + {b} = ?", f"\\boxed{{{a + b}}}"),
        }
        found.append(row | {k: v(number) if callable(v) else v for k, v in more.items()})
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def write(found: list[dict[str, Any]]) -> Path:
        write_rows(tmp_path / "trial" / "data", found)
        return tmp_path / "trial"

    return write


def audits(trial: Path) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in read_json(trial / "audit.json")["checks"]}


def is_adapter(trial: Path) -> bool:
    from safetensors.torch import load_file

    names = load_file(trial / "model/adapter_model.safetensors")
    return all(".lora_A." in name or ".lora_B." in name for name in names)


def test_dpo_makes_the_chosen_answers_likelier(folder: Callable[..., Path]) -> None:
    trial = folder(rows(rejected=lambda n: r"\boxed{99}") + rows(2))
    result = train.dpo("tiny", trial / "data", trial / "model", **FEW)
    assert result.steps == 5
    losses = [r["loss"] for r in read_metrics(trial / "metrics.jsonl").rows if "loss" in r]
    assert losses[0] == pytest.approx(0.693, abs=0.01)
    assert losses[-1] < losses[0]
    found = audits(trial)
    assert found["examples"]["detail"] == {"rows": 14, "kept": 12}
    assert {"tokens", "memory", "numerics", "gradients", "loss", "generation"} <= set(found)
    assert is_adapter(trial)
    assert read_json(trial / "model/training.json")["arguments"]["recipe"] == "dpo"


def test_dpo_without_pairs_says_how_to_make_them(folder: Callable[..., Path]) -> None:
    trial = folder(rows())
    with pytest.raises(DataError, match="rejected answer") as caught:
        train.dpo("tiny", trial / "data", trial / "model", **FEW)
    assert "sample_answers" in caught.value.fix
    assert not (trial / "model").exists()


def test_kto_learns_from_labels_of_both_kinds(folder: Callable[..., Path]) -> None:
    trial = folder(rows(label=lambda n: n % 3 == 0))
    result = train.kto("tiny", trial / "data", trial / "model", **FEW)
    assert result.steps == 5
    assert audits(trial)["gradients"]["passed"]
    assert is_adapter(trial)


def test_kto_with_labels_of_one_kind_is_refused(folder: Callable[..., Path]) -> None:
    trial = folder(rows(label=True))
    with pytest.raises(DataError, match="both kinds"):
        train.kto("tiny", trial / "data", trial / "model", **FEW)


def test_grpo_stops_when_every_answer_gets_the_same_reward(folder: Callable[..., Path]) -> None:
    trial = folder(rows(4))
    with pytest.raises(TrainingStoppedError, match="nothing to learn from"):
        train.grpo(
            *("tiny", trial / "data", trial / "model"),
            **{**FEW, "max_steps": 2},
            scorer="mini_math",
            generations=2,
            max_new_tokens=4,
        )
    assert not audits(trial)["reward"]["passed"]


def test_grpo_trains_on_the_scorers_reward(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes import _rewards

    # The tiny model never boxes an answer untrained; a stand-in scorer likes even lengths.
    monkeypatch.setattr(
        _rewards, "load_reward", lambda task: lambda pairs: [float(len(a) % 2) for _, a in pairs]
    )
    trial = folder(rows(8))
    result = train.grpo(
        *("tiny", trial / "data", trial / "model"),
        **{**FEW, "max_steps": 4},
        scorer="mini_math",
        generations=4,
        max_new_tokens=8,
    )
    assert result.steps == 4
    assert audits(trial)["reward"]["detail"]["largest_spread"] > 0
    assert is_adapter(trial)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_dpo_after_supervised_epochs_starts_from_what_they_taught(
    folder: Callable[..., Path], method: str
) -> None:
    trial = folder(rows(16, rejected=lambda n: r"\boxed{99}"))
    few = {**FEW, "method": method, "learning_rate": 1e-5}
    result = train.dpo(
        *("tiny", trial / "data", trial / "model"), **few, supervised=8, supervised_rate=3e-3
    )
    assert result.steps == 5
    learned = [r["loss"] for r in read_metrics(trial / "supervised.jsonl").rows]
    assert len(learned) == 64
    assert learned[-1] < 0.5 * learned[0]
    # The reference is the model after the supervised epochs: at the first step nothing differs.
    losses = [r["loss"] for r in read_metrics(trial / "metrics.jsonl").rows]
    assert losses[0] == pytest.approx(0.693, abs=0.01)
    saved = read_json(trial / "model/training.json")["arguments"]
    assert (saved["supervised"], saved["supervised_rate"]) == (8, 3e-3)
    if method == "lora":
        assert is_adapter(trial)


def test_kto_learns_right_answers_only_before(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes import _trainer

    seen: list[int] = []
    real = _trainer.build

    def watched(loaded: Any, training: Any, *rest: Any) -> Any:
        seen.append(len(training))
        return real(loaded, training, *rest)

    monkeypatch.setattr(_trainer, "build", watched)
    trial = folder(rows(12, label=lambda n: n % 3 == 0))
    train.kto("tiny", trial / "data", trial / "model", **FEW, supervised=1)
    assert seen == [4]
    assert is_adapter(trial)


def test_grpo_after_supervised_epochs_has_rewards_to_learn_from(
    folder: Callable[..., Path],
) -> None:
    trial = folder(rows(32))
    result = train.grpo(
        *("tiny", trial / "data", trial / "model"),
        **{**FEW, "batch_size": 4, "max_steps": 4, "learning_rate": 1e-5},
        scorer="mini_math",
        generations=4,
        max_new_tokens=12,
        supervised=12,
        supervised_rate=3e-3,
    )
    assert result.steps == 4
    # The untouched model never earns a reward (see the test above that stops).
    assert max(audits(trial)["reward"]["detail"]["means"]) > 0
    assert is_adapter(trial)


def test_fewer_than_no_supervised_epochs_are_refused(folder: Callable[..., Path]) -> None:
    trial = folder(rows(rejected=lambda n: r"\boxed{99}"))
    with pytest.raises(CellError, match="supervised=-1"):
        train.dpo("tiny", trial / "data", trial / "model", **FEW, supervised=-1)


def test_distillation_with_oneself_as_teacher_has_no_divergence(
    folder: Callable[..., Path],
) -> None:
    trial = folder(rows())
    result = train.distil(
        *("tiny", trial / "data", trial / "model"), **FEW, teacher="tiny", weight=1.0
    )
    losses = [r["loss"] for r in read_metrics(trial / "metrics.jsonl").rows if "loss" in r]
    assert abs(losses[0]) < 1e-3
    assert result.method == "lora"


def test_a_teacher_with_another_tokenizer_is_refused(
    folder: Callable[..., Path], llama: Path
) -> None:
    trial = folder(rows())
    with pytest.raises(ModelError, match="another tokenizer"):
        train.distil("tiny", trial / "data", trial / "model", **FEW, teacher=str(llama))


def test_adapters_are_merged_into_the_exact_weighted_sum(folder: Callable[..., Path]) -> None:
    import torch
    from peft import PeftModel

    from ftassist.recipes import models

    trial = folder(rows())
    few = {**FEW, "epochs": 1, "max_steps": 2}
    for name, seed in (("a", 0), ("b", 1)):
        train.sft("tiny", trial / "data", trial / "adapters" / name, **few, seed=seed)
    paths = [trial / "adapters/a", trial / "adapters/b"]
    record = train.merge("tiny", paths, trial / "model", weights=[0.25, 0.75])
    assert record["rank"] == 8

    def delta(path: Path) -> Any:
        peft = PeftModel.from_pretrained(models.load("tiny").model, str(path))
        layer = peft.base_model.model.model.layers[0].self_attn.q_proj
        return layer.get_delta_weight("default")

    wanted = 0.25 * delta(paths[0]) + 0.75 * delta(paths[1])
    assert torch.allclose(delta(trial / "model"), wanted, atol=1e-5)
    assert audits(trial)["merge"]["passed"]


def test_one_adapter_cannot_be_merged(tmp_path: Path) -> None:
    with pytest.raises(CellError, match="cannot be merged"):
        train.merge("tiny", [tmp_path / "a"], tmp_path / "model")


def test_qlora_without_a_gpu_or_bitsandbytes_says_what_is_missing(
    folder: Callable[..., Path],
) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    trial = folder(rows())
    with pytest.raises(CellError, match=r"needs .*a GPU") as caught:
        train.sft("tiny", trial / "data", trial / "model", learning_rate=1e-3, method="qlora")
    assert "lora" in caught.value.fix


def test_an_argument_no_method_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(CellError, match="'epoch'"):
        train.dpo("tiny", tmp_path, tmp_path / "model", learning_rate=1e-3, epoch=2)
