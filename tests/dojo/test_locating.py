"""Where data is looked for, in which order, and what is said when it is nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from ftassist.dojo.locating import available, how_to_get, locate
from ftassist.dojo.task import Source
from ftassist.errors import DataError

REVISION = "0123456789abcdef0123456789abcdef01234567"
SOURCE = Source("org/name", REVISION, ({"a": "data/a-*.jsonl"}, {"a": "a.jsonl"}), "MIT")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Empty places, and no network."""
    monkeypatch.setenv("FTASSIST_DATA", str(tmp_path / "mirror"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    snapshot = tmp_path / "hub" / "datasets--org--name" / "snapshots" / REVISION
    return {
        "folder": tmp_path / "own",
        "mirror": tmp_path / "mirror" / "org" / "name",
        "cache": snapshot,
    }


def put(folder: Path, name: str = "a.jsonl") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("{}\n", encoding="utf-8")


def test_a_named_folder_comes_before_the_mirror_and_the_mirror_before_the_cache(
    places: dict[str, Path],
) -> None:
    put(places["cache"], "data/a-0.jsonl")
    assert locate(SOURCE).place == "cache"
    put(places["mirror"])
    assert locate(SOURCE).place == "mirror"
    put(places["folder"])
    assert locate(SOURCE, places["folder"]).place == "folder"


def test_a_named_folder_without_the_files_is_an_error_even_if_the_mirror_has_them(
    places: dict[str, Path],
) -> None:
    put(places["mirror"])
    with pytest.raises(DataError, match="not on this machine"):
        locate(SOURCE, places["folder"])


def test_shards_of_a_part_come_in_the_order_of_their_names(places: dict[str, Path]) -> None:
    put(places["cache"], "data/a-1.jsonl")
    put(places["cache"], "data/a-0.jsonl")
    assert [path.name for path in locate(SOURCE).files["a"]] == ["a-0.jsonl", "a-1.jsonl"]


def test_another_revision_in_the_cache_is_not_taken(places: dict[str, Path]) -> None:
    put(places["cache"].with_name("f" * 40), "data/a-0.jsonl")
    assert available(SOURCE) is None


def test_the_hub_is_asked_for_the_pinned_revision_and_the_named_files_only(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def download(name: str, **arguments: Any) -> str:
        asked.update(arguments, name=name)
        put(tmp_path / "down", "data/a-0.jsonl")
        return str(tmp_path / "down")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    assert locate(SOURCE).place == "host"
    assert (asked["name"], asked["revision"]) == ("org/name", REVISION)
    assert asked["repo_type"] == "dataset"
    assert "data/a-*.jsonl" in asked["allow_patterns"]


def test_a_host_that_cannot_be_reached_is_an_error_with_what_to_do(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(name: str, **arguments: Any) -> str:
        raise OSError("no route to host")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with pytest.raises(DataError, match="no route to host") as refusal:
        locate(SOURCE)
    assert "FTASSIST_DATA/org/name" in refusal.value.fix


def test_a_gated_set_says_whose_terms_to_accept_and_a_non_commercial_one_says_so() -> None:
    gated = Source(
        "org/name", REVISION, ({"a": "a"},), "CC-BY-NC-4.0", gated=True, commercial=False
    )
    text = how_to_get(gated)
    assert "https://huggingface.co/datasets/org/name" in text
    assert "no commercial use" in text


def test_a_mirror_may_have_a_folder_of_another_name(places: dict[str, Path]) -> None:
    put(places["mirror"].parents[1] / "other" / "place")
    source = Source("org/name", REVISION, ({"a": "a.jsonl"},), "MIT", mirror="other/place")
    assert available(source) == "mirror"
