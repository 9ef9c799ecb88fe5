"""Rows by what they mean to the base, and by how hard they are to it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ftassist.errors import DataError
from ftassist.recipes import curate, models, reading
from ftassist.recipes.rows import RESERVED, Rows
from ftassist.recipes.tokens import encode


def sums(count: int, source: str = "sums") -> Rows:
    raw = [{"q": f"What is {n} + {n + 3}?", "a": f"Answer: {2 * n + 3}"} for n in range(count)]
    return curate.to_chat(raw, source=source, prompt="q", response="a")


def letters(count: int) -> Rows:
    raw = [
        {"q": f"Which ring closures has C1CC{'C' * n}C1c2ccccc2?", "a": f"Answer: rings {n}"}
        for n in range(count)
    ]
    return curate.to_chat(raw, source="rings", prompt="q", response="a")


def told(rows: Rows) -> list[dict[str, Any]]:
    """What each row tells of where it comes from."""
    return [json.loads(row["fields"])[RESERVED]["provenance"] for row in rows]


def test_where_a_row_lies_depends_on_no_other_row_of_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chats = [*sums(7).column("messages"), *letters(9).column("messages")]
    together = reading.embeddings(chats, "tiny")
    monkeypatch.setattr(reading, "BATCH_TOKENS", 1)
    alone = reading.embeddings(chats, "tiny")
    assert np.abs(together - alone).max() < 1e-3
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(16), abs=1e-4)


def test_a_loss_is_the_models_own_of_the_trained_tokens() -> None:
    import torch

    chats = [*sums(3).column("messages"), *letters(12).column("messages")]
    found = reading.losses(chats, "tiny")
    loaded = models.load("tiny")
    ends = models.end_tokens(loaded)
    for chat, loss in zip(chats, found, strict=True):
        (row,) = encode([chat], loaded.tokenizer, ends, loaded.chats)
        with torch.inference_mode():
            own = loaded.model(
                input_ids=torch.tensor([row.ids]), labels=torch.tensor([row.labels])
            ).loss
        assert loss == pytest.approx(float(own), abs=1e-3)


def test_the_nearest_rows_are_those_of_the_kind_that_is_wanted() -> None:
    rows = curate.join(sums(30), letters(30))
    kept = curate.nearest(rows, sums(4, "wanted"), 20, model="tiny")
    assert kept.by_source() == {"sums": 20}
    assert all(0 < each["nearness"] <= 1.0001 for each in told(kept))
    step = kept.card.steps[-1]
    assert (step.operator, step.rows_in, step.rows_out) == ("nearest", 60, 20)
    assert step.dropped == {"others lie nearer": 40}
    assert step.arguments["to"] == {"wanted": 4}


def test_groups_tell_kinds_apart_and_a_large_one_is_cut_down() -> None:
    rows = curate.join(sums(40), letters(6))
    kept = curate.cluster(rows, 2, at_most=10, model="tiny", seed=1)
    assert kept.by_source() == {"sums": 10, "rings": 6}
    groups = {(row["source"], each["group"]) for row, each in zip(kept, told(kept), strict=True)}
    assert len(groups) == 2
    again = curate.cluster(rows, 2, at_most=10, model="tiny", seed=1)
    assert again.column("id") == kept.column("id")


def test_the_same_in_other_words_is_dropped() -> None:
    rows = curate.load("mini_math", {"lessons_shop": 60, "lessons_travel": 60})
    raw = [
        {"q": m[0]["content"].replace(".", ""), "a": m[1]["content"]}
        for m in rows.column("messages")[:30]
    ]
    again = curate.to_chat(raw, source="again", prompt="q", response="a")
    kept = curate.deduplicate_meaning(curate.join(rows, again), near=0.7, model="tiny")
    assert kept.by_source().get("again", 0) <= 5
    assert sum(kept.by_source().values()) - kept.by_source().get("again", 0) >= 110
    assert sum(kept.card.steps[-1].dropped.values()) == 150 - len(kept)


def test_rows_with_another_answer_are_no_duplicates_however_alike_they_are() -> None:
    raw = [{"q": "How many apples are left?", "a": f"Answer: {n}"} for n in range(20)]
    rows = curate.to_chat(raw, source="own", prompt="q", response="a")
    assert len(curate.deduplicate_meaning(rows, near=0.01, model="tiny")) == 20


def test_rows_are_scored_by_the_bases_loss_and_chosen_by_it() -> None:
    scored = curate.score(sums(12), by="loss", model="tiny")
    values = [json.loads(row["fields"])["loss"] for row in scored]
    assert all(value > 0 for value in values)
    assert all(each["scored_by"] == "tiny" for each in told(scored))
    order = [scored.column("id")[n] for n in np.argsort(values, kind="stable")]
    chosen: dict[Any, list[str]] = {
        keep: curate.select(scored, 4, by="loss", keep=keep).column("id")
        for keep in ("lowest", "middle", "highest")
    }
    assert {k: sorted(v) for k, v in chosen.items()} == {
        "lowest": sorted(order[:4]), "middle": sorted(order[4:8]), "highest": sorted(order[8:]),
    }  # fmt: skip
    assert chosen["middle"] == [name for name in scored.column("id") if name in chosen["middle"]]


def test_a_number_that_no_row_has_cannot_choose() -> None:
    with pytest.raises(DataError, match="the field 'loss' is None, no number"):
        curate.select(sums(3), 2, by="loss")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda rows: curate.cluster(rows, 0),
        lambda rows: curate.cluster(rows, 9),
        lambda rows: curate.nearest(rows, rows, -1),
        lambda rows: curate.deduplicate_meaning(rows, near=1.5),
        lambda rows: curate.select(rows, -1),
    ],
)
def test_what_is_not_possible_is_refused(wrong: Any) -> None:
    with pytest.raises(DataError):
        wrong(sums(3))


def test_no_rows_give_no_rows() -> None:
    none = curate.sample(sums(3), 0)
    assert len(curate.deduplicate_meaning(none)) == 0
    assert len(curate.cluster(none, 1)) == 0
    assert len(curate.nearest(none, sums(2), 5)) == 0
    assert len(curate.score(none)) == 0
