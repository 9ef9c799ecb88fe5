"""Reasons as people write them are read as they are meant, or kept as a note."""

from __future__ import annotations

from typing import Any

import pytest

from ftassist.agent.reasons import named, read_reason, spoken
from ftassist.agent.sets import SetView, known_sets
from ftassist.records.understanding import Understanding

LR, EPOCHS, RANK, BATCH = "train.learning_rate", "train.epochs", "train.rank", "train.batch_size"
ROWS, DEDUP = "curate.load:rows", "curate.deduplicate"
LORA, FULL, QLORA = "train.method:lora", "train.method:full", "train.method:qlora"

READINGS: list[tuple[str, set[str], set[str]]] = [
    # both halves of a sentence
    ("no more rows ... change the learning rate instead", {f"{ROWS}:up"}, {LR}),
    ("no more rows, change the learning rate instead", {f"{ROWS}:up"}, {LR}),
    ("No more rows! Lower the learning rate instead.", {f"{ROWS}:up"}, {f"{LR}:down"}),
    ("instead of more rows, train longer", {f"{ROWS}:up"}, {f"{EPOCHS}:up"}),
    ("lower the learning rate rather than adding rows", {f"{ROWS}:up"}, {f"{LR}:down"}),
    ("not more rows but a lower learning rate", {f"{ROWS}:up"}, {f"{LR}:down"}),
    ("change the learning rate, not the number of rows", {ROWS}, {LR}),
    ("leave the training alone, work on the data", {"training"}, {"data"}),
    ("no DPO yet, first more epochs", {"train.dpo"}, {f"{EPOCHS}:up"}),
    ("don't merge models; deduplicate first", {"train.merge"}, {DEDUP}),
    ("no more rows and fewer epochs", {f"{ROWS}:up"}, {f"{EPOCHS}:down"}),
    ("enough rows already, try more epochs", {f"{ROWS}:up"}, {f"{ROWS}:down", f"{EPOCHS}:up"}),
    ("shorter training, higher learning rate", set(), {f"{EPOCHS}:down", f"{LR}:up"}),
    ("keep LoRA but raise the rank", {FULL, QLORA}, {f"{RANK}:up"}),
    (
        "the rows are fine, the learning rate is the problem",
        {ROWS},
        {LR},
    ),
    ("not the epochs, the learning rate", {EPOCHS}, {LR}),
    ("the learning rate, not the epochs", {EPOCHS}, {LR}),
    ("the data is the problem, not the training", {"training"}, {"data"}),
    ("never mind the epochs, change the batch size", {EPOCHS}, {BATCH}),
    ("a bit lower lr, same data", {"data"}, {f"{LR}:down"}),
    # methods
    ("swap LoRA for full training", {LORA}, {FULL}),
    ("LoRA rather than full training", {FULL}, {LORA}),
    ("switch from LoRA to full", {LORA}, {FULL}),
    ("not LoRA, full training", {LORA}, {FULL}),
    ("use full fine-tuning not LoRA", {LORA}, {FULL}),
    ("use LoRA instead of full training", {FULL}, {LORA}),
    ("full training overfits, stay with LoRA", {FULL, QLORA}, set()),
    ("no adapters please", {LORA}, set()),
    ("let's go back to LoRA", set(), {LORA}),
    ("do not use lora and do not use qlora", {LORA, QLORA}, set()),
    ("no full fine tuning, it is too expensive", {FULL}, set()),
    # numbers
    ("fewer epochs", set(), {f"{EPOCHS}:down"}),
    ("too many rows", {f"{ROWS}:up"}, {f"{ROWS}:down"}),
    ("learning rate is too high", {f"{LR}:up"}, {f"{LR}:down"}),
    ("don't lower the learning rate", {f"{LR}:down"}, set()),
    ("stop changing the learning rate", {LR}, set()),
    ("leave the learning rate alone", {LR}, set()),
    ("no need to change the learning rate", {LR}, set()),
    ("don't touch learning rate, epochs or rank", {LR, EPOCHS, RANK}, set()),
    ("no more rows or epochs", {f"{ROWS}:up", f"{EPOCHS}:up"}, set()),
    ("don't double the epochs", {f"{EPOCHS}:up"}, set()),
    ("don't train longer, it overfits", {f"{EPOCHS}:up"}, set()),
    ("more epochs would not help", {f"{EPOCHS}:up"}, set()),
    ("a lower learning rate would help", set(), {f"{LR}:down"}),
    ("drop the learning rate", set(), {f"{LR}:down"}),
    ("lr down please", set(), {f"{LR}:down"}),
    ("I'd rather see a smaller learning rate", set(), {f"{LR}:down"}),
    ("use a learning rate of 1e-4", set(), {LR}),
    ("rank 32 instead of 16", set(), {RANK}),
    ("how about a higher rank?", set(), {f"{RANK}:up"}),
    ("halve the batch size", set(), {f"{BATCH}:down"}),
    ("make the batch smaller", set(), {f"{BATCH}:down"}),
    ("never change the batch", {BATCH}, set()),
    ("no, more rows please", set(), {f"{ROWS}:up"}),
    ("we have enough data", {f"{ROWS}:up"}, {f"{ROWS}:down"}),
    ("less data, more epochs", set(), {f"{ROWS}:down", f"{EPOCHS}:up"}),
    ("do not use more than 500 rows", {f"{ROWS}:up"}, set()),
    # operators and sides
    ("keep the data as is", {"data"}, set()),
    ("don't change the data", {"data"}, set()),
    ("rather change the training than the data", {"data"}, {"training"}),
    ("no dedup, filters or merging", {DEDUP, "curate.filter", "train.merge"}, set()),
    ("dedup first", set(), {DEDUP}),
    ("remove duplicates first", set(), {DEDUP}),
    ("don't remove duplicates", {DEDUP}, set()),
    ("do not balance", {"curate.balance"}, set()),
    ("merging is not what I want", {"train.merge"}, set()),
    ("why not lower the learning rate?", set(), {f"{LR}:down"}),
    ("the learning rate is not the problem", {LR}, set()),
    ("learning rate should not change", {LR}, set()),
    ("crowd is the problem", {"set:crowd"}, set()),
    ("filter by length", set(), {"curate.filter_length"}),
    ("no length filter", {"curate.filter_length"}, set()),
    ("try dpo", set(), {"train.dpo"}),
    ("I want DPO next", set(), {"train.dpo"}),
    ("try a cosine schedule", set(), {"train.schedule:cosine"}),
    ("average the models", set(), {"train.merge"}),
    # sets
    ("do not use crowd", {"set:crowd"}, set()),
    ("use mirror, not crowd", {"set:crowd"}, {"set:mirror"}),
    ("drop crowd and add harbour_steps", {"set:crowd"}, {"set:harbour_steps"}),
    ("more rows of harbour_steps", set(), {"set:harbour_steps"}),
    ("fewer rows of crowd", set(), {"curate.load:less:crowd"}),
    ("crowd is noisy, try mirror instead", {"set:crowd"}, {"set:mirror"}),
    ("no volunteers", {"set:crowd"}, set()),
    ("never use synthetic rows", {"curate.synthesise", "set:machine_made"}, set()),
    ("bare answers teach nothing", {"set:bulk_answers", "set:polls", "set:recipes"}, set()),
    ("don't drop mirror", {"curate.load:drop:mirror", "curate.load:swap:mirror"}, set()),
    ("keep mirror in", {"curate.load:drop:mirror", "curate.load:swap:mirror"}, set()),
]
NOTES = [
    "let us try something else first",
    "I am not convinced",
    "I do not like it",
    "not now",
    "hmm",
    "learning rate?",
    "why more rows?",
    "the learning rate",
    "rows and learning rate",
    "too slow",
    "more rows if the loss falls",
    "no more epochs unless the held-out loss is still falling",
    "I do not mind more rows",
    "nothing against LoRA",
    "not only more rows",
    "no rows, learning rate",  # is the learning rate refused, too, or wanted instead?
    "no more rows and more epochs",  # are more epochs refused, too, or asked for?
    "not sure about the learning rate",
    "keine weiteren Zeilen, lieber die Lernrate ändern",
    "bitte kein LoRA",
    "pas de LoRA, plutôt un taux plus faible",
    "sin más filas",
    "不要更多的数据",
    "больше не надо строк",
    "the last one was better",
    "use another seed",
    "I would like to understand the wrong answers first",
]


