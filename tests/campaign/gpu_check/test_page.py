"""The check's figures stand in one section of a page, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftassist.campaign.gpu_check import section, write_section
from ftassist.errors import DataError


def found(seconds: float, *, ok: bool = True) -> dict[str, Any]:
    gpus = [{"name": "NVIDIA H200"}]
    lora = {"ok": ok, "tokens_a_second": 12_345.6, "peak_memory_mb": 2_048.0, "took": 21.4}
    return {
        "date": "2026-12-01",
        "seconds": seconds,
        "ok": ok,
        "host": {"python": "3.11"},
        "parts": {
            "machine": {"ok": True, "gpus": gpus, "torch": "2.13.0"},
            "lora on smollm2-135m": lora,
            "qlora on smollm2-135m": {"ok": True, "skipped": "needs bitsandbytes | a GPU"},
        },
    }


def test_it_names_the_machine_and_has_a_row_a_part() -> None:
    text = section(found(400.0))
    assert text.startswith("## GPU: `ftassist doctor --gpu` (2026-12-01, NVIDIA H200)\n")
    assert "| lora on smollm2-135m | yes | 12,346 | 2,048 |  | 21 |  |" in text
    assert "| qlora on smollm2-135m | skipped |  |  |  |  | needs bitsandbytes / a GPU |" in text


def test_a_later_run_replaces_the_section_and_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(
        "# Performance\n\nText.\n\n## GPU: `ftassist doctor --gpu`\n\nNot run.\n\n## Z\n"
    )
    write_section(page, found(400.0))
    write_section(page, found(300.0, ok=False))
    text = page.read_text()
    assert text.startswith("# Performance\n\nText.\n\n## GPU")
    assert text.endswith("\n## Z\n")
    assert text.count("## GPU") == 1
    assert "300 s in all; not all held" in text
    assert "Not run" not in text


def test_a_page_without_the_section_gets_it_at_its_end(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("# Performance\n")
    write_section(page, found(1.0))
    assert page.read_text().startswith("# Performance\n\n## GPU")


def test_a_page_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such page"):
        write_section(tmp_path / "none.md", found(1.0))
