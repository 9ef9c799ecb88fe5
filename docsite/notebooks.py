"""A teaching notebook as a page: its saved output, nothing run again, nothing of it as markup."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from traitlets.config import Config

_TEMPLATES = Path(__file__).parent
_KINDS = ["image/svg+xml", "image/png", "text/plain"]
"""What of an output is shown, the first one that is there; HTML and widgets never."""


def rendered(path: Path) -> tuple[str, dict[str, bytes]]:
    """A notebook as Markdown, and its pictures by the names that the text gives them."""
    notebook = nbformat.read(path, as_version=4)
    settings = Config()
    settings.NbConvertBase.display_data_priority = _KINDS
    settings.ExtractOutputPreprocessor.output_filename_template = (
        f"{path.stem}_{{cell_index}}_{{index}}{{extension}}"
    )
    exporter = MarkdownExporter(
        config=settings,
        extra_template_basedirs=[str(_TEMPLATES)],
        template_name="template",
    )
    exporter.environment.globals["fenced"] = fenced
    text, resources = exporter.from_notebook_node(notebook)
    return re.sub(r"\n{3,}", "\n\n", text), dict(resources.get("outputs") or {})


def fenced(text: str) -> str:
    """Text as a block of code, whatever it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"
