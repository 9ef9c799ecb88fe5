"""Banking77: questions of a bank's customers, each of one of 77 intents.

The benchmark's test set is the test split; validation is drawn from its training set, of which the
rest is a raw set. The views are ours: intents by what they are about.
"""

from __future__ import annotations

from collections.abc import Iterator

from ftassist.dojo.catalog.clinc150 import reader as clinc150
from ftassist.dojo.location import Located
from ftassist.dojo.preparation import training_rows
from ftassist.dojo.readers.packed import packed_rows
from ftassist.dojo.record import Files, Part, RawSet, Record
from ftassist.dojo.scorers.intents import label_words
from ftassist.dojo.splits import Divided
from ftassist.dojo.task import TaskCard

_ABOUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("top_up", ("top_up", "topping_up")),
    ("cash", ("cash_withdrawal", "cash_received", "atm_support", "card_swallowed")),
    ("transfer", ("transfer", "beneficiary", "receiving_money", "balance_not_updated")),
    (
        "payment",
        ("card_payment", "direct_debit", "extra_charge", "transaction_charged", "refund"),
    ),
    ("exchange", ("exchange", "fiat_currency", "supported_cards")),
    (
        "account",
        ("identity", "terminate", "personal", "age_limit", "country", "passcode", "source_of"),
    ),
)
"""Views and the beginnings or parts of intents that belong to them; the others are of cards."""


def evaluation(files: Files, card: TaskCard) -> Iterator[Record]:
    """The test set, then the training set, from which validation is drawn."""
    del card
    yield from questions(files, "test", "test")
    yield from questions(files, "train", "validation")


def training(located: Located, card: TaskCard, divided: Divided) -> Iterator[RawSet]:
    """The training set without the validation items, and questions of another data set."""
    if located.source.id != card.key:
        yield _requests(located, card)
        return
    yield RawSet(
        name="banking77_train",
        title="Customers' questions with their intents",
        description="Banking77's training set without the validation items and without what "
        "is nearly the same as an evaluation item, each with the task's prompt around it.",
        rows=training_rows(card, divided.unused),
        provenance="Banking77 (CC BY 4.0), its training set",
        notes="Intents are unequally frequent (35 to 187 rows). Ying and Thomas (2022, ACL "
        "anthology 2022.insights-1.19) report that over 1,400 of the 10,003 labels (14 %) may be "
        "wrong; which ones is not marked here.",
    )


def _requests(located: Located, card: TaskCard) -> RawSet:
    """CLINC150's requests about banking and cards."""
    found = clinc150.requests(located.files, ("train",))
    return RawSet(
        name="clinc_banking",
        title="Requests about banking and cards, with the intents of another data set",
        description="CLINC150's training set, its domains banking and credit cards, with its own "
        "30 intents as answers.",
        rows=training_rows(card, [r for r in found if r.view in ("banking", "credit_cards")]),
        provenance="CLINC150 (CC BY 3.0), its training set",
        notes="Its intents are none of this task's 77: a row can serve only where its question is "
        "labelled anew.",
    )


def view_of(intent: str) -> str:
    """What an intent is about."""
    name = intent.lower()
    return next((view for view, signs in _ABOUT if any(sign in name for sign in signs)), "card")


def questions(files: Files, name: str, part: Part = "") -> Iterator[Record]:
    """The questions of a file, with their intents as words."""
    rows = (row for path in files[name] for row in packed_rows(path))
    for number, row in enumerate(rows):
        doc = {"text": row["text"].strip(), "label": label_words(row["category"])}
        yield Record(f"{name}-{number}", view_of(row["category"]), doc, part=part)
