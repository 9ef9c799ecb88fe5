"""What an agent outside reads of how to take part."""

from __future__ import annotations

import yaml

from ftassist.mcp.skill import guide, skill


def test_the_skill_has_a_head_that_tells_when_to_use_it() -> None:
    head = yaml.safe_load(skill().split("---\n")[1])
    assert head["name"] == "ftassist"
    assert 20 < len(head["description"]) < 1024


def test_the_guide_is_the_same_without_its_head() -> None:
    assert guide().startswith("# Taking part")
    assert skill().endswith(guide())
    assert "no `ftassist accept`" in guide()
