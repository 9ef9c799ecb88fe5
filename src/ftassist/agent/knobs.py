"""What a person can speak of when they steer an agent: knobs, their words and their keys.

A key begins like the keys of changes (`agent/difference.py`), so that whether a proposal does what
was wished, or what was ruled out, is computed from its cells. "set:NAME" stands for rows of a raw
set, "data" and "training" for a whole side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ftassist.records.understanding import Wish

Kind = Literal["number", "switch", "method", "side", "set"]
Direction = Literal["up", "down", "any"]


@dataclass(frozen=True)
class Knob:
    """Something that can be changed.

    Attributes:
        key: How keys of its changes begin.
        words: Its name for people.
        pattern: How people write it (a regular expression, lower case).
        kind: A number goes up and down; a switch is on or off; a method replaces another.
        up: More of it, in words.
        down: Less of it, in words.
    """

    key: str
    words: str
    pattern: str
    kind: Kind
    up: str = ""
    down: str = ""

    def wish(self, direction: Direction = "any", value: float | None = None) -> Wish:
        """The wish for a change of it."""
        if self.kind != "number":
            return Wish(self.key, self.words)
        if direction == "any":
            return Wish(self.key, f"another {self.words}", value)
        return Wish(f"{self.key}:{direction}", getattr(self, direction), value)


def _number(key: str, words: str, pattern: str, up: str, down: str) -> Knob:
    return Knob(key, words, pattern, "number", up, down)


def _switch(key: str, words: str, pattern: str) -> Knob:
    return Knob(key, words, pattern, "switch")


METHODS = (
    Knob("train.method:qlora", "QLoRA", r"q-?lora|4-?bit|four bits?", "method"),
    Knob("train.method:lora", "LoRA", r"lora|adapters?", "method"),
    Knob(
        "train.method:full",
        "full training",
        r"full[- ]?(?:weight )?(?:fine-?\s?tun\w+|training|weights?|ft|parameters?)"
        r"|all (?:the |of the )?weights|full(?=\s*(?:$|instead|rather|please|method|not\b))",
        "method",
    ),
)
NUMBERS = (
    _number(
        "train.learning_rate",
        "learning rate",
        r"learning[ _-]?rates?|\blr\b|step size",
        "a higher learning rate",
        "a lower learning rate",
    ),
    _number("train.epochs", "number of epochs", r"epochs?", "more epochs", "fewer epochs"),
    _number("train.rank", "rank", r"(?:lora |adapter )?ranks?", "a higher rank", "a lower rank"),
    _number(
        "train.batch_size",
        "batch size",
        r"batch(?:es)?(?:[ _-]?sizes?)?",
        "a larger batch",
        "a smaller batch",
    ),
    _number(
        "train.max_length",
        "length limit",
        r"max(?:imum|imal)?[ _-]?(?:sequence )?length|(?:sequence|context) length",
        "a higher length limit",
        "a lower length limit",
    ),
    _number("train.warmup", "warm-up", r"warm-?\s?up", "a longer warm-up", "a shorter warm-up"),
    _number(
        "train.weight_decay",
        "weight decay",
        r"weight[ _-]?decay",
        "more weight decay",
        "less weight decay",
    ),
    _number(
        "train.max_steps",
        "number of steps",
        r"(?:max|training)[ _]steps",
        "more steps",
        "fewer steps",
    ),
    _number(
        "curate.load:rows",
        "number of rows",
        r"(?:training )?(?:rows?|examples?|samples|data ?points?|instances)",
        "more rows",
        "fewer rows",
    ),
)
SWITCHES = (
    _switch("curate.synthesise", "synthetic rows", r"synthe\w+(?: (?:rows|data|examples))?"),
    _switch(
        "curate.filter_length",
        "a filter by length",
        r"length filter\w*|filter[ _](?:by |on |the )?length|filtering (?:by|on) length"
        r"|(?:very |the )?long(?:est)? (?:rows|answers|examples)",
    ),
    _switch(
        "curate.filter_labels",
        "a filter of contradicting labels",
        r"label filter\w*|filter[ _](?:the |by )?labels|contradict\w*(?: labels| rows)?"
        r"|conflicting (?:labels|rows)",
    ),
    _switch("curate.filter", "filters", r"filter(?:s|ing)?"),
    _switch(
        "curate.deduplicate",
        "removal of duplicates",
        r"de-?dup\w*|remov\w+ (?:of )?(?:the )?(?:duplicates|repeats|repeated rows)",
    ),
    _switch("curate.balance", "balancing of the answers", r"(?:re-?)?balanc\w+|balance"),
    _switch("curate.decontaminate", "removal of evaluation items", r"decontaminat\w+"),
    _switch(
        "curate.sample_answers",
        "answers sampled from the model",
        r"rejection sampling|(?:the model's )?own answers|sampl\w+[ _]answers|self-?generated",
    ),
    _switch(
        "curate.rehearse",
        "rehearsal of general prompts",
        r"rehears\w+|replay(?: rows)?|general (?:rows|prompts)",
    ),
    _switch("curate.load:even", "an even mix", r"even mix|mixture|the mix|(?:re-?)?mixing"),
    _switch("train.schedule:cosine", "a cosine schedule", r"cosine(?: schedule| decay)?"),
    _switch("train.schedule", "another schedule", r"(?:learning rate |lr )?schedules?"),
    _switch("train.dpo", "DPO", r"dpo|preference (?:pairs|tuning|optimi[sz]ation)|preferences"),
    _switch("train.kto", "KTO", r"kto"),
    _switch("train.grpo", "GRPO", r"grpo|reinforcement(?: learning)?|\brl\b|rewards?"),
    _switch("train.distil", "distillation", r"distil\w*|(?:a |the )?teacher"),
    _switch("train.order", "another order of the rows", r"curriculum|order of the rows|sort\w*"),
    _switch(
        "train.average",
        "an average with the base",
        r"averag\w+ (?:it |them |the weights |what was trained )?with (?:the|its) base"
        r"(?: model)?(?:'s)?(?: weights)?|wise-?ft",
    ),
    _switch(
        "train.merge",
        "a merge of models",
        r"merg(?:e|es|ing)|soups?|averag(?:e|ing) (?:of )?(?:the )?(?:two |best )*"
        r"(?:models|weights|checkpoints|trials)|model averaging|averaging",
    ),
)
SIDES = (
    Knob(
        "training",
        "the training",
        r"(?:the )?training (?:side|settings?|arguments?|parameters?|cell|recipe)"
        r"|hyper-?\s?parameters?|the training|train(?:ing)? cell",
        "side",
    ),
    Knob(
        "data",
        "the data",
        r"(?:the |training )?data(?:sets?)?(?: mix| side)?|(?:the )?curat(?:e|ion)(?: cell)?",
        "side",
    ),
)
KNOBS: tuple[Knob, ...] = (*SWITCHES, *METHODS, *NUMBERS, *SIDES)
"""In the order in which they are looked for: the longer names first."""


def set_wish(name: str) -> Wish:
    """The wish for rows of a set, or against them."""
    return Wish(f"set:{name}", name)


def matches(key: str, keys: Iterable[str]) -> bool:
    """Whether a change with these keys is one that a wish's key speaks of."""
    if key.startswith("set:"):
        name = key.removeprefix("set:")
        return bool({f"curate.load:{how}:{name}" for how in ("add", "more")} & set(keys))
    return any(
        one == key
        or one.startswith(f"{key}:")
        or (key == "curate.filter" and one.startswith(key + "_"))
        for one in keys
    )


def readings(sets: Sequence[str]) -> list[Wish]:
    """All that a person can choose from when they correct how a reason was understood."""
    found: list[Wish] = []
    for knob in NUMBERS:
        found += [knob.wish("up"), knob.wish("down"), knob.wish()]
    found += [knob.wish() for knob in (*METHODS, *SWITCHES)]
    found += [Wish(knob.key, f"any change of {knob.words}") for knob in SIDES]
    return [*found, *(set_wish(name) for name in sorted(sets))]
