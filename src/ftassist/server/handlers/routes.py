"""The routes of the extension, below the server's base URL."""

from __future__ import annotations

from ftassist.server.handlers.actions import ActionsHandler
from ftassist.server.handlers.base import FtassistHandler
from ftassist.server.handlers.campaigns import (
    CampaignHandler,
    CampaignsHandler,
    KnobsHandler,
    PlanHandler,
    ReportHandler,
    ThinkingHandler,
    WhatIfHandler,
)
from ftassist.server.handlers.decisions import DecisionsHandler
from ftassist.server.handlers.exports import ExportHandler
from ftassist.server.handlers.mcp import McpHandler
from ftassist.server.handlers.openings import OpeningHandler
from ftassist.server.handlers.playground import PlaygroundHandler
from ftassist.server.handlers.start import (
    MakingHandler,
    OwnTasksHandler,
    StartHandler,
    TaskDraftHandler,
    TaskDraftsHandler,
)
from ftassist.server.handlers.trials import (
    CardHandler,
    CompareHandler,
    LogHandler,
    MetricsHandler,
    OutputHandler,
    RowsHandler,
    TokensHandler,
    TrialHandler,
    UsageHandler,
)

_CAMPAIGN = r"/ftassist/campaigns/(?P<name>[A-Za-z0-9_-]{1,1400})"
_MAKING = r"/ftassist/makings/(?P<making>[0-9a-f]{32})"
_DRAFTING = r"/ftassist/task-drafts/(?P<drafting>[0-9a-f]{32})"
_TRIAL = _CAMPAIGN + r"/trials/(?P<trial>t[0-9]{4,9})"


def routes() -> list[tuple[str, type[FtassistHandler]]]:
    """Patterns and their handlers."""
    return [
        (r"/ftassist/start", StartHandler),
        (r"/ftassist/own-tasks", OwnTasksHandler),
        (r"/ftassist/task-drafts", TaskDraftsHandler),
        (_DRAFTING, TaskDraftHandler),
        (_MAKING, MakingHandler),
        (r"/ftassist/campaigns/?", CampaignsHandler),
        (_CAMPAIGN, CampaignHandler),
        (_CAMPAIGN + "/decisions", DecisionsHandler),
        (_CAMPAIGN + "/actions", ActionsHandler),
        (_CAMPAIGN + "/compare", CompareHandler),
        (_CAMPAIGN + "/thinking", ThinkingHandler),
        (_CAMPAIGN + "/what-if", WhatIfHandler),
        (_CAMPAIGN + "/knobs", KnobsHandler),
        (_CAMPAIGN + "/plan", PlanHandler),
        (_CAMPAIGN + "/report", ReportHandler),
        (_CAMPAIGN + "/test", OpeningHandler),
        (_CAMPAIGN + "/mcp", McpHandler),
        (_TRIAL, TrialHandler),
        (_TRIAL + "/card", CardHandler),
        (_TRIAL + "/output", OutputHandler),
        (_TRIAL + "/metrics", MetricsHandler),
        (_TRIAL + "/log", LogHandler),
        (_TRIAL + "/usage", UsageHandler),
        (_TRIAL + "/rows", RowsHandler),
        (_TRIAL + "/rows/tokens", TokensHandler),
        (_TRIAL + "/playground", PlaygroundHandler),
        (_TRIAL + "/export", ExportHandler),
    ]
