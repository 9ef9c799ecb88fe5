"""The profiles of raw sets, said once: nothing of them is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftassist.agent.planted import quoted_texts
from ftassist.agent.profile_table import brief_table, profile_table
from ftassist.agent.profile_view import view_profiles
from ftassist.agent.prompt import Fence

FENCE = Fence("nonce")
SIZES = {"max": 98, "min": 63, "p50": 82, "p90": 92, "p99": 97}


def profile(name: str, rows: int, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "rows": rows, "tokenizer": "tiny", "languages": {"en": 1.0},
        "prompt_characters": {**SIZES, "max": rows}, "title": f"Title of {name}", "notes": "",
        "answers": {"14": 0.25, "b c": 0.125}, "samples": [{"q": f"What is {name}?", "a": "14"}],
        **more,
    }  # fmt: skip


PROFILES = view_profiles(
    {"one": profile("one", 500), "two": profile("two", 640, quality=["3 rows repeat"])}
)


def leaves(value: Any) -> Iterator[str]:
    """All plain values, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif not hasattr(value, "quoted"):
        yield str(value)


def test_every_value_and_every_text_is_told() -> None:
    found = profile_table(PROFILES)
    told = set(leaves(found))
    for name, one in PROFILES.items():
        assert set(leaves({**one, "answers": []})) <= told
        text = found["texts"][name].quoted
        assert all(each in text for each in quoted_texts(one))
        assert "14 0.25; b c 0.125" in text


def test_what_all_sets_have_in_common_stands_once() -> None:
    found = profile_table(PROFILES)
    assert found["same"]["tokenizer"] == "tiny"
    assert "tokenizer" not in found["columns"]
    assert all(len(row) == len(found["columns"]) for row in found["rows"])
    assert found["rows"][1][found["columns"].index("quality")] == ["3 rows repeat"]


def test_what_strangers_wrote_of_a_set_stands_behind_one_fence() -> None:
    shown = FENCE.dump(profile_table(PROFILES))
    assert shown.count(FENCE.open) == shown.count(FENCE.close) == len(PROFILES)
    for part in ("Title of one", "What is two?", "b c"):
        at = shown.index(part)
        assert shown.rfind(FENCE.open, 0, at) > shown.rfind(FENCE.close, 0, at)
    assert len(shown) < len(FENCE.dump(PROFILES))


def test_in_brief_it_has_sizes_and_flaws_and_no_text_of_strangers() -> None:
    found = brief_table(PROFILES)
    assert [row[:2] for row in found["rows"]] == [["one", 500], ["two", 640]]
    assert list(quoted_texts(found)) == []
