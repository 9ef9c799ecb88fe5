"""How well the time of trials is foretold: estimates on cards against what trials took.

    python -m benchmarks.estimates CAMPAIGN... [--json FILE]

Reads finished campaigns. The goal: within a factor of 1.5 in nine of ten trials.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ftassist.agent.time_record import WITHIN, foretold
from ftassist.campaign import Campaign
from ftassist.errors import FtassistError


def gather(folders: list[Path]) -> dict[str, Any]:
    """All estimates of some campaigns, and how many held."""
    rows: list[dict[str, Any]] = []
    for folder in folders:
        campaign = Campaign.open(folder)
        made = foretold(campaign.state.trials.values())
        rows += [{"campaign": campaign.name, **one.to_dict()} for one in made]
    held = sum(bool(row["held"]) for row in rows)
    return {"within": WITHIN, "made": len(rows), "held": held, "trials": rows}


def main() -> None:
    """Prints a line a trial and the share that held."""
    parser = argparse.ArgumentParser(description="Estimated against real seconds of trials.")
    parser.add_argument("campaigns", nargs="+", type=Path)
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args()
    try:
        found = gather(given.campaigns)
    except FtassistError as error:
        parser.error(str(error))
    for row in found["trials"]:
        mark = "held" if row["held"] else "missed"
        times = f"{row['estimate']:8.1f} s foretold {row['seconds']:8.1f} s taken"
        print(f"{row['campaign']:24} {row['trial']} {times}  x{row['factor']:.2f} {mark}")
    print(f"{found['held']} of {found['made']} within a factor of {found['within']}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
