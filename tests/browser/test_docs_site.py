"""The documentation as a site: it builds, asks nobody, and works from a folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docsite.reading import ROOT
from playwright.sync_api import Browser, Page

PAGES = ("index", "start", "tutorials/02_what_the_model_sees", "reference/commands", "search")
LOADS = re.compile(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    pytest.importorskip("mkdocs", reason="no mkdocs: pip install 'ftassist[docs]'")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    assert not [(page.name, found) for page in pages for found in LOADS.findall(page.read_text())]
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text())


def test_a_prediction_is_not_given_away_by_a_tutorial(site: Path) -> None:
    page = (site / "tutorials" / "02_what_the_model_sees.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<details class="quote">', page)) >= 4
    assert '<details class="quote" open' not in page


def test_the_file_for_programs_names_pages_that_are_there(site: Path) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[[^\]]+\]\((\S+)\): \S", text, re.MULTILINE)
    assert len(listed) > 30
    assert not [page for page in listed if not (site / page).is_file()]


def test_it_works_from_a_folder_without_an_error_and_finds_words(
    browser: Browser, site: Path
) -> None:
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # A page that is left while its icon loads breaks that off; nothing is missing then.
    page.on(
        "requestfailed",
        lambda a: wrong.append(a.url) if a.failure != "net::ERR_ABORTED" else None,
    )
    page.on("request", lambda a: wrong.append(a.url) if a.url.startswith("http") else None)
    for name in PAGES:
        page.goto(f"{site.as_uri()}/{name}.html")
        assert page.locator("h1").first.is_visible()
    assert hits(page, "wilson") >= 2
    assert wrong == []


def hits(page: Page, word: str) -> int:
    """Types a word into the search, and says how many pages have it."""
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type(word)
    said = page.locator(".md-search-result__meta", has_text="matching")
    said.wait_for(timeout=20_000)
    return int(re.sub(r"\D", "", said.inner_text()))
