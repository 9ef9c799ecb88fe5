"""Short trainings of small random models; the promises of `train.sft`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftassist.errors import (
    BudgetError,
    CellError,
    DataError,
    FtassistError,
    TrainingStoppedError,
)
from ftassist.files import read_json
from ftassist.recipes import train
from ftassist.recipes.arguments import TrainResult
from ftassist.recipes.metrics import MetricsWriter, read_metrics

pytestmark = pytest.mark.slow
Exported = Callable[..., Path]


def fit(model: Path, data: Path, name: str = "model", **changes: Any) -> TrainResult:
    """A training of a few steps into a folder beside the data."""
    arguments: dict[str, Any] = {"learning_rate": 3e-3, "epochs": 2, "batch_size": 8, "rank": 4}
    return train.sft(str(model), data, data.parent / name, **{**arguments, **changes})


def tensors(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    (path,) = folder.glob("*.safetensors")
    return dict(load_file(path))


@pytest.fixture(scope="module")
def trained(llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trial folder in which one LoRA training ran."""
    folder = tmp_path_factory.mktemp("trained")
    rows = [
        {
            "id": f"sums/{n}",
            "source": "sums",
            "messages": [
                {"role": "user", "content": f"{n % 7} + {n % 5} = ?"},
                {"role": "assistant", "content": str(n % 7 + n % 5)},
            ],
        }
        for n in range(48)
    ]
    (folder / "data").mkdir()
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "data/train.jsonl").write_text(text, encoding="utf-8")
    fit(llama, folder / "data", validation_share=0.1)
    return folder


def test_every_step_is_in_the_metrics_with_all_its_fields(trained: Path) -> None:
    rows = read_metrics(trained / "metrics.jsonl").rows
    steps = [row for row in rows if "loss" in row]
    assert [row["step"] for row in steps] == list(range(1, 13))
    fields = {"stage", "step", "steps", "loss", "learning_rate", "gradient_norm", "tokens"}
    assert all(set(row) == fields | {"seconds", "eta", "time"} for row in steps)
    assert steps[-1]["eta"] == 0


def test_validation_losses_are_in_the_metrics(trained: Path) -> None:
    rows = read_metrics(trained / "metrics.jsonl").rows
    assert [row["step"] for row in rows if "eval_loss" in row] == [3, 6, 9, 12]


def test_every_audit_is_written_down_and_passed(trained: Path) -> None:
    checks = read_json(trained / "audit.json")["checks"]
    before = ["tokens", "answers", "context", "memory", "numerics"]
    names = [*before, "gradients", "estimate", "loss", "generation"]
    assert [check["name"] for check in checks] == names
    assert all(check["passed"] for check in checks)


def test_only_adapter_weights_are_saved(trained: Path) -> None:
    names = tensors(trained / "model")
    assert names
    assert all(".lora_A." in name or ".lora_B." in name for name in names)


def test_the_record_holds_arguments_losses_and_times(trained: Path, llama: Path) -> None:
    record = read_json(trained / "model/training.json")
    assert record["arguments"]["learning_rate"] == 3e-3
    assert record["arguments"]["alpha"] == 8
    assert record["base"] == str(llama.resolve())
    assert (record["rows"], record["rows_validation"], record["steps"]) == (44, 4, 12)
    assert {"imports", "load", "train", "save"} <= set(record["seconds"])
    assert record["peak_memory"] > 0


def test_the_tokens_counted_are_those_of_the_rows(trained: Path) -> None:
    detail = read_json(trained / "audit.json")["checks"][0]["detail"]
    record = read_json(trained / "model/training.json")
    assert detail["rows"] == 48
    assert detail["tokens"] * 44 / 48 * 2 == pytest.approx(record["tokens"], rel=0.05)


