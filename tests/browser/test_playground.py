"""Models are asked by hand on a trial's page, from a wrong answer on, by mouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ftassist.models.reference import tiny_path

from .tab import Tab
from .test_record import pictures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def with_models(plain: Path) -> Iterator[Path]:
    """The campaign, whose trials t0002 and t0004 have the tiny model in the place of theirs."""
    folders = [plain / "trials" / trial / "model" for trial in ("t0002", "t0004")]
    for folder in folders:
        shutil.copytree(tiny_path(), folder)
    yield plain
    for folder in folders:
        shutil.rmtree(folder)


def test_a_wrong_answer_is_asked_again_of_three_models_and_its_prompt_is_kept(
    tab: Tab, with_models: Path
) -> None:
    tab.open()
    tab.show_explorer(with_models)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-Page")
    page.get_by_role("tab", name="Wrong answers").click()
    page.get_by_role("button", name="Ask this by hand").first.click()
    expect(page.get_by_role("tab", name="Playground")).to_have_attribute("aria-selected", "true")
    prompt = page.get_by_label("Prompt", exact=True)
    asked = prompt.input_value()
    assert "How many are left?" in asked
    page.get_by_label("most tokens").fill("24")
    page.get_by_role("button", name="Ask", exact=True).click()
    answers = page.get_by_role("list", name="Answers").get_by_role("listitem")
    expect(answers).to_have_count(3, timeout=60_000)
    expect(answers.nth(0)).to_contain_text("the base")
    expect(answers.nth(2)).to_contain_text("this trial")
    for at in range(3):
        expect(answers.nth(at)).to_contain_text("tokens in", timeout=120_000)
    page.get_by_text("The prompt as the models get it").click()
    expect(page.locator(".jp-ft-Playground-rendered pre")).to_contain_text(asked)
    page.get_by_role("button", name="Keep prompt").click()
    expect(page.get_by_role("region", name="Kept prompts")).to_contain_text(asked)
    assert tab.violations(".jp-ft-Page") == []
    pictures(tab, "playground", page)


def test_what_is_asked_can_be_cancelled(tab: Tab, with_models: Path) -> None:
    tab.open()
    tab.show_explorer(with_models)
    tab.row("t0004").dblclick()
    page = tab.page.locator(".jp-ft-Page")
    page.get_by_role("tab", name="Playground").click()
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("Tell me a very long story.")
    page.get_by_label("most tokens").fill("4")
    prompt.press("Control+Enter")
    answers = page.get_by_role("list", name="Answers").get_by_role("listitem")
    expect(answers.nth(2)).to_contain_text("tokens in", timeout=120_000)
    ask = page.get_by_role("button", name="Ask", exact=True)
    expect(ask).to_be_enabled()

    process = tab.lab.child("ftassist.dojo.playground")
    process.suspend()  # else a model so small may be done before the button is reached
    try:
        prompt.press("Control+Enter")
        page.get_by_role("button", name="Cancel").click()
        expect(ask).to_be_enabled(timeout=30_000)
        expect(page.get_by_role("alert")).to_have_count(0)
    finally:
        process.resume()
    prompt.press("Control+Enter")
    expect(answers.nth(2)).to_contain_text("tokens in", timeout=120_000)
