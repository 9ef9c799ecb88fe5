"""The extension of Jupyter Server: routes, threads and the watcher, started and stopped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_server.extension.application import ExtensionApp
from traitlets import Float

from ftassist.mcp.sessions import Sessions
from ftassist.server.campaigns import SEARCH_SECONDS, Campaigns
from ftassist.server.exports import Exports
from ftassist.server.handlers.routes import routes
from ftassist.server.makings import Makings
from ftassist.server.openings import Openings
from ftassist.server.playground import IDLE_SECONDS, PlaygroundQuestions
from ftassist.server.task_drafts import Drafts
from ftassist.server.watcher import SCHEMA, Watcher

THREADS = 8


class FtassistApp(ExtensionApp):
    """Campaigns of the server's folder over REST, with hints when one has changed."""

    name = "ftassist"
    load_other_extensions = True

    watch_seconds = Float(
        0.2, help="How often journals are looked at for changes, in seconds."
    ).tag(config=True)
    search_seconds = Float(
        SEARCH_SECONDS, help="How long a search for campaigns is believed, in seconds."
    ).tag(config=True)

    playground_seconds = Float(
        IDLE_SECONDS, help="How long models asked by hand stay loaded, in seconds."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Opens nothing yet: campaigns are found and opened when they are asked for."""
        server = self.serverapp
        assert server is not None and server.event_logger is not None
        campaigns = Campaigns(Path(server.root_dir), search_seconds=self.search_seconds)
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix="ftassist")
        server.event_logger.register_event_schema(SCHEMA)
        self._watcher = Watcher(
            campaigns, executor, server.event_logger, seconds=self.watch_seconds
        )
        self.settings.update(
            ftassist_asking=PlaygroundQuestions(self.playground_seconds),
            ftassist_campaigns=campaigns,
            ftassist_drafts=Drafts(campaigns.root),
            ftassist_executor=executor,
            ftassist_exports=Exports(),
            ftassist_mcp=Sessions(),
            ftassist_openings=Openings(),
            ftassist_makings=Makings(campaigns.root, campaigns.look_again),
            ftassist_watcher=self._watcher,
        )

    def initialize_handlers(self) -> None:
        """Adds the routes."""
        self.handlers.extend(routes())

    async def stop_extension(self) -> None:
        """Ends the watcher and what is being made, and closes the journals."""
        await self._watcher.stop()
        await self.settings["ftassist_mcp"].close()
        self.settings["ftassist_makings"].close()
        self.settings["ftassist_drafts"].close()
        self.settings["ftassist_asking"].close()
        self.settings["ftassist_exports"].close()
        self.settings["ftassist_openings"].close()
        self.settings["ftassist_executor"].shutdown(wait=False, cancel_futures=True)
        self.settings["ftassist_campaigns"].close()
