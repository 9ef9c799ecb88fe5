"""A browser tab that keeps count of what must not happen: errors, and requests to elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, expect

from ftassist.server.paths import campaign_id

from .lab import Lab

#: A busy machine is slow; nothing here is a claim about speed.
PATIENCE = 90_000
#: A key that is pressed while Notebook 7 still arranges its panels showed nothing, once.
PRESSES = 3
HERE = ("127.0.0.1", "")
#: Notebook 7 may read the settings of shortcuts before they are there (jupyter/notebook#7862), and
#: draw its execution indicator for a notebook that is closed by then.
OF_NOTEBOOK = ("(reading 'schema')", "(reading 'updateRenderOption')")
#: JupyterLab's splash, shown a second time while the first one fades: both take it away.
OF_SPLASH = re.compile(r"NotFoundError: .*'removeChild'.*\n +at [^\n]*/jlab_core\.[^\n]*\Z")
expect.set_options(timeout=PATIENCE)


def picture(name: str, of: Page | Locator) -> None:
    """Writes a picture for the documentation where FTASSIST_SCREENSHOTS names a folder."""
    folder = os.environ.get("FTASSIST_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        of.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")


@dataclass
class Tab:
    """A page of JupyterLab."""

    page: Page
    lab: Lab
    person: str = "ada"
    #: Part of an address whose refusals a test provokes on purpose.
    expected: tuple[str, ...] = ()
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    #: All that was said on the console.
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._uncaught)
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))
        self._away = False

    def open(self, path: str = "lab", kept: bool = False) -> None:
        """Opens JupyterLab, with an empty layout or the one that was kept, until it is drawn.

        A layout that was kept needs no document in the path: JupyterLab would bring it to the
        front some time after the layout is restored, before whatever was opened meanwhile.
        """
        self.page.goto(self.lab.url(path, self.person) + ("" if kept else "&reset"))
        # Of two tabs one moves to a workspace of its own, which loads the page once more.
        self.page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        if path == "lab" and not kept:  # it takes the focus when it comes, some time later
            self.page.locator(".jp-LauncherCard").first.wait_for()

    def row(self, trial: str) -> Locator:
        """The row of a trial in the tree of the side bar."""
        return self.page.locator(f'[role=treeitem][data-trial="{trial}"]')

    def show_explorer(self, campaign: Path) -> Locator:
        """The side panel, opened by its key, with a campaign chosen."""
        explorer = self.page.locator("#ftassist-explorer")
        for _ in range(PRESSES):
            self.page.keyboard.press("Alt+Shift+T")
            with suppress(AssertionError):
                expect(explorer).to_be_visible(timeout=PATIENCE / PRESSES)
                break
        expect(explorer).to_be_visible()
        explorer.get_by_role("combobox", name="Campaign").select_option(
            campaign_id(self.lab.root.resolve(), campaign.resolve())
        )
        return explorer

    def theme(self, name: str) -> None:
        """Changes the theme, by name, such as "JupyterLab Dark"."""
        change = (
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
        )
        self.page.evaluate(change, name)
        self.page.locator(f'body[data-jp-theme-name="{name}"]').wait_for(state="attached")

    def widen_side_bar(self) -> None:
        """Drags the side bar's edge to the right."""
        handle = self.page.locator("#jp-main-split-panel > .lm-SplitPanel-handle:visible").first
        box = handle.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + 2, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 222, middle, steps=4)
        self.page.mouse.up()

    @contextmanager
    def server_away(self) -> Iterator[None]:
        """While the server is away, failed requests are no errors."""
        self._away = True
        yield
        self._away = False

    def violations(self, selector: str) -> list[str]:
        """What axe-core finds of serious or critical weight inside an element."""
        found = Axe().run(self.page, context=selector, options={"resultTypes": ["violations"]})
        return [
            f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
            for rule in found.response["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    @property
    def pictured(self) -> bool:
        """Whether pictures are asked for."""
        return bool(os.environ.get("FTASSIST_SCREENSHOTS"))

    def picture(self, name: str, of: Locator | None = None) -> None:
        """Writes a picture of the page, or of a part of it, where pictures are asked for."""
        picture(name, of if of is not None else self.page)

    def check(self) -> None:
        """Fails on anything that must not have happened."""
        assert not self.elsewhere, "requests to elsewhere:\n" + "\n".join(self.elsewhere)
        assert not self.errors, "errors in the browser's console:\n" + "\n".join(self.errors)

    def _heard(self, message: ConsoleMessage) -> None:
        where = str(message.location.get("url", ""))
        self.heard.append(f"{message.type}: {message.text} ({where})")
        known = any(part in where for part in self.expected)
        # JupyterLab's own words in a tab that joins a kernel which has comms from before.
        known = known or message.text.startswith("Comm not found for comm id")
        known = known or self._of_notebook(message.text)
        if message.type == "error" and not known and not self._away:
            self.errors.append(f"{message.text} ({where})")

    def _uncaught(self, error: Error) -> None:
        self.heard.append(f"uncaught: {error.stack}")
        if not self._of_notebook(str(error)) and not OF_SPLASH.match(error.stack or ""):
            self.errors.append(f"uncaught: {error.stack}")

    def _of_notebook(self, text: str) -> bool:
        """Whether an error is one of Notebook 7's own: ftassist has no part in them."""
        path = urlsplit(self.page.url).path
        there = "/notebooks/" in path or path.endswith("/tree")
        return there and any(error in text for error in OF_NOTEBOOK)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.elsewhere.append(url)
