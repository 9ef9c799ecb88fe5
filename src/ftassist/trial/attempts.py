"""What the watch in a kernel noted, as the worker tells it: refusals of the trial.

Text from a kernel is untrusted: it is cut, and can say no more than what was tried and where.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ftassist.trial.failures import FailureClass
from ftassist.trial.kernel_watch import FILE

MOST = 20
_LONGEST = 200_000


def read_attempts(private: Path, stage: str) -> list[dict[str, Any]]:
    """The payloads of `attempt.seen` events, at most `MOST`; none where nothing was noted.

    Args:
        private: The kernel's own folder.
        stage: The stage that ran last.
    """
    try:
        text = (private / FILE).read_bytes()[:_LONGEST].decode(errors="replace")
    except OSError:
        return []
    attempts: list[dict[str, Any]] = []
    for line in text.splitlines()[:MOST]:
        try:
            raw = json.loads(line)
            what, where = str(raw["what"])[:200], str(raw["where"])[:300]
        except (ValueError, KeyError, TypeError):
            continue  # cut off, or written by a cell
        payload = {"class": FailureClass.INVALID, "what": f"a cell {what}", "where": where}
        attempts.append({**payload, "stage": stage})
    return attempts
