"""What a trial used is read from a folder that its own cells can write to."""

from __future__ import annotations

import json
from pathlib import Path

from ftassist.campaign import Campaign
from ftassist.campaign.usage import usage
from ftassist.trial.usage import FILE

SAMPLE = {"seconds": 2.0, "stage": "train", "cores": 1.5, "memory_mb": 300.0}


def wrote(campaign: Campaign, text: str) -> Path:
    path = campaign.folder / "trials" / "t0004" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_samples_come_as_they_were_written(demo: Campaign) -> None:
    wrote(demo, json.dumps({"every": 2, "cores": 4, "gpu": None, "samples": [SAMPLE]}))
    found = usage(demo.folder, demo.trial("t0004"))
    assert found["every"] == 2
    assert found["samples"] == [{**SAMPLE, "gpu_memory_mb": None, "gpu_share": None}]
    assert not found["running"]


def test_what_is_no_number_is_left_out(demo: Campaign) -> None:
    odd = [
        {**SAMPLE, "cores": "many"},
        {**SAMPLE, "memory_mb": -1},
        "x",
        {**SAMPLE, "stage": "<b>"},
    ]
    wrote(demo, json.dumps({"every": True, "cores": float("inf"), "samples": [*odd, SAMPLE]}))
    found = usage(demo.folder, demo.trial("t0004"))
    assert [sample["stage"] for sample in found["samples"]] == ["", "train"]
    assert found["cores"] is None


def test_a_forged_file_gives_nothing(demo: Campaign) -> None:
    for text in ("", "[]", "{", '{"samples": 7}', "[" * 100_000):
        wrote(demo, text)
        assert usage(demo.folder, demo.trial("t0004"))["samples"] == []
    path = wrote(demo, "")
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert usage(demo.folder, demo.trial("t0004"))["samples"] == []
    assert usage(demo.folder, demo.trial("t0011"))["running"]
