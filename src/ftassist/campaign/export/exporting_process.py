"""A process that makes one export, for a server that must stay light.

It reads one line of JSON from its standard input and writes lines of JSON: each step, then what
was kept or why nothing was. It cleans up and ends when it is told to (SIGTERM), and at once, with
all it started, when that input ends.

    {"campaign": "/home/ada/campaigns/sums-1", "trial": "t0004", "form": "merged",
     "wish": {"numbers": "float32"}, "actor": "person:ada"}
    {"doing": "scoring 320 items"}
    {"made": {"path": ..., "sentences": [...], "difference": ..., ...}}   or
    {"error": {"error": "FtassistError", "what": "...", "where": "...", "fix": "..."}}
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from ftassist.campaign.campaign import Campaign
from ftassist.campaign.creating_process import serve
from ftassist.campaign.export.exporting import export
from ftassist.campaign.export.recipe_out import export_recipe, recipe_form
from ftassist.campaign.export.wish import ExportWish
from ftassist.dojo.artefacts.request import Form

MODULE = "ftassist.campaign.export.exporting_process"


def main() -> None:
    """Makes the export that is asked for."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was begun is cleared away
    serve(made)


def made(asked: Mapping[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
    """The export that was asked for: where it is, and how it compares with its trial.

    Raises:
        FtassistError: It cannot be made, or does not behave as its trial was scored.
    """
    campaign = Campaign.open(Path(asked["campaign"]))
    if recipe := recipe_form(asked["form"]):
        tell("writing the training")
        folder = export_recipe(campaign, asked["trial"], recipe)
        words = f"the training of {asked['trial']}, for TRL without ftassist"
        return {"path": str(folder), "sentences": [words], "forced": False}
    wish = ExportWish(cast("Form", asked["form"]), **asked["wish"])
    kept = export(campaign, asked["trial"], wish, tell, actor=asked["actor"])
    return {**kept.to_dict(), "sentences": kept.sentences()}


if __name__ == "__main__":
    main()
