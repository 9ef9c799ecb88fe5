"""The reference pages say what the code says."""

from __future__ import annotations

import re

import pytest
from docsite.reading import ROOT
from docsite.reference import AGAIN, PAGES
from docsite.reference.events import payloads
from docsite.reference.rest import _kind
from docsite.reference.variables import BETWEEN_PROCESSES, VARIABLES

from ftassist.journal import Kind


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"run `{AGAIN}`"


def test_every_kind_of_event_is_told_with_what_the_code_says_of_it() -> None:
    assert list(payloads()) == [str(kind) for kind in Kind]
    assert payloads()["trial.failed"] == "class stage message traceback"
    assert payloads()["call.made"].endswith("where the campaign remembers it.")


def test_every_variable_that_the_code_reads_is_told_or_is_the_programs_own() -> None:
    read: set[str] = set()
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").iterdir()]:
        read |= set(re.findall(r"\bFTASSIST_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
    ours = {name for name in VARIABLES if name.startswith("FTASSIST_")}
    assert read - BETWEEN_PROCESSES - ours == set()
    assert (ours | BETWEEN_PROCESSES) - read <= {
        f"FTASSIST_MODEL_{r}" for r in ("EXECUTOR", "RESEARCHER")
    }


def test_a_type_of_the_rest_interface_is_told_in_words() -> None:
    assert _kind({"type": "array", "items": {"$ref": "#/x/Node"}}) == "list of [Node](#node)"
    assert _kind({"type": ["string", "null"]}) == "string or null"
    assert _kind({"enum": ["a", None]}) == "`a`, null"
