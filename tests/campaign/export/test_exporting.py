"""An export is made, loaded as others will load it, scored again, and kept if it behaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.export.exporting import export
from ftassist.campaign.export.wish import ExportWish
from ftassist.errors import FtassistError
from ftassist.files import read_json

pytestmark = pytest.mark.slow


def test_the_trial_has_learned_more_than_its_base(campaign: Campaign) -> None:
    assert campaign.refresh().base.score is not None
    assert campaign.trial("t0001").score is not None
    assert float(campaign.trial("t0001").score or 0) >= float(campaign.state.base.score or 0) + 0.3


@pytest.mark.parametrize(
    "wish",
    [
        ExportWish("adapter"),
        ExportWish("merged", numbers="float32"),
        ExportWish("vllm", numbers="float32"),
    ],
    ids=lambda wish: wish.name,
)
@pytest.mark.usefixtures("in_process")
def test_a_form_that_transformers_loads_scores_as_the_trial_did(
    campaign: Campaign, wish: ExportWish
) -> None:
    told: list[str] = []
    kept = export(campaign, "t0001", wish, told.append)
    assert kept.made.differences == ()
    assert kept.made.prompts == 12
    assert (kept.difference.difference, kept.difference.same) == (0.0, 1.0)
    assert kept.difference.low <= 0.0 <= kept.difference.high
    assert kept.difference.n == 24
    assert "transformers" in kept.made.runtime
    assert any("same 24 items" in line for line in told)
    event = campaign.refresh().trials["t0001"].export
    assert (event["status"], event["form"]) == ("made", wish.name)
    assert event["folder"] == kept.folder.relative_to(campaign.folder).as_posix()


@pytest.mark.usefixtures("in_process")
def test_merged_weights_load_without_us_and_answer_as_the_trial_did(campaign: Campaign) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = export(campaign, "t0001", ExportWish("merged", numbers="float32")).folder
    model = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    scores = read_json(campaign.folder / "scores" / "t0001.validation.json")
    item = next(i for i in campaign.task.items("validation") if i["id"] == "validation-1")
    said = next(i["output"] for i in scores["items"] if i["id"] == "validation-1")
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": item["prompt"]}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    answer = model.generate(**asked)
    start = asked["input_ids"].shape[1]
    assert tokenizer.decode(answer[0][start:], skip_special_tokens=True) == said


@pytest.mark.usefixtures("in_process")
def test_sixteen_bits_are_the_default_and_are_scored_as_such(campaign: Campaign) -> None:
    kept = export(campaign, "t0001", ExportWish("merged", bound=1.0))
    assert kept.folder.name == "t0001-merged"
    assert read_json(kept.folder / "config.json")["dtype"] == "bfloat16"


@pytest.mark.usefixtures("in_process")
def test_an_export_holds_no_evaluation_items(campaign: Campaign) -> None:
    folder = export(campaign, "t0001", ExportWish("adapter")).folder
    prompts = [str(item["prompt"]) for item in campaign.task.items("validation")]
    texts = [path.read_bytes().decode(errors="replace") for path in _files(folder)]
    assert not [p for p in prompts if any(p in text for text in texts)]


def test_an_export_of_another_model_than_was_scored_is_refused(campaign: Campaign) -> None:
    config = campaign.trial_folder("t0001") / "model" / "adapter_config.json"
    config.write_text(json.dumps({**read_json(config), "lora_alpha": 1}))
    with pytest.raises(FtassistError, match="not the one that was scored"):
        export(campaign, "t0001", ExportWish("merged"))
    assert campaign.refresh().trials["t0001"].export["status"] == "failed"
    assert not list((campaign.folder / "exports").iterdir())


def test_the_base_and_unscored_trials_are_not_exported(campaign: Campaign) -> None:
    with pytest.raises(FtassistError, match="cannot be exported"):
        export(campaign, "t0000", ExportWish("merged"))


def test_force_names_the_trial_again(campaign: Campaign) -> None:
    with pytest.raises(FtassistError, match="t0000 is named to be forced"):
        export(campaign, "t0001", ExportWish("merged", force="t0000"))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_export_is_made_in_a_process_of_its_own(campaign: Campaign) -> None:
    told: list[str] = []
    kept = export(campaign, "t0001", ExportWish("merged", numbers="float32"), told.append)
    assert kept.difference.same == 1.0
    assert told[0] == "writing the export (merged)"
    assert {path.stat().st_mode & 0o777 for path in _files(kept.folder)} == {0o644}
    assert sorted(p.name for p in (campaign.folder / "exports").iterdir()) == [
        "t0001-merged-float32",
        "t0001-merged-float32.items.json",
    ]
