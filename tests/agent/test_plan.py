"""Plans are read, changed one thing at a time, and written back."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ftassist.agent.cells import Call, Name, parse, render
from ftassist.agent.plan import (
    Plan,
    changed_parts,
    load_call,
    operator_call,
    with_operator,
    with_sets,
    with_training,
    without_operator,
)

NAMES = st.text("abcdefgh_", min_size=1, max_size=12).filter(lambda s: s[0] != "_")
LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(NAMES.map(lambda n: f"k_{n}"), LITERALS, max_size=6))
def test_a_rendered_cell_parses_to_what_was_rendered(keywords: dict[str, Any]) -> None:
    calls = [
        load_call({"a": 3}),
        Call("curate.sample", (5,), {**keywords, "seed": Name("seed")}, "rows", "rows"),
    ]
    source = render("curate", calls)
    assert parse("curate", source) == calls
    assert render("curate", parse("curate", source) or []) == source


def test_code_of_a_person_s_own_is_not_parsed() -> None:
    for source in ("for x in y:\n    pass", "rows = [1]", "import os", "rows = f(x)(y)", "1 +"):
        assert parse("curate", source) is None


def test_a_plan_reads_sets_operators_and_training(kit: Any) -> None:
    plan = Plan.of(kit.cells({"a": 3, "b": None}, operators=[operator_call("deduplicate")]))
    assert plan.sets == {"a": 3, "b": None}
    assert plan.operator("curate.deduplicate") is not None
    assert plan.operator("curate.balance") is None
    assert plan.training["epochs"] == 2


def test_a_custom_cell_is_no_plan(kit: Any) -> None:
    plan = Plan.of({**kit.cells({"a": 3}), "curate": "rows = 3"})
    assert plan.curate is None
    assert plan.train is not None
    assert not plan.empty


def test_two_loads_are_a_custom_cell(kit: Any) -> None:
    twice = render("curate", [load_call({"a": 1}), load_call({"b": 1})])
    assert Plan.of({**kit.cells({"a": 3}), "curate": twice}).curate is None


def test_operators_go_to_their_place(kit: Any) -> None:
    curate = Plan.of(kit.cells({"a": 3})).curate
    assert curate is not None
    for name in ("sample", "filter_labels", "decontaminate", "deduplicate"):
        curate = with_operator(curate, operator_call(name))
    assert [call.function.split(".")[1] for call in curate] == [
        "load",
        "deduplicate",
        "filter_labels",
        "decontaminate",
        "sample",
        "export",
    ]


def test_an_operator_that_is_there_is_replaced(kit: Any) -> None:
    curate = Plan.of(kit.cells({"a": 3}, operators=[operator_call("sample", 5)])).curate
    assert curate is not None
    assert [c.positional for c in with_operator(curate, operator_call("sample", 9))][1] == (9,)
    assert len(without_operator(curate, "curate.sample")) == 2


def test_other_stages_stay_word_for_word(kit: Any) -> None:
    cells = {**kit.cells({"a": 3}), "train": "# my own\nloop()"}
    plan = Plan.of(cells)
    assert plan.curate is not None
    changed = plan.with_stage("curate", with_sets(plan.curate, {"b": 2}))
    assert changed["train"] == cells["train"]
    assert changed["evaluate"] == cells["evaluate"]


def test_the_seed_stays_the_last_argument(kit: Any) -> None:
    plan = Plan.of(kit.cells({"a": 3}))
    assert plan.train is not None
    changed = with_training(plan.train, accumulation=2)
    assert list(changed[0].keywords)[-2:] == ["accumulation", "seed"]


def test_changed_parts_are_counted_as_one_where_they_belong_together(kit: Any) -> None:
    before = Plan.of(kit.cells({"a": 3}))
    more = Plan.of(kit.cells({"a": 4, "b": 1}))
    half = Plan.of(kit.cells({"a": 3}, train={"batch_size": 16, "accumulation": 2}))
    lora = Plan.of(kit.cells({"a": 3}, train={"method": "lora", "rank": 8, "learning_rate": 1.0}))
    last = Plan.of(kit.cells({"a": 3}, train={"method": "lora", "layers": 8}))
    both = Plan.of(kit.cells({"a": 4}, train={"epochs": 3}))
    own = Plan.of({**kit.cells({"a": 3}), "train": "mine()"})
    assert changed_parts(before, before) == []
    assert changed_parts(before, more) == ["curate.load"]
    assert changed_parts(before, half) == ["train.batch_size"]
    assert changed_parts(before, lora) == ["train.method"]
    assert changed_parts(last, before) == ["train.method"]
    assert changed_parts(before, both) == ["curate.load", "train.epochs"]
    assert changed_parts(before, own) == ["train cell"]
