"""A JupyterLab that the tests share, campaigns in it, and tabs of Debian's chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests import conftest as handmade
from tests.server.conftest import add_details

from ftassist.campaign import Campaign, commands
from ftassist.documents.snapshot import take
from ftassist.ui.proposal_view import proposal_bundle

from . import evidence
from .lab import Lab
from .notebook import write_notebook
from .tab import Tab

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Names are not looked up: a request that would leave the machine fails, and is counted.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip

TabMaker = Callable[..., Tab]
TABS = pytest.StashKey[list[Tab]]()
SHARED = pytest.StashKey[Lab]()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds to a failed test's report what is needed to read its cause."""
    report = yield
    if report.when == "call" and report.failed and (tabs := item.stash.get(TABS, None)):
        lab = tabs[0].lab
        report.sections += evidence.keep(lab.home / "failed" / item.name, tabs, lab)
    return report


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Ends the shared server with the last test of this folder: the rest needs none."""
    lab = item.session.stash.get(SHARED, None)
    if lab and (nextitem is None or Path(__file__).parent not in nextitem.path.parents):
        lab.stop()


@contextmanager
def running_lab(home: Path, *, people: bool = False) -> Iterator[Lab]:
    """A server over an empty folder; campaigns that a test started are stopped."""
    lab = Lab(home, people=people)
    lab.start()
    yield lab
    lab.stop()
    for folder in Campaign.find(lab.root / "campaigns"):
        commands.stop(Campaign.open(folder), "the test is over")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """One server for all files whose tests start no campaign of their own."""
    with running_lab(tmp_path_factory.mktemp("lab"), people=True) as lab:
        request.session.stash[SHARED] = lab
        yield lab


@pytest.fixture
def make_tab(browser: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[TabMaker]:
    """Makes tabs; those of one person share cookies. At the end each must be free of errors."""
    contexts: dict[str, BrowserContext] = {}
    tabs: list[Tab] = request.node.stash.setdefault(TABS, [])

    def make(person: str = "ada", **options: Any) -> Tab:
        if person not in contexts:
            size: Any = {"width": 1360, "height": 860}
            contexts[person] = browser.new_context(viewport=size, **options)
        tabs.append(Tab(contexts[person].new_page(), lab, person))
        return tabs[-1]

    yield make
    for context in contexts.values():
        context.close()
    lab.set_up()
    for tab in tabs:
        tab.check()


@pytest.fixture
def tab(make_tab: TabMaker) -> Tab:
    return make_tab()


@pytest.fixture(scope="module")
def hostile(lab: Lab, demo_original: Path) -> Iterator[Path]:
    """The campaign made by hand, whose texts hold markup and control characters."""
    folder = shutil.copytree(demo_original, lab.root / "hostile" / "mini_math")
    add_details(folder)
    yield folder
    shutil.rmtree(folder.parent)


@pytest.fixture(scope="module")
def plain(lab: Lab) -> Iterator[Path]:
    """The same campaign with harmless texts, for pictures."""
    folder = lab.root / "campaigns" / "mini_math-1"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, harmless in (("SCRIPT", "now"), ("IMAGE", ""), ("ESCAPE", "")):
            patch.setattr(handmade, name, harmless)
        handmade.write_demo(folder, patch)
    add_details(folder)
    yield folder
    shutil.rmtree(folder.parent)


@pytest.fixture
def saved(plain: Path) -> Path:
    """A notebook that was saved with the card of t0012, and has a cell below it."""
    snapshot = take(Campaign.open(plain))
    bundle = proposal_bundle(snapshot, snapshot.trial("t0012"))
    asked = nbformat.v4.new_code_cell(
        "%ftagent propose",
        execution_count=1,
        outputs=[nbformat.v4.new_output("display_data", data=dict(bundle.data))],
    )
    path = plain.parent / "card.ipynb"
    return write_notebook(path, [asked, nbformat.v4.new_code_cell("print('below')")])
