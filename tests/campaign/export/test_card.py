"""The model card of an export says what it is made of and what is known of it, as text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from ftassist.campaign import Campaign
from ftassist.campaign.export import card, results
from ftassist.campaign.export.difference import ExportDifference
from ftassist.campaign.export.licences import licence_of
from ftassist.campaign.export.wish import Export
from ftassist.dojo.artefacts.request import Made
from ftassist.dojo.task import Source
from ftassist.journal.events import Kind

pytestmark = pytest.mark.slow


@pytest.fixture
def kept(campaign: Campaign) -> Export:
    """An export as it would be kept, without having made one."""
    feedback = campaign.trial("t0001").feedback.to_dict()
    difference = ExportDifference(0.9, 0.88, -0.02, -0.06, 0.01, 24, "exact", 0.05, 0.75)
    made = Made(feedback, (), 12, "transformers 5")
    return Export(campaign.folder / "exports" / "t0001-merged", made, difference, False)


def written(campaign: Campaign, kept: Export, place: Path) -> tuple[dict[str, object], str]:
    """The head of a card, and its text."""
    card.write(campaign, campaign.trial("t0001"), "merged", kept, place)
    _, head, text = (place / "README.md").read_text().split("---\n", 2)
    return yaml.safe_load(head), text


def test_a_card_has_scores_data_recipe_and_limits(
    campaign: Campaign, kept: Export, tmp_path: Path
) -> None:
    head, text = written(campaign, kept, tmp_path)
    trial = campaign.trial("t0001").feedback
    assert (head["license"], head["library_name"]) == ("unknown", "transformers")
    assert f"| t0001 | {trial.score:.4g} | {trial.low:.4g} to {trial.high:.4g} |" in text
    assert "difference -0.02 \\[-0.06, +0.01\\] on the same 24 items" in text
    assert "| sums | 24 | CC0-1.0 | made for a test |" in text
    assert "24 rows, none leaks" in text
    assert "train.sft(model" in text
    assert "never opened" in text
    assert "from_pretrained" in text


def test_texts_of_agents_are_no_markup_in_a_card(
    campaign: Campaign, kept: Export, tmp_path: Path
) -> None:
    _, text = written(campaign, kept, tmp_path)
    assert "Sums by heart &lt;b&gt;now&lt;/b&gt;." in text
    assert "<b>" not in text


def test_source_cannot_close_its_fence() -> None:
    assert card._fenced("x = '''\n```\n<b>'''\n").startswith("````python\n")


def test_a_card_says_what_the_sealed_test_found(
    campaign: Campaign, kept: Export, tmp_path: Path
) -> None:
    score = {"score": 0.5, "low": 0.3, "high": 0.7, "n": 24}
    campaign.say(Kind.TEST_OPENED, {"reason": "the end"}, trial="t0001")
    campaign.say(Kind.TEST_SCORED, {"scores": {"t0001": score}, "verdict": {}}, trial="t0001")
    campaign.refresh()
    _, text = written(campaign, kept, tmp_path)
    assert "opened 1 time(s). t0001: 0.5 [0.3, 0.7] on 24 items." in text


def test_results_are_in_the_hubs_format_where_the_records_are_on_the_hub(
    campaign: Campaign, kept: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import parse_eval_result_entries

    results.write(campaign, campaign.trial("t0001"), kept, tmp_path)
    assert not (tmp_path / ".eval_results").exists()
    data = Source("org/sums", "a" * 40, (), "CC0-1.0")
    object.__setattr__(campaign.card, "data", data)
    results.write(campaign, campaign.trial("t0001"), kept, tmp_path)
    (path,) = (tmp_path / ".eval_results").iterdir()
    (entry,) = parse_eval_result_entries(yaml.safe_load(path.read_text()))
    assert (entry.dataset_id, entry.task_id, entry.value) == ("org/sums", "sums_accuracy", 0.88)
    assert entry.dataset_revision == "a" * 40
    assert "[-0.06, +0.01]" in str(entry.notes)


@pytest.mark.parametrize(
    ("text", "known", "terms"),
    [
        ("Apache-2.0", "apache-2.0", False),
        ("Gemma terms of use", "other", True),
        ("", "unknown", True),
    ],
)
def test_a_licence_is_named_in_the_hubs_words(text: str, known: str, terms: bool) -> None:
    licence = licence_of(text)
    assert (licence.id, bool(licence.terms)) == (known, terms)


def test_a_set_that_is_gone_has_an_unknown_licence(
    campaign: Campaign, kept: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(campaign.task.folder, tmp_path / "sums")
    shutil.rmtree(copy / "repository" / "sums")
    monkeypatch.setattr(type(campaign.task), "repository_folder", copy / "repository")
    _, text = written(campaign, kept, tmp_path)
    assert "| sums | 24 | unknown |" in text