def test_an_adapter_changes_what_the_model_says(trained: Path, llama: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(llama)
    ids = torch.arange(20)[None]
    with torch.no_grad():
        before = base(ids).logits
        after = PeftModel.from_pretrained(base, trained / "model")(ids).logits
    assert (before - after).abs().max() > 1e-3


def test_nothing_is_left_beside_the_results(trained: Path) -> None:
    found = sorted(path.name for path in trained.iterdir())
    assert found == ["audit.json", "data", "metrics.jsonl", "model", "numerics.json"]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_the_same_seed_gives_the_same_weights(
    llama: Path, exported: Exported, method: str
) -> None:
    data = exported(count=24)
    for name in ("one", "two"):
        fit(llama, data, name, method=method, max_steps=4)
    one, two = (tensors(data.parent / name) for name in ("one", "two"))
    assert one.keys() == two.keys()
    assert all((one[name] == two[name]).all() for name in one)


def test_another_seed_gives_other_weights(llama: Path, exported: Exported) -> None:
    data = exported(count=24)
    for seed in (0, 1):
        fit(llama, data, f"seed{seed}", seed=seed, max_steps=4)
    one, two = (tensors(data.parent / f"seed{seed}") for seed in (0, 1))
    assert any((one[name] != two[name]).any() for name in one)


def test_full_training_learns_and_saves_a_whole_model(llama: Path, exported: Exported) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    data = exported(count=48)
    result = fit(llama, data, method="full", learning_rate=1e-2, epochs=5)
    losses = [
        row["loss"] for row in read_metrics(data.parent / "metrics.jsonl").rows if "loss" in row
    ]
    assert sum(losses[-3:]) / 3 < 0.6 * losses[0]
    assert result.parameters_trained == sum(
        p.numel() for p in AutoModelForCausalLM.from_pretrained(data.parent / "model").parameters()
    )
    assert AutoTokenizer.from_pretrained(data.parent / "model").chat_template


def test_another_architecture_trains(qwen: Path, exported: Exported) -> None:
    data = exported(count=24)
    result = fit(qwen, data, max_steps=4)
    assert result.steps == 4
    assert any(".q_proj." in name for name in tensors(data.parent / "model"))


def test_marks_in_the_template_give_the_same_training(
    llama: Path, marked_llama: Path, exported: Exported
) -> None:
    data = exported(count=16)
    fit(llama, data, "plain", max_steps=2)
    fit(marked_llama, data, "marked", max_steps=2)
    one, two = (tensors(data.parent / name) for name in ("plain", "marked"))
    assert all((one[name] == two[name]).all() for name in one)


def test_the_loss_of_trained_positions_is_the_loss_trl_computes(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftassist.recipes import _planned

    data = exported(count=24)
    ours = fit(llama, data, "ours", max_steps=3)
    monkeypatch.setattr(_planned, "MOST_LOGITS", 0)
    theirs = fit(llama, data, "theirs", max_steps=3)
    assert ours.loss == pytest.approx(theirs.loss, rel=1e-3)
    assert ours.validation_loss == pytest.approx(theirs.validation_loss, rel=1e-3)


def test_the_model_that_ships_can_be_trained(exported: Exported) -> None:
    data = exported(count=16)
    result = train.sft("tiny", data, data.parent / "model", learning_rate=3e-3, max_steps=2)
    assert result.steps == 2
    assert read_json(data.parent / "audit.json")["checks"][0]["passed"]


@pytest.mark.gpu
def test_a_gpu_is_used_where_there_is_one(llama: Path, exported: Exported) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no GPU here")
    for method in ("lora", "full"):
        result = fit(llama, exported(count=24), method=method, max_steps=4)
        assert result.device == torch.cuda.get_device_name()
        assert result.peak_memory > 0


def test_a_learning_rate_that_explodes_is_stopped(llama: Path, exported: Exported) -> None:
    data = exported(count=48)
    with pytest.raises(TrainingStoppedError, match=r"exploded at step \d+|not a number"):
        fit(llama, data, method="full", learning_rate=30.0, epochs=5, warmup=0.0)
    assert not (data.parent / "model").exists()
    assert not read_json(data.parent / "audit.json")["checks"][-1]["passed"]


def test_rows_cut_before_their_answers_are_refused(llama: Path, exported: Exported) -> None:
    with pytest.raises(TrainingStoppedError, match="cut before their answer"):
        fit(llama, exported(count=4), max_length=8)


def test_rows_longer_than_the_model_reads_keep_the_end_of_their_prompt(
    llama: Path, exported: Exported
) -> None:
    rows = [
        {
            "id": str(n),
            "source": "long",
            "messages": [
                {"role": "user", "content": f"{'1 + 1 = ' * 300}{n}?"},
                {"role": "assistant", "content": "2"},
            ],
        }
        for n in range(8)
    ]
    data = exported(rows)
    assert fit(llama, data, max_length=4096, max_steps=1).rows
    checks = {c["name"]: c for c in read_json(data.parent / "audit.json")["checks"]}
    assert checks["context"]["detail"] == {"rows": 8, "rows_over_context": 8, "context": 512}
    assert checks["tokens"]["detail"]["rows_with_end_token"] == 8


def test_packing_sees_the_same_rows_in_fewer_steps(llama: Path, exported: Exported) -> None:
    data = exported(count=32)
    plain = fit(llama, data, "plain", batch_size=2, epochs=1, validation_share=0)
    packed = fit(llama, data, "packed", batch_size=2, epochs=1, validation_share=0, packing=True)
    assert packed.rows == plain.rows == 32
    assert packed.tokens == plain.tokens
    assert packed.steps < plain.steps


def test_packed_rows_do_not_see_each_other(llama: Path, tokenizer_with: Any) -> None:
    import torch

    from ftassist.recipes import _trainer, models
    from ftassist.recipes.tokens import TokenRow

    model = models.load(str(llama)).model.eval()
    rows = [TokenRow(tuple(range(a, a + 9)), (True,) * 9) for a in (5, 50, 90)]
    (alone,) = ([model(torch.tensor([row.ids])).logits[0] for row in rows],)
    dataset = _trainer.make_dataset([rows, rows[:1]], packed=True)
    batch = _trainer.PackedCollator(0)([dataset[0], dataset[1]])
    batch.pop("labels")
    together = model(**batch, use_cache=False).logits[0]
    for place, expected in enumerate(alone):
        found = together[9 * place : 9 * place + 9]
        assert torch.allclose(found, expected, atol=1e-5)


def test_an_interrupt_leaves_no_model_folder(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = MetricsWriter.write

    def interrupt(self: MetricsWriter, **values: Any) -> None:
        if values["step"] == 2:
            raise KeyboardInterrupt
        write(self, **values)

    monkeypatch.setattr(MetricsWriter, "write", interrupt)
    data = exported(count=24)
    with pytest.raises(KeyboardInterrupt):
        fit(llama, data)
    left = sorted(p.name for p in data.parent.iterdir())
    assert left == ["audit.json", "checkpoints", "data", "metrics.jsonl", "numerics.json"]
    assert list((data.parent / "checkpoints").iterdir()) == []


def test_data_that_is_not_there_is_told_plainly(llama: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no training data"):
        fit(llama, tmp_path / "data")


def test_a_bad_row_is_named_with_its_number(llama: Path, exported: Exported) -> None:
    good = {"role": "user", "content": "1?"}
    rows = [
        {"id": "1", "source": "s", "messages": [good, {"role": "assistant", "content": "1"}]},
        {"id": "2", "source": "s", "messages": [good, {"role": "assistant", "content": 1}]},
    ]
    with pytest.raises(DataError, match="int 1, not text") as caught:
        fit(llama, exported(rows))
    assert "row 2" in caught.value.where


def test_more_rows_than_the_cap_are_not_trained_on(
    llama: Path, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTASSIST_ROW_CAP", "10")
    with pytest.raises(BudgetError, match="12 training rows, the cap is 10"):
        fit(llama, exported(count=12))


@pytest.mark.parametrize(
    "change",
    [
        {"method": "adapter"},
        {"learning_rate": 0.0},
        {"batch_size": 0},
        {"schedule": "quadratic"},
        {"validation_share": 1.0},
        {"max_steps": 0},
    ],
)
def test_an_impossible_argument_is_refused_by_name(
    change: dict[str, Any], llama: Path, exported: Exported
) -> None:
    (name,) = change
    with pytest.raises(CellError, match=f"^{name}="):
        fit(llama, exported(count=4), **change)


def test_targets_that_are_no_layer_are_refused_with_those_that_are(
    llama: Path, exported: Exported
) -> None:
    with pytest.raises(CellError, match="query_key") as caught:
        fit(llama, exported(count=8), targets=["query_key"])
    assert "q_proj" in caught.value.fix


def test_a_target_on_its_own_is_all_that_is_trained(llama: Path, exported: Exported) -> None:
    data = exported(count=16)
    fit(llama, data, targets=["q_proj", "v_proj"], max_steps=2)
    assert {name.split(".")[-3] for name in tensors(data.parent / "model")} == {"q_proj", "v_proj"}


def test_a_folder_that_cannot_be_written_is_told(llama: Path, exported: Exported) -> None:
    data = exported(count=8)
    (data.parent / "file").write_text("")
    with pytest.raises(FtassistError, match="cannot write"):
        train.sft(str(llama), data, data.parent / "file" / "model", learning_rate=1e-3)


def test_a_training_prints_its_steps_while_it_runs(
    llama: Path, exported: Exported, capsys: pytest.CaptureFixture[str]
) -> None:
    result = fit(llama, exported(), epochs=1)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("step ")]
    assert lines[0].startswith(f"step 1/{result.steps} · loss ")
    assert lines[-1].startswith(f"step {result.steps}/{result.steps} · loss ")
    assert len(lines) <= 23
