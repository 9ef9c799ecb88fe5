"""What can be asked of a campaign beside decisions: proposals, pauses, repeats, exports, ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign import Campaign, commands
from ftassist.journal.events import Event
from ftassist.server.bodies import BodyError, read_body
from ftassist.server.handlers.base import FtassistHandler
from ftassist.server.waking import wake

Body = Mapping[str, Any]
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


def act(campaign: Campaign, body: Body, actor: str) -> int:
    """Does what a checked body asks for; returns the journal's last sequence number."""
    kind = body["action"]
    if kind in _ON_TRIALS:
        if "trial" not in body:
            raise BodyError(f"{kind} needs a trial", where="trial", fix="name one, like t0003")
        return _ON_TRIALS[kind](campaign, body["trial"], body, actor).seq
    if kind in _ON_CAMPAIGN:
        return _ON_CAMPAIGN[kind](campaign, body, actor).seq
    return campaign.refresh().seq  # start_runner: nothing to write


_ON_CAMPAIGN: Mapping[str, Callable[[Campaign, Body, str], Event]] = {
    "propose": lambda c, body, actor: commands.ask_proposal(
        c, body.get("trial"), words=body.get("wish", ""), actor=actor
    ),
    "cancel": lambda c, _, actor: commands.cancel_proposal(c, actor=actor),
    "pause": lambda c, body, actor: commands.pause(c, body.get("reason", ""), actor=actor),
    "resume": lambda c, _, actor: commands.resume(c, actor=actor),
    "stop_campaign": lambda c, body, actor: commands.stop(c, body.get("reason", ""), actor=actor),
    "allow_unisolated": lambda c, body, actor: commands.allow_unisolated(
        c, body.get("reason", ""), actor=actor
    ),
    "set_review": lambda c, body, actor: commands.set_review(
        c, body.get("review", ""), actor=actor
    ),
    "set_budget": lambda c, body, actor: commands.set_budget(
        c, body.get("budget", {}), actor=actor
    ),
}
_ON_TRIALS: Mapping[str, Callable[[Campaign, str, Body, str], Event]] = {
    "alternatives": lambda c, trial, body, actor: commands.ask_alternatives(
        c,
        trial,
        body.get("count", commands.MOST_ALTERNATIVES),
        words=body.get("wish", ""),
        actor=actor,
    ),
    "branch": lambda c, trial, _, actor: commands.ask_branch(c, trial, actor=actor),
    "stop_trial": lambda c, trial, body, actor: commands.ask_stop(
        c, trial, body.get("reason", ""), actor=actor
    ),
    "replicate": lambda c, trial, body, actor: commands.ask_replicates(
        c, trial, body.get("seeds", 1), actor=actor
    ),
    "promote": lambda c, trial, body, actor: commands.promote(
        c, trial, whole=body.get("whole", False), actor=actor
    ),
    "export_model": lambda c, trial, _, actor: commands.ask_export(c, trial, actor=actor),
    "note": lambda c, trial, body, actor: commands.note(
        c, trial, body.get("text", ""), kind=body.get("kind", "prompt"), actor=actor
    ),
    "remove_note": lambda c, trial, body, actor: commands.remove_note(
        c, trial, body.get("note", 0), actor=actor
    ),
    "tag": lambda c, trial, body, actor: commands.tag(c, trial, body.get("tag", ""), actor=actor),
    "untag": lambda c, trial, body, actor: commands.untag(
        c, trial, body.get("tag", ""), actor=actor
    ),
    "pin": lambda c, trial, _, actor: commands.pin(c, trial, actor=actor),
    "unpin": lambda c, trial, _, actor: commands.unpin(c, trial, actor=actor),
}
