"""What a model may change of the insights: merged, taken back, capped; people's stay theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftassist.agent.insight_changes import CAP, InsightWish, settle
from ftassist.journal.events import Kind

WORDS = (
    "plum", "cedar", "otter", "maple", "fjord", "heron",
    "cobalt", "thistle", "walnut", "basil", "comet", "ember",
)  # fmt: skip


def add(world: Any, name: str, text: str, *, pinned: bool = False) -> None:
    insight = {"id": name, "text": text, "trials": ["t0001"], "pinned": pinned}
    world.tell(Kind.INSIGHT_ADDED, {"insight": insight}, None)


def settled(world: Any, *wishes: InsightWish, retract: Mapping[str, str] = {}) -> Any:
    return settle(world.context(), wishes, retract)


def told(world: Any, changes: Any) -> dict[str, str]:
    """The insights after the changes."""
    for change in changes:
        world.tell(*change.to_event(), None)
    return {name: insight.text for name, insight in world.state.insights.items()}


def test_insights_that_say_the_same_are_merged_into_one(world: Any) -> None:
    world.parent()
    add(world, "i0001", "Steps help.")
    add(world, "i0002", "Work that is shown helps.")
    merged = InsightWish(
        "Rows that show their steps help in every view.", ("t0001",), ("i0001", "i0002")
    )
    changes, left_out = settled(world, merged)
    assert left_out == []
    assert told(world, changes) == {"i0003": merged.text}


def test_what_a_later_trial_contradicts_is_taken_back_with_the_reason(world: Any) -> None:
    world.parent()
    add(world, "i0001", "More rows help.")
    changes, left_out = settled(world, retract={"i0001": "t0001 has twice the rows and tied"})
    assert (changes[0].retract_reason, left_out) == ("t0001 has twice the rows and tied", [])
    assert told(world, changes) == {}


def test_there_is_a_cap_and_the_oldest_go_first_but_never_a_pinned_one(world: Any) -> None:
    world.parent()
    add(world, "i0001", "People say so.", pinned=True)
    for number, word in enumerate(WORDS[:CAP], start=2):
        add(world, f"i{number:04d}", f"{word} rows.")
    changes, left_out = settled(world, InsightWish("Boats need oars.", ("t0001",)))
    assert left_out == []
    after = told(world, changes)
    assert len(after) == CAP + 1
    assert "i0001" in after
    assert "i0002" not in after
    assert "Boats need oars." in after.values()


def test_what_a_person_removed_is_not_written_again_in_other_words(world: Any) -> None:
    world.parent()
    add(world, "i0001", "Weather rows hurt harbour questions.")
    payload = {"id": "i0001", "reason": "no"}
    world.tell(Kind.INSIGHT_RETRACTED, payload, None, "person:ada")
    changes, left_out = settled(
        world, InsightWish("Weather rows hurt the harbour questions!", ("t0001",))
    )
    assert changes == []
    assert "a person removed or rewrote it" in left_out[0]


def test_one_that_cites_nothing_or_says_what_is_said_is_left_out(world: Any) -> None:
    world.parent()
    add(world, "i0001", "Steps help most.")
    changes, left_out = settled(
        world,
        InsightWish("Moon phases decide.", ()),
        InsightWish("Moon phases decide.", ("t0999",)),
        InsightWish("Most steps help!", ("t0001",)),
    )
    assert changes == []
    assert len(left_out) == 3


def test_what_is_a_persons_is_not_the_agents_to_take_back(world: Any) -> None:
    world.parent()
    add(world, "i0001", "Steps help.", pinned=True)
    changes, left_out = settled(
        world, InsightWish("Steps hurt.", ("t0001",), ("i0001",)), retract={"i0001": "no"}
    )
    assert "i0001 is not the agent's to take back" in left_out
    assert [change.insight.text for change in changes] == ["Steps hurt."]
