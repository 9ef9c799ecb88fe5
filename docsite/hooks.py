"""What mkdocs calls while it builds: pages that lie outside `docs/` join the site.

The notebooks become tutorials, README, CONTRIBUTING and CHANGELOG become pages, and `llms.txt`
lists all of it. Links of any page to these files lead to the pages.
"""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docsite import llms
from docsite.notebooks import rendered

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Files at the top of the project, and the pages they become."""
_LINK = re.compile(r"(\]\()([^()\s:]+)(\))")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds pages that the navigation does not name, by their titles: each has its place.

    A decision goes to the decisions, another page to the end of the how-to pages.
    """
    docs = Path(config.docs_dir)
    named = set(re.findall(r"[\w./-]+\.md", str(config.nav)))
    for path in sorted(docs.rglob("*.md")):
        place = path.relative_to(docs).as_posix()
        if place not in named:
            part = "Decisions" if path.parent.name == "decisions" else "How-to"
            _part(config.nav, part).append({_title(path): place})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages that lie elsewhere."""
    for source, page in OUTSIDE.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text))
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text, pictures = rendered(notebook)
        files.append(File.generated(config, f"tutorials/{notebook.stem}.md", content=text))
        for name, picture in pictures.items():
            files.append(File.generated(config, f"tutorials/{name}", content=picture))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leads the links of a page, written for a reader of the repository, to pages of the site."""
    place = page.file.src_uri
    return _LINK.sub(lambda m: f"{m[1]}{led(m[2], place)}{m[3]}", markdown)


def led(link: str, place: str) -> str:
    """A link as it must be on the site, from a page at `place` below `docs/`."""
    name, hash_, anchor = link.partition("#")
    origin = {page: source for source, page in OUTSIDE.items()}.get(place, f"docs/{place}")
    if place.startswith("tutorials/"):
        origin = place.replace("tutorials/", "notebooks/")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(origin), name)) if name else ""
    page = _page(target)
    if not page:
        return link
    return posixpath.relpath(page, posixpath.dirname(place) or ".") + hash_ + anchor


def on_env(env: Any, *, config: MkDocsConfig, files: Files) -> Any:
    """Writes llms.txt, once all pages are read."""
    text = llms.listed(config, files)
    Path(config.site_dir).mkdir(parents=True, exist_ok=True)
    Path(config.site_dir, "llms.txt").write_text(text, encoding="utf-8")
    return env


def _part(navigation: Any, name: str) -> list[Any]:
    """The list of pages of a part of the navigation, wherever it stands."""
    for entry in navigation:
        for title, inside in entry.items():
            if isinstance(inside, list):
                if title == name:
                    return inside
                with suppress(LookupError):
                    return _part(inside, name)
    raise LookupError(name)


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def _page(target: str) -> str:
    """The page of the site that a file of the project becomes; "" for none."""
    if target in OUTSIDE:
        return OUTSIDE[target]
    if target.startswith("notebooks/") and target.endswith(".ipynb"):
        return f"tutorials/{Path(target).stem}.md"
    return target.removeprefix("docs/") if target.startswith("docs/") else ""
