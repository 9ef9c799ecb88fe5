"""What the documentation says: links lead somewhere, examples can be read, commands exist."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipywidgets as widgets
import pytest
from docsite.reading import ROOT, Example, anchors, examples, links, pages, said
from docsite.reference.commands import Command, tree, walk
from IPython.core.inputtransformer2 import TransformerManager

from ftassist.campaign import Campaign
from ftassist.errors import FtassistError
from ftassist.ui.magics import magic_lines

HOW_TO = (
    "start.md", "jupyterlab.md", "own-tasks.md", "environment.md", "agent.md", "models.md",
    "exports.md", "trackers.md", "scoring.md", "dojo.md", "jupyter-server.md",
)  # fmt: skip
RUN_BY = {
    "environment.md": "campaign/test_environment.py",
    "exports.md": "docsite/test_reading.py",
    "jupyter-server.md": "docsite/test_reading.py",
    "own-tasks.md": "dojo/test_own_task.py",
    "recipes.md": "agent/test_reference.py",
}
"""Which test runs the examples in Python of a page."""
OURS = ("ftassist", "benchmarks", "taskgen", "pretraining", "docsite")
COMMANDS = dict(walk(tree()))
GROUPS = {words.rpartition(" ")[0] for words in COMMANDS} - {"ftassist"}
PLACEHOLDER = re.compile(r"\.\.\.|…|\b[A-Z][A-Z.,]+\b")

page_by_page = pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))


@page_by_page
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_links_and_headings_of_a_page_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A heading, `with` code\n\n[a](gone.md) ![b](c.png) [d](#a-heading)\n")
    assert links(page) == ["gone.md", "c.png", "#a-heading"]
    assert anchors(page) == {"a-heading-with-code"}


def python_examples() -> list[Example]:
    return [each for page in pages() for each in examples(page) if each.language == "python"]


@pytest.mark.parametrize("example", python_examples(), ids=lambda e: f"{e.page.name}:{e.line}")
def test_an_example_in_python_can_be_read(example: Example) -> None:
    ast.parse(TransformerManager().transform_cell(example.text))


@pytest.mark.parametrize("example", python_examples(), ids=lambda e: f"{e.page.name}:{e.line}")
def test_an_example_in_python_is_run_by_a_test_or_is_lines_of_the_magic(example: Example) -> None:
    lines = [line for line in example.text.splitlines() if line.strip()]
    if not all(line.startswith("%") for line in lines):
        test = (ROOT / "tests" / RUN_BY[example.page.name]).read_text("utf-8")
        assert example.page.name in test or example.page.name == "recipes.md"


@pytest.mark.parametrize("page", ["exports.md", "jupyter-server.md"])
def test_what_a_notebook_reads_of_a_campaign_can_be_read(
    page: str, demo: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr(Campaign, "start_runner", lambda self: None)
    for example in examples(ROOT / "docs" / page):
        if example.language == "python":
            names: dict[str, Any] = {}
            exec(compile(example.text, page, "exec"), names)
            for shown in names.values():
                if isinstance(shown, widgets.Widget):
                    shown.close()


@pytest.mark.parametrize("name", HOW_TO)
def test_a_line_of_a_shell_can_be_read(name: str) -> None:
    for line in said(ROOT / "docs" / name):
        if line.strip().removeprefix("$ ").startswith(("ftassist ", "python -m ", "make ")):
            shlex.split(line, comments=True)


@page_by_page
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    if page.name == "CHANGELOG.md":  # tells of versions that are gone, too
        return
    for line in said(page):
        words = words_of(line)
        assert not words or not wrong(words), f"{line!r}: {wrong(words)}"


def words_of(line: str) -> list[str]:
    """The words after `ftassist` in a line of code that calls it."""
    found = re.match(r"(?:\$ )?(?:\S+/)?ftassist (.+)", line.strip())
    try:
        return shlex.split(found[1], comments=True) if found else []
    except ValueError:
        return []


def wrong(words: list[str]) -> str:
    """What is wrong with the words after `ftassist`; "" for nothing."""
    if words[0].startswith("-") or PLACEHOLDER.search(words[0]):
        return ""
    two = f"ftassist {' '.join(words[:2])}"
    known: Command | None = COMMANDS.get(two) or COMMANDS.get(f"ftassist {words[0]}")
    if known is None:
        alone = f"ftassist {words[0]}" in GROUPS and len(words) == 1
        return "" if alone else "no such command"
    options = {name for param in known.params for name in [*param.opts, *param.secondary_opts]}
    given = (word.strip("[]").partition("=")[0] for word in words)
    named = {word for word in given if re.match(r"-{1,2}[a-z]", word)}
    return ", ".join(sorted(named - options - {"--help", "-h"}))


def test_a_command_that_is_not_there_is_seen() -> None:
    assert wrong(["frobnicate"])
    assert wrong(["init", "--tusk", "mini_math"]) == "--tusk"
    assert not wrong(["init", "--task", "mini_math"])
    assert not wrong(["dojo", "run", "--seeds", "3"])


@page_by_page
def test_every_line_of_the_magic_can_be_given(page: Path) -> None:
    for line in said(page):
        found = re.match(r"%%?ftagent (\w.*)$", line.strip())
        if found and not PLACEHOLDER.search(found[1]):
            try:
                magic_lines.parse(found[1])
            except FtassistError as error:  # `%ftagent veto` names the command without a trial
                assert "required" in str(error), f"{line!r}: {error}"


@page_by_page
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for line in said(page):
        if found := re.match(r"(?:\$ )?make ([a-z-]+)", line.strip()):
            assert found[1] in targets, line


@page_by_page
def test_every_module_that_is_to_be_run_exists(page: Path) -> None:
    for line in said(page):
        for name in re.findall(r"python -m ([\w.]+)", line):
            if name.partition(".")[0] in OURS:
                root = ROOT / "src" if name.startswith("ftassist") else ROOT
                place = root / name.replace(".", "/")
                runs = place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()
                assert runs, line


def test_the_navigation_of_the_site_names_pages_that_are_there_and_every_notebook() -> None:
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    named = set(re.findall(r": (\S+\.md)$", settings, re.MULTILINE))
    written = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    tutorials = {f"tutorials/{path.stem}.md" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert named - written == tutorials | {"index.md", "contributing.md", "changelog.md"}


def test_a_page_that_the_navigation_does_not_name_gets_a_place() -> None:
    hooks = pytest.importorskip("docsite.hooks", reason="no mkdocs: pip install 'ftassist[docs]'")
    settings = SimpleNamespace(
        docs_dir=str(ROOT / "docs"),
        nav=[{"How-to": [{"Start": "start.md"}]}, {"Why": [{"Decisions": []}]}],
    )
    hooks.on_config(settings)
    how_to, why = settings.nav
    assert {"Statistics: was it better?": "statistics.md"} in how_to["How-to"]
    assert how_to["How-to"].count({"Start": "start.md"}) == 1
    decisions = [place for page in why["Why"][0]["Decisions"] for place in page.values()]
    assert "decisions/bubblewrap.md" in decisions
