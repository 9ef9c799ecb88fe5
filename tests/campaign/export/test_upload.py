"""An export is uploaded whole, in one commit, and nobody sees it who was not meant to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.export import upload
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.files import write_json

from .hub import Hub, running

KEY = "hf_" + "x" * 34


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A stand-in of the Hub, which the library asks in the real one's place."""
    with running() as standing_in:
        monkeypatch.setenv("HF_ENDPOINT", standing_in.address)
        monkeypatch.setenv("HF_TOKEN", KEY)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        yield standing_in


@pytest.fixture
def exported(tmp_path: Path) -> Campaign:
    """A campaign on the tiny model with an export that was scored again."""
    campaign = Campaign.create(tmp_path / "c", task="mini_math")
    folder = campaign.folder / "exports" / "t0001-merged"
    (folder / ".eval_results").mkdir(parents=True)
    (folder / "README.md").write_text("# card\n")
    (folder / "model.safetensors").write_bytes(b"\x00\x01weights")
    (folder / ".eval_results" / "x.yaml").write_text("- 1\n")
    write_json(folder / "ftassist.json", {"export": {"forced": False}})
    return campaign


def yes(_: str) -> bool:
    return True


def test_an_export_is_sent_whole_and_private_in_one_commit(exported: Campaign, hub: Hub) -> None:
    planned = upload.plan(exported, "t0001-merged", "ada/sums")
    assert upload.push(planned, agreed=yes).endswith(f"ada/sums/commit/{'1' * 40}")
    assert hub.private == {"ada/sums": True}
    sent = hub.files["ada/sums"]
    assert set(sent) == set(planned.files)
    assert sent["model.safetensors"] == b"\x00\x01weights"
    assert ".eval_results/x.yaml" in sent
    assert len(hub.messages) == 1
    assert hub.keys == {f"Bearer {KEY}"}


def test_a_public_repository_is_made_only_where_it_is_asked_for(
    exported: Campaign, hub: Hub
) -> None:
    planned = upload.plan(exported, "t0001-merged", "ada/sums", public=True)
    assert "PUBLIC" in planned.lines()[0]
    upload.push(planned, agreed=yes)
    assert hub.private == {"ada/sums": False}


def test_nothing_is_sent_to_a_repository_that_is_public_already(
    exported: Campaign, hub: Hub
) -> None:
    hub.private["ada/sums"] = False
    with pytest.raises(FtassistError, match="exists and is public"):
        upload.push(upload.plan(exported, "t0001-merged", "ada/sums"), agreed=yes)
    assert hub.files == {}


def test_terms_of_a_licence_are_agreed_to_before_anything_is_sent(
    exported: Campaign, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def no(terms: str) -> bool:
        asked.append(terms)
        return False

    object.__setattr__(
        exported.state, "settings", replace(exported.state.settings, model="gemma-3-270m")
    )
    planned = upload.plan(exported, "t0001-merged", "ada/sums")
    with pytest.raises(FtassistError, match="terms were not agreed to"):
        upload.push(planned, agreed=no)
    assert "Gemma" in asked[0]
    assert hub.asked == []


def test_a_plan_names_every_file_and_asks_nobody(exported: Campaign, hub: Hub) -> None:
    lines = upload.plan(exported, "t0001-merged", "ada/sums").lines()
    assert any("model.safetensors" in line for line in lines)
    assert hub.asked == []


@pytest.mark.parametrize(("status", "fix"), [(401, "hf auth login"), (403, "may write")])
def test_a_hub_that_refuses_says_what_to_do(
    exported: Campaign, hub: Hub, status: int, fix: str
) -> None:
    hub.status = status
    with pytest.raises(FtassistError, match="the Hub refuses") as refused:
        upload.push(upload.plan(exported, "t0001-merged", "ada/sums"), agreed=yes)
    assert fix in refused.value.fix
    assert KEY not in str(refused.value)


def test_a_copy_that_was_not_scored_again_is_not_sent(exported: Campaign) -> None:
    plain = exported.folder / "exports" / "t0001"
    plain.mkdir()
    write_json(plain / "ftassist.json", {"trial": "t0001"})
    with pytest.raises(FtassistError, match="not scored again"):
        upload.plan(exported, "t0001", "ada/sums")


def test_a_link_in_an_export_is_not_followed(exported: Campaign, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    folder = exported.folder / "exports" / "t0001-merged"
    (folder / "more.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(FtassistError, match="holds a link"):
        upload.plan(exported, "t0001-merged", "ada/sums")


@pytest.mark.parametrize("name", ["sums", "ada/", "../x/y", "a/b/c"])
def test_what_is_no_repository_is_refused(exported: Campaign, name: str) -> None:
    with pytest.raises(FtassistError, match="is no repository"):
        upload.plan(exported, "t0001-merged", name)


def test_an_unknown_export_names_the_nearest(exported: Campaign) -> None:
    with pytest.raises(UnknownNameError, match="t0001-merged"):
        upload.plan(exported, "t0001-merge", "ada/sums")
