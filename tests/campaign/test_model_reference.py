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


def test_a_teacher_is_a_folder_that_trials_may_read(tmp_path: Path) -> None:
    from ftassist.campaign.jobs import trial_job
    from ftassist.trial.sandbox import trial_walls

    teacher = tmp_path / "teacher"
    teacher.mkdir()
    (teacher / "config.json").write_text("{}")
    campaign = Campaign.create(tmp_path / "c", task="mini_math", teacher=str(teacher))
    assert campaign.state.settings["teacher"] == str(teacher)

    class Evaluator:
        def register(self, *_: object, **__: object) -> str:
            return ""

        def environment(self, trial: str) -> dict[str, str]:
            return {}

    job = trial_job(campaign, campaign.trial("t0000"), Evaluator())  # type: ignore[arg-type]
    walls = trial_walls(
        tmp_path / "t", tmp_path / "p", campaign=campaign.folder, teacher=job.spec.teacher
    )
    assert teacher in walls.readable


def test_a_teacher_on_the_hub_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no folder on this machine"):
        Campaign.create(tmp_path / "c", task="mini_math", teacher="org/large")
    assert not (tmp_path / "c" / "journal.db").exists()
