"""What differs between cells: lines that a person wrote, and parameters in words."""

from __future__ import annotations

from ftassist.documents.diffs import edited_lines, parameter_changes
from ftassist.journal.state import Trial
from ftassist.records.proposal import TrialProposal


def edited(proposed: str, now: str) -> dict[str, list[int]]:
    return edited_lines(
        Trial(
            id="t0001",
            proposal=TrialProposal(cells={"train": proposed, "curate": "rows"}),
            cells={"train": now, "curate": "rows"},
            edited={"train": "person:ada"},
        )
    )


def test_changed_and_new_lines_of_an_edited_cell_are_named_from_one_on() -> None:
    assert edited("a\nb\nc", "a\nB\nc\nd\n") == {"train": [2, 4]}


def test_lines_that_were_only_removed_and_a_newline_at_the_end_name_none() -> None:
    assert edited("a\nb\nc", "a\nc\n") == {"train": []}


def test_a_cell_that_nobody_edited_has_no_such_lines() -> None:
    proposed = {"train": "a", "curate": "b"}
    trial = Trial(id="t0001", proposal=TrialProposal(cells=proposed), cells=proposed)
    assert edited_lines(trial) == {}


def test_values_of_parameters_are_written_as_people_write_them() -> None:
    start = "from ftassist.recipes import train\n\ntrain.sft(model, 'data', 'model', {})"
    before = {"train": start.format("method='lora', learning_rate=2e-4, packing=False")}
    after = {
        "train": start.format(
            "method='full', learning_rate=1e-4, packing=True, targets=['q_proj', 'v_proj']"
        )
    }
    found = {c.name: (c.before, c.after) for c in parameter_changes(before, after)}
    assert found == {
        "train.sft.method": ("LoRA", "full training"),
        "train.sft.learning_rate": ("2e−4", "1e−4"),
        "train.sft.packing": ("no", "yes"),
        "train.sft.targets": (None, "q_proj, v_proj"),
    }
