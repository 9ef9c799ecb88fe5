"""Damage is noticed, whatever file it is in, and named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ftassist.campaign import Budget, Campaign
from ftassist.campaign.verify import verify
from ftassist.files import hash_file, write_json
from ftassist.journal import Kind

FILES = {
    "trials/t0001/trial.ipynb": b'{"cells": []}',
    "trials/t0001/data/train.jsonl": b'{"messages": []}\n',
    "trials/t0001/model/model.safetensors": bytes(1000),
    "trials/t0001/metrics.jsonl": b'{"step": 1}\n',
}
SCORES = "scores/t0001.validation.json"
CACHED = "cache/aa/files/data/train.jsonl"


@pytest.fixture
def sound(tmp_path: Path) -> Campaign:
    """A campaign with one scored trial and one cached stage."""
    from ftassist.dojo.evaluator.scoring import evaluator_digest

    campaign = Campaign.create(tmp_path / "c", task="mini_math", budget=Budget(trials=1))
    for name, content in {**FILES, SCORES: b"{}", CACHED: b"rows"}.items():
        path = campaign.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    manifest = {"files": {"data/train.jsonl": hash_file(campaign.folder / CACHED)}}
    write_json(campaign.folder / "cache" / "aa" / "manifest.json", manifest)
    feedback = {
        "score": 0.5,
        "scores_digest": hash_file(campaign.folder / SCORES),
        "evaluator_digest": evaluator_digest(campaign.task),
    }
    files = {n.removeprefix("trials/t0001/"): hash_file(campaign.folder / n) for n in FILES}
    campaign.say(Kind.PROPOSAL_MADE, {"parent": "t0000", "cells": {}}, trial="t0001")
    campaign.say(Kind.TRIAL_STARTED, {}, trial="t0001")
    campaign.say(Kind.TRIAL_SCORED, {"feedback": feedback}, trial="t0001")
    campaign.say(Kind.TRIAL_COMPLETED, {"files": files}, trial="t0001")
    return campaign


def test_a_sound_campaign_has_no_findings(sound: Campaign) -> None:
    findings, compared = verify(sound)
    assert findings == []
    assert compared == 1 + len(FILES) + 2


@pytest.mark.parametrize("name", [*FILES, SCORES, CACHED])
def test_one_flipped_bit_is_noticed_and_its_file_named(sound: Campaign, name: str) -> None:
    path = sound.folder / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    (finding,) = verify(sound)[0]
    assert finding.path == name
    assert "bytes changed" in finding.what


def test_a_missing_file_is_noticed_unless_it_was_removed_to_free_space(sound: Campaign) -> None:
    (sound.folder / "trials/t0001/model/model.safetensors").unlink()
    (finding,) = verify(sound)[0]
    assert finding.what == "is missing"
    sound.say(Kind.MODELS_REMOVED, {"trials": {"t0001": 1000}, "bytes": 1000})
    assert verify(sound)[0] == []


def test_a_changed_event_is_noticed_by_the_chain(sound: Campaign) -> None:
    sound.journal.close()
    with sqlite3.connect(sound.folder / "journal.db") as database:
        database.execute("DROP TRIGGER no_update")
        database.execute("UPDATE events SET actor = 'someone' WHERE seq = 3")
    findings, _ = verify(Campaign.open(sound.folder))
    assert findings[0].path == "journal.db"
    assert "event 3" in findings[0].what


def test_changed_evaluation_data_are_noticed(sound: Campaign) -> None:
    feedback = {"score": 0.5, "evaluator_digest": "another"}
    sound.say(Kind.TRIAL_SCORED, {"feedback": feedback}, trial="t0001")
    (finding,) = verify(sound)[0]
    assert finding.path == "task mini_math"
