"""Starting a campaign's runner without making anyone wait for it."""

from __future__ import annotations

import logging
import threading

from ftassist.campaign import Campaign
from ftassist.campaign.lock import start_runner
from ftassist.errors import FtassistError
from ftassist.journal.events import Kind
from ftassist.server.open_campaign import OpenCampaign

log = logging.getLogger("ftassist.server")


def wake(opened: OpenCampaign) -> threading.Thread:
    """Starts the runner, in a thread, unless one is alive; the journal tells if that fails."""
    thread = threading.Thread(target=_start, args=(opened,), name="ftassist-wake", daemon=True)
    thread.start()
    return thread


def _start(opened: OpenCampaign) -> None:
    try:
        start_runner(opened.folder)
    except (FtassistError, OSError) as error:
        log.warning("%s: %s", opened.path, error)
        message = f"the runner did not start: {error}"[:4000]
        opened.do(lambda campaign: _tell(campaign, message))


def _tell(campaign: Campaign, message: str) -> None:
    """Says in the journal that nothing will come: as the answer to a wish where there is one."""
    if campaign.refresh().asked.seq:
        campaign.say(Kind.PROPOSAL_FAILED, {"message": message}, actor="server")
    else:
        campaign.say(Kind.NOTE, {"text": message}, actor="server")
