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

import json
import sys
import threading
from pathlib import Path

from ftassist.campaign import Campaign
from ftassist.campaign.creating_process import end_with_parent, only_ours, say
from ftassist.campaign.final import open_test
from ftassist.documents.summary import test_sentence
from ftassist.errors import FtassistError


def main() -> None:
    """Reads what is wanted, does it, and says what became of it."""
    out = only_ours()
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        found = open_test(
            Campaign.open(Path(asked["campaign"])),
            asked["trial"],
            again=asked["again"],
            actor=asked["actor"],
            on_progress=lambda line: say(out, {"doing": line}),
        )
    except FtassistError as error:
        say(out, {"error": error.to_dict()})
    else:
        say(out, {"made": {"sentence": test_sentence(asked["trial"], found)}})


if __name__ == "__main__":
    main()
