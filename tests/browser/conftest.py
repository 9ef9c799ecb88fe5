"""A JupyterLab of its own for each file of tests, and tabs of Debian's chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests import conftest as handmade
from tests.server.conftest import add_details

from ftassist.campaign import Campaign

from .lab import Lab
from .tab import Tab, new_tab

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Names are not looked up: a request that would leave the machine fails, and is counted.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip

TabMaker = Callable[[], Tab]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser a file: Playwright's event loop must not outlive the tests that need it."""
    path = os.environ.get("FTASSIST_CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        reason = f"no browser at {path}: run tools/chromium, or name one by FTASSIST_CHROMIUM"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server over an empty folder; campaigns that a test started are stopped."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.start()
    yield lab
    lab.stop()
    for folder in Campaign.find(lab.root / "campaigns"):
        Campaign.open(folder).stop("the test is over")


@pytest.fixture
def make_tab(browser: Browser, lab: Lab) -> Iterator[TabMaker]:
    """Makes tabs of one person; at the end each must be free of errors."""
    context = browser.new_context(viewport={"width": 1360, "height": 860})
    tabs: list[Tab] = []

    def make() -> Tab:
        tabs.append(new_tab(context, lab))
        return tabs[-1]

    yield make
    context.close()
    for tab in tabs:
        tab.check()


@pytest.fixture
def tab(make_tab: TabMaker) -> Tab:
    return make_tab()


@pytest.fixture(scope="module")
def hostile(lab: Lab, demo_original: Path) -> Path:
    """The campaign made by hand, whose texts hold markup and control characters."""
    folder = shutil.copytree(demo_original, lab.root / "hostile" / "mini_math")
    add_details(folder)
    return folder


@pytest.fixture(scope="module")
def plain(lab: Lab) -> Path:
    """The same campaign with harmless texts, for pictures."""
    folder = lab.root / "campaigns" / "mini_math-1"
    folder.parent.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, harmless in (("SCRIPT", "now"), ("IMAGE", ""), ("ESCAPE", "")):
            patch.setattr(handmade, name, harmless)
        handmade.write_demo(folder, patch)
    add_details(folder)
    return folder
