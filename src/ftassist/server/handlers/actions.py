"""What can be asked of a campaign beside decisions: proposals, pauses, repeats, exports, ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.campaign import Budget, Campaign, consent, requests
from ftassist.campaign.review import parse_review
from ftassist.journal.events import Event, Kind
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
    """Writes what a checked body asks for; returns the journal's last sequence number."""
    kind = body["action"]
    if kind in _ON_TRIALS:
        if "trial" not in body:
            raise BodyError(f"{kind} needs a trial", where="trial", fix="name one, like t0003")
        return _ON_TRIALS[kind](campaign, body["trial"], body, actor).seq
    return _on_campaign(campaign, kind, body, actor)


def _on_campaign(campaign: Campaign, kind: str, body: Body, actor: str) -> int:
    reason = {"reason": body.get("reason", "")}
    if kind == "propose":
        return requests.ask_proposal(campaign, body.get("trial"), actor=actor).seq
    if kind == "cancel":
        return campaign.say(Kind.PROPOSAL_CANCELLED, actor=actor).seq
    if kind == "pause":
        return campaign.say(Kind.CAMPAIGN_PAUSED, reason, actor=actor).seq
    if kind == "resume":
        return campaign.say(Kind.CAMPAIGN_RESUMED, actor=actor).seq
    if kind == "stop_campaign":
        asked = {"reason": reason["reason"] or "asked for"}
        return campaign.say(Kind.CAMPAIGN_STOPPED, asked, actor=actor).seq
    if kind == "allow_unisolated":
        return consent.give(campaign, body.get("reason", ""), actor=actor).seq
    if kind == "set_review":
        mode = {"review": str(parse_review(body.get("review", "")))}
        return campaign.say(Kind.REVIEW_CHANGED, mode, actor=actor).seq
    if kind == "set_budget":
        budget = Budget.of({**campaign.refresh().budget, **body.get("budget", {})})
        return campaign.say(Kind.BUDGET_CHANGED, {"budget": budget.to_dict()}, actor=actor).seq
    return campaign.refresh().seq  # start_runner: nothing to write


def _stop(campaign: Campaign, trial: str, body: Body, actor: str) -> Event:
    return requests.ask_stop(campaign, trial, body.get("reason", ""), actor=actor)


def _alternatives(campaign: Campaign, trial: str, body: Body, actor: str) -> Event:
    count = body.get("count", requests.MOST_ALTERNATIVES)
    return requests.ask_alternatives(campaign, trial, count, actor=actor)


_ON_TRIALS: Mapping[str, Callable[[Campaign, str, Body, str], Event]] = {
    "alternatives": _alternatives,
    "branch": lambda c, trial, _, actor: requests.ask_branch(c, trial, actor=actor),
    "stop_trial": _stop,
    "replicate": lambda c, trial, body, actor: requests.ask_replicates(
        c, trial, body.get("seeds", 1), actor=actor
    ),
    "export_model": lambda c, trial, _, actor: requests.ask_export(c, trial, actor=actor),
    "pin": lambda c, trial, _, actor: requests.pin(c, trial, actor=actor),
    "unpin": lambda c, trial, _, actor: requests.unpin(c, trial, actor=actor),
}