@pytest.fixture
def sets(kit: Any) -> dict[str, SetView]:
    made = kit.profile(description="Synthetic rows from a program.")
    return dict(known_sets({**kit.PROFILES, "machine_made": made}, lambda: kit.CARD))


def _shown(value: str | set[str]) -> str:
    """The same in every process: two of them that share tests must name them alike."""
    return value if isinstance(value, str) else ",".join(sorted(value)) or "nothing"


@pytest.mark.parametrize(("reason", "avoid", "attempt"), READINGS, ids=lambda v: _shown(v)[:60])
def test_a_reason_is_read_as_it_is_meant(
    reason: str, avoid: set[str], attempt: set[str], sets: dict[str, SetView]
) -> None:
    read = read_reason(reason, sets)
    assert {wish.key for wish in read.avoid} == avoid
    assert {wish.key for wish in read.try_} == attempt


@pytest.mark.parametrize("reason", NOTES)
def test_what_cannot_be_told_is_kept_as_a_note(reason: str, sets: dict[str, SetView]) -> None:
    assert read_reason(reason, sets).note


def test_a_note_rules_nothing_out_and_says_so() -> None:
    line = spoken(Understanding())
    assert line == "kept as a note for the agent; no change is ruled out by it"


def test_a_reading_is_told_in_one_line() -> None:
    read = read_reason("no more rows, change the learning rate instead", {})
    assert spoken(read) == "avoid: more rows · try: another learning rate"


