"""What a person may name as the base model."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.proposing import context
from ftassist.errors import FtassistError, ModelError
from ftassist.journal.events import Kind
from ftassist.journal.store import Journal
from ftassist.models import tiny_path
from ftassist.models.naming import model_reference
from ftassist.trial.sandbox import cores


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
    from ftassist.campaign.workers import trial_job
    from ftassist.trial.sandbox import trial_walls

    teacher = shutil.copytree(tiny_path(), tmp_path / "teacher")
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
    assert teacher / "config.json" in walls.readable


def test_a_teacher_on_the_hub_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no folder on this machine"):
        Campaign.create(tmp_path / "c", task="mini_math", teacher="org/large")
    assert not (tmp_path / "c" / "journal.db").exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: (f / "chat_template.jinja").unlink(), "no chat template"),
        (lambda f: (f / "model.safetensors").write_bytes(b"x"), "cut off"),
        (lambda f: (f / "tokenizer.json").unlink(), "no tokenizer"),
    ],
)
def test_a_base_that_cannot_be_used_makes_no_campaign(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    folder = shutil.copytree(tiny_path(), tmp_path / "model")
    spoil(folder)
    with pytest.raises(ModelError, match=said):
        Campaign.create(tmp_path / "c", task="mini_math", model=str(folder))
    assert not (tmp_path / "c").exists()


def test_a_name_that_nobody_knows_makes_no_campaign(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model 'tinny'"):
        Campaign.create(tmp_path / "c", task="mini_math", model="tinny")


def test_an_id_that_is_to_be_fetched_makes_a_campaign(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", model="no-such/model")
    assert campaign.state.settings["model"] == "no-such/model"


def test_the_size_of_a_base_named_by_its_folder_is_known_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(tiny_path(), tmp_path / "model")
    campaign = Campaign.create(tmp_path / "c", task="mini_math", model=str(folder))
    assert campaign.state.settings["shape"] == {"architecture": "llama", "width": 160}
    assert context(campaign, "t0000").speed.to_dict() == campaign.state.settings["shape"]
    campaign.say(Kind.SPEED_MEASURED, {"width": 160, "tokens_a_second": 9.0})
    assert context(campaign, "t0000").speed["tokens_a_second"] == 9.0


def test_parameters_and_cores_are_known_to_the_agent_from_the_start(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "c", task="mini_math", model="tiny")
    sizes = context(campaign, "t0000").sizes
    assert sizes["cores"] == cores()
    assert 1e6 < sizes["parameters"] < 1e7
    elsewhere = Campaign.create(tmp_path / "d", task="mini_math", model="no-such/model")
    assert context(elsewhere, "t0000").sizes == {"cores": cores()}


def test_who_looks_while_a_campaign_is_made_finds_it_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, real, before = tmp_path / "c", os.link, []

    def watched(source: Path, target: Path) -> None:
        before.append(Campaign.find(tmp_path))
        real(source, target)
        assert Campaign.open(place).state.settings["task"] == "mini_math"

    monkeypatch.setattr(os, "link", watched)
    Campaign.create(place, task="mini_math")
    assert before == [[]]
    assert not list(place.glob(".journal*"))


def test_a_making_that_is_broken_off_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Journal, "append", killed)
        Campaign.create(tmp_path / "c", task="mini_math")
    assert Campaign.create(tmp_path / "c", task="mini_math").state.trials


def test_of_two_who_make_a_campaign_in_one_folder_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, real = tmp_path / "c", os.link
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(FileExistsError()))
    with pytest.raises(FtassistError, match="there is a campaign here already"):
        Campaign.create(place, task="mini_math")
    monkeypatch.setattr(os, "link", real)
    assert list(place.iterdir()) == []


def test_a_file_system_without_links_holds_campaigns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError()))
    assert Campaign.create(tmp_path / "c", task="mini_math").state.trials
