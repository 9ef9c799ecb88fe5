"""A notebook in JupyterLab: run as a person does, and waited for by what has become of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, expect

from .tab import Tab

#: A kernel starts meanwhile.
A_KERNEL = 120_000
_CELLS = "window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells"


def write_notebook(path: Path, cells: Sequence[Any]) -> Path:
    """Writes a notebook for a Python kernel."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    path.write_text(nbformat.writes(made), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Notebook:
    """The notebook in front, in a tab."""

    tab: Tab

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells as the document model has them, with their metadata and outputs."""
        found: list[dict[str, Any]] = self.tab.page.evaluate(
            f"() => {_CELLS}.map(cell => cell.toJSON())"
        )
        return found

    @property
    def error(self) -> Locator:
        """The errors in its outputs."""
        return self.tab.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')

    def cell(self, number: int) -> Locator:
        """The cell at a place, from 0 on."""
        return self.tab.page.locator(
            f'.jp-NotebookPanel:visible .jp-Cell[data-windowed-list-index="{number}"]'
        )

    def await_kernel(self) -> None:
        """Waits for an idle kernel. Without one, JupyterLab runs a cell by doing nothing."""
        idle = (
            "() => window.jupyterapp.shell.currentWidget?.sessionContext"
            "?.session?.kernel?.status === 'idle'"
        )
        self.tab.page.wait_for_function(idle, timeout=A_KERNEL)

    def run(self, number: int) -> None:
        """Runs a cell by the keyboard and sees that it was taken."""
        cell = self.cell(number)
        cell.locator(".cm-content").click()
        expect(cell).to_have_class(re.compile("jp-mod-active"))
        self.tab.page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"^\[(\*|\d+)\]:$"))

    def focus_cell(self, number: int) -> None:
        """Puts the focus on a cell in command mode."""
        self.cell(number).locator(".jp-InputPrompt").click()
        expect(self.cell(number)).to_have_class(re.compile("jp-mod-active"))
        self.tab.page.keyboard.press("Escape")

    def save(self) -> None:
        """Saves it and waits until it is saved."""
        self.tab.page.keyboard.press("Control+S")
        expect(self.tab.page.locator(".jp-mod-dirty")).to_have_count(0)
