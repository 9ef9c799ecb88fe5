"""`python -m ftassist.campaign.trackers FOLDER TRACKER`: brings a tracker up to date, once."""

from __future__ import annotations

import sys
from pathlib import Path

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.trackers.mirror import mirror


def main() -> None:
    """Mirrors the campaign; what goes wrong ends it with a status and a line on stderr."""
    campaign = Campaign.open(Path(sys.argv[1]))
    try:
        mirror(campaign, sys.argv[2])
    except Exception as error:  # noqa: BLE001 - a tracker may raise anything
        said = (str(error).splitlines() or [""])[0]
        sys.exit(f"{type(error).__name__}: {said}"[:500])


if __name__ == "__main__":
    main()
