"""Exports that somebody broke: each is found before it leaves, and how it differs is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ftassist.campaign import Campaign
from ftassist.campaign.export.difference import compare
from ftassist.campaign.export.exporting import _request, export, troubles
from ftassist.campaign.export.wish import ExportWish
from ftassist.dojo.artefacts import rescoring, writer
from ftassist.dojo.artefacts.request import Request
from ftassist.dojo.evaluator.models import Base, load_base
from ftassist.errors import FtassistError
from ftassist.files import read_json
from ftassist.models.clock import parse_day

pytestmark = pytest.mark.slow

Tried = Callable[[Callable[[Path], None]], list[str]]


@pytest.fixture
def tried(campaign: Campaign, tmp_path: Path) -> Tried:
    """Makes merged weights, breaks them, tries them out, and tells what is wrong with them."""

    def trying(breaks: Callable[[Path], None]) -> list[str]:
        request, base = _prepared(campaign, tmp_path)
        rescoring.make(request, base, campaign.card.max_new_tokens)
        target = Path(request.target)
        breaks(target)
        made = rescoring.try_out(request, base, campaign.task, target, lambda _: None)
        scores = Path(request.scores)
        return troubles(made, compare(campaign, "t0001", scores, made.feedback, None))

    return trying


def test_an_export_nobody_broke_has_no_trouble(tried: Tried) -> None:
    assert tried(lambda folder: None) == []


def test_a_changed_template_is_told_with_its_first_token(tried: Tried) -> None:
    def change(folder: Path) -> None:
        template = folder / "chat_template.jinja"
        template.write_text(template.read_text().replace("|>assistant", "|>bot"))

    found = tried(change)
    assert found[0].startswith("template: in prompt of item 1, token ")
    assert "<|im_start|>' the trial was asked with 'a', the export is asked with 'b'" in found[0]


def test_a_lost_end_token_is_told(tried: Tried) -> None:
    def lose(folder: Path) -> None:
        settings = folder / "generation_config.json"
        settings.write_text(json.dumps({**read_json(settings), "eos_token_id": 0}))

    found = tried(lose)
    assert found[0].startswith("end token: the trial ends an answer with '<|im_end|>'")
    assert any("it loses" in one for one in found)


def test_an_adapter_that_was_not_merged_is_told_by_its_score(
    tried: Tried, campaign: Campaign
) -> None:
    def base_weights(folder: Path) -> None:
        shutil.copyfile(campaign.base.path / "model.safetensors", folder / "model.safetensors")

    (found,) = tried(base_weights)
    assert found.startswith("it loses 0.")
    assert "on the same 24 items" in found


def test_settings_that_are_not_greedy_are_told(tried: Tried) -> None:
    def punish(folder: Path) -> None:
        settings = folder / "generation_config.json"
        settings.write_text(json.dumps({**read_json(settings), "repetition_penalty": 1.3}))

    found = "the trial was scored greedily, the export has repetition_penalty = 1.3"
    assert tried(punish) == [f"generation: {found}"]


@pytest.mark.usefixtures("in_process")
def test_an_export_that_loses_too_much_is_kept_only_by_force(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    _left_out(monkeypatch)
    with pytest.raises(FtassistError, match="does not behave as t0001 was scored: it loses"):
        export(campaign, "t0001", ExportWish("merged", numbers="float32"))
    assert not list((campaign.folder / "exports").iterdir())
    kept = export(campaign, "t0001", ExportWish("merged", numbers="float32", force="t0001"))
    assert kept.forced
    assert "exported by force" in (kept.folder / "README.md").read_text()
    assert read_json(kept.folder / "ftassist.json")["export"]["forced"] is True


def _left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has merged weights written without the adapter in them."""
    written = writer.write_merged

    def write(base: Base, model: Path, target: Path, numbers: str, limit: int) -> None:
        written(base, model, target, numbers, limit)
        shutil.copyfile(base.folder / "model.safetensors", target / "model.safetensors")

    monkeypatch.setattr(writer, "write_merged", write)


def _prepared(campaign: Campaign, place: Path) -> tuple[Request, Base]:
    wish = ExportWish("merged", numbers="float32")
    (place / "scores").mkdir()
    target, scores = place / "made", place / "scores" / "items.json"
    request = _request(campaign, campaign.trial("t0001"), wish, target, scores)
    base = load_base(request.base, parse_day(request.day), campaign.card.system_turn)
    return request, base