def test_a_value_that_is_named_is_kept() -> None:
    (wish,) = read_reason("use a learning rate of 1e-4", {}).try_
    assert (wish.value, wish.words) == (1e-4, "learning rate 1e−4")


def test_a_reason_that_contradicts_itself_is_a_note() -> None:
    assert read_reason("leave the learning rate alone. lower the learning rate", {}).note


def test_only_some_sets_rules_the_others_out(sets: dict[str, SetView]) -> None:
    read = read_reason("only use mirror and harbour_steps", sets)
    assert "set:crowd" in {wish.key for wish in read.avoid}
    assert "set:mirror" not in {wish.key for wish in read.avoid}


def test_a_kind_of_set_that_no_card_speaks_of_is_a_note(sets: dict[str, SetView]) -> None:
    assert read_reason("only curated sets", sets).note


def test_a_kind_of_set_that_cards_speak_of_rules_the_others_out(kit: Any) -> None:
    curated = kit.profile(description="Curated by teachers.")
    sets = known_sets({**kit.PROFILES, "curated_steps": curated}, lambda: None)
    read = read_reason("only curated sets", sets)
    assert {wish.key for wish in read.avoid} == {f"set:{name}" for name in kit.PROFILES}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("more rows", f"{ROWS}:up"),
        ("the learning rate", LR),
        ("train.epochs:down", f"{EPOCHS}:down"),
        ("crowd", "set:crowd"),
        ("DPO", "train.dpo"),
    ],
)
def test_a_correction_may_name_a_key_its_words_or_a_phrase(
    text: str, key: str, sets: dict[str, SetView]
) -> None:
    from ftassist.agent.knobs import readings

    wish = named(text, sets, readings(list(sets)))
    assert wish is not None
    assert wish.key == key


def test_an_understanding_comes_back_from_the_journal(sets: dict[str, SetView]) -> None:
    read = read_reason("use a learning rate of 1e-4, no more rows", sets)
    assert Understanding.of(read.to_dict()) == read
