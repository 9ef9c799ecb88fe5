"""The report of `make demo`, as whoever gets the one file opens it: the README's picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ftassist.campaign import Campaign

from .tab import picture

pytestmark = [pytest.mark.slow, pytest.mark.night, pytest.mark.timeout(3600)]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a campaign of four trials, two fresh seeds and the sealed test, all real."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    demo = ROOT / "tools" / "demo"
    command = [str(each) for each in (demo, Path(sys.executable).parent, folder, "mini_math")]
    env = {name: value for name, value in os.environ.items() if name not in ("TRIALS", "ROWS")}
    subprocess.run(command, check=True, env=env, cwd=folder.parent)
    state = Campaign.open(folder).state
    assert state.openings and len(state.replicates(str(state.finalist))) == 2
    return folder / "report.html"


def test_the_demos_report_opens_from_its_file_and_asks_nobody(
    browser: Browser, report: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1180})
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda one: wrong.append(one.url) if one.url.startswith("http") else None)
    page.goto(report.as_uri())
    claims = page.locator(".claim")
    expect(claims.first).to_contain_text("is better than the base model")
    expect(claims.nth(1)).to_contain_text("sealed test split")
    expect(page.get_by_role("heading", name="Search tree")).to_be_in_viewport()
    picture("report", page)
    assert wrong == []
