"""What a person may name as the base model."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.model_reference import model_reference
from ftassist.errors import ModelError


@pytest.mark.parametrize("name", ["tiny", "gpt2", "Qwen/Qwen2.5-7B-Instruct"])
def test_names_and_hub_ids_stay_as_they_are(name: str) -> None:
    assert model_reference(name) == name


def test_a_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert model_reference("./model") == str(tmp_path / "model")


@pytest.mark.parametrize(
    "name", ["./missing-folder", "/no/such/model", "a/b/c", "", "~/none-here"]
)
def test_a_folder_that_is_not_there_is_refused_at_once(name: str) -> None:
    with pytest.raises(ModelError, match=r"no model folder|holds no model"):
        model_reference(name)


def test_a_folder_without_a_model_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        model_reference(str(tmp_path))


def test_a_campaign_on_a_missing_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        Campaign.create(tmp_path / "campaign", task="mini_math", model="./missing-folder")
    assert not (tmp_path / "campaign").exists()
