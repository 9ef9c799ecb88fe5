"""What can be asked of a campaign beside decisions: proposals, pauses, repeats, exports, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign import Campaign, commands
from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler
from ftassist.server.handlers.calling import Act, call
from ftassist.server.runners import wake

WAKING = frozenset(
    {
        "propose",
        "alternatives",
        "branch",
        "resume",
        "replicate",
        "promote",
        "export_model",
        "stop_trial",
        "start_runner",
        "allow_unisolated",
    }
)


class ActionsHandler(FtassistHandler):
    """`POST campaigns/{id}/actions`."""

    @authenticated
    @authorized
    async def post(self, name: str) -> None:
        """Writes the wish to the journal and returns at once; what comes of it is told there."""
        body = read_body(self.request.body, "Action")
        actor = self.actor
        opened = await self.work(self.campaigns.open, name)
        seq = await self.work(opened.do, lambda campaign: act(campaign, body, actor))
        if body["action"] in WAKING:
            wake(opened)
        self.answer({"seq": seq})


def act(campaign: Campaign, body: Mapping[str, Any], actor: str) -> int:
    """Does what a checked body asks for; returns the journal's last sequence number."""
    kind = body["action"]
    if kind not in _ACTS:
        return campaign.refresh().seq  # start_runner: nothing to write
    if kind == "propose" and "trial" in body:
        body = {**body, "parent": body["trial"]}
    return call(_ACTS[kind], campaign, {"kind": "prompt", **body}, actor).seq


_ACTS: Mapping[str, Act] = {
    "propose": commands.ask_proposal,
    "cancel": commands.cancel_proposal,
    "alternatives": commands.ask_alternatives,
    "branch": commands.ask_branch,
    "pause": commands.pause,
    "resume": commands.resume,
    "stop_campaign": commands.stop,
    "stop_trial": commands.ask_stop,
    "set_review": commands.set_review,
    "set_budget": commands.set_budget,
    "replicate": commands.ask_replicates,
    "promote": commands.promote,
    "export_model": commands.ask_export,
    "note": commands.note,
    "remove_note": commands.remove_note,
    "tag": commands.tag,
    "untag": commands.untag,
    "pin": commands.pin,
    "unpin": commands.unpin,
    "allow_unisolated": commands.allow_unisolated,
}
