"""What a campaign can be begun with, and how far one that is being made has come."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ftassist.documents.start import start_document
from ftassist.server.bodies import read_body
from ftassist.server.handlers.base import FtassistHandler, KeptHandler, told
from ftassist.server.makings import Makings
from ftassist.server.own_files import own_files
from ftassist.server.task_drafts import Drafts


class DraftsHandler(FtassistHandler):
    """What all that know drafts share."""

    @property
    def drafts(self) -> Drafts:
        """The server's acts with drafts."""
        found: Drafts = self.settings["ftassist_drafts"]
        return found


class StartHandler(DraftsHandler):
    """`GET start`."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tasks, drafts of tasks, base models, agents and this machine."""
        document = await self.work(start_document, self.campaigns.root)
        self.answer({**document, "drafts": await self.work(self.drafts.left)})


class OwnTasksHandler(FtassistHandler):
    """`POST own-tasks`."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """What files of a person's would become, or the task that is made of them."""
        body = read_body(self.request.body, "OwnFiles")
        self.answer(await self.work(own_files, self.campaigns.root, body))


class TaskDraftsHandler(DraftsHandler):
    """`POST task-drafts`."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Begins to draft a task from words, to show, correct or seal it."""
        body = read_body(self.request.body, "TaskDrafting")
        self.answer(told(await self.work(self.drafts.start, body)), status=202)


class TaskDraftHandler(DraftsHandler, KeptHandler):
    """`GET task-drafts/{id}` and `DELETE task-drafts/{id}`."""

    @property
    def kept(self) -> Drafts:
        """The server's acts with drafts."""
        return self.drafts


class MakingHandler(KeptHandler):
    """`GET makings/{id}` and `DELETE makings/{id}`."""

    @property
    def kept(self) -> Makings:
        """The campaigns that are being made."""
        found: Makings = self.settings["ftassist_makings"]
        return found
