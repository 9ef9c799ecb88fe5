"""A process that opens a sealed test split once, for a server that must stay light.

    python -m ftassist.ui.opening_process

It reads one line of JSON from its standard input and writes lines of JSON: each step, then what
the test said or why it did not. It ends, with all it started, when that input ends. An opening
that is cut short stays on record; asked for again it is gone on with.

    {"campaign": "/home/ada/campaigns/sums-1", "trial": "t0004", "again": false,
     "actor": "person:ada"}
    {"doing": "scoring t0004 on the test split"}
    {"made": {"sentence": "on the sealed test split, t0004 is better than the base model ..."}}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftassist.campaign import Campaign
from ftassist.campaign.creating_process import Tell, serve
from ftassist.campaign.final import open_test
from ftassist.documents.summary import test_sentence


def main() -> None:
    """Opens the test split that is asked for."""
    serve(_opened)


def _opened(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """What the test says of the trial that was asked for."""
    campaign, trial = Campaign.open(Path(asked["campaign"])), asked["trial"]
    found = open_test(
        campaign, trial, again=asked["again"], actor=asked["actor"], on_progress=tell
    )
    return {"sentence": test_sentence(trial, found)}


if __name__ == "__main__":
    main()
