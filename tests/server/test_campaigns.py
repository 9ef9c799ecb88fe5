"""The campaigns of a server, apart from HTTP."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from ftassist.journal import Journal
from ftassist.server.campaigns import Campaigns
from ftassist.server.paths import campaign_id


def test_a_campaign_that_is_just_being_made_is_waited_for(
    demo_original: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "campaigns" / "new"
    folder.mkdir(parents=True)
    Journal(folder / "journal.db", create=True).close()
    whole = shutil.copy(demo_original / "journal.db", tmp_path / "whole.db")
    made = threading.Timer(0.4, os.replace, (whole, folder / "journal.db"))
    made.start()
    campaigns = Campaigns(tmp_path)
    try:
        opened = campaigns.open(campaign_id(tmp_path, folder))
        assert opened.entry()["phase"] == "running"
    finally:
        made.join()
        campaigns.close()
