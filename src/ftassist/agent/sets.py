"""Raw sets as the playbook judges them: from a profile's counts to a quality between 0 and 1.

Everything comes from the profiles, the task card and the wrong answers that were shown; no set is
known by name. The weights below are rules of thumb, written down so that they can be argued with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftassist.agent.profile_view import view_profiles
from ftassist.agent.words import coverage, nearness, rarity
from ftassist.dojo.task import TaskCard
from ftassist.errors import FtassistError
from ftassist.records.record import Record

FORMS = (("boxed", r"\\boxed"), ("final answer", r"final answer"), ("answer", r"answer:"))
"""How a final answer may be written (as in `dojo.profile`), and how a contract says so."""
ENOUGH_REPEATS = 20
"""Prompts that must be labelled twice before their disagreement says something."""
SKEWED = 1.5
"""The commonest answer is so many times more frequent than an even split: the set is skewed."""
_UNTRACED = re.compile(r"mirror|not recorded|unknown|scraped|unclear", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Profile(Record):
    """What is read of a raw set's profile, as a context has it: its texts are quoted."""

    rows: int = 0
    exact_duplicates: int = 0
    near_duplicates: int = 0
    repeated_prompts: int = 0
    conflicting_prompts: int = 0
    answers: tuple[Mapping[str, Any], ...] = ()
    answer_forms: Mapping[str, float] = field(default_factory=dict)
    worked_share: float = 0.0
    response_characters: Mapping[str, int] | None = None
    prompt_characters: Mapping[str, int] | None = None
    prompt_tokens: Mapping[str, int] | None = None
    response_tokens: Mapping[str, int] | None = None
    samples: tuple[Any, ...] = ()
    title: Any = ""
    description: Any = ""
    provenance: Any = ""
    notes: Any = ""

    def card(self, name: str) -> str:
        """What strangers wrote of the set."""
        return "\n".join(
            [name, *map(_text, (self.title, self.description, self.provenance, self.notes))]
        )


@dataclass(frozen=True)
class SetView:
    """A raw set as far as its profile tells.

    Attributes:
        name: The set.
        unique: Rows left without exact and near repeats.
        worked: Share of responses that show work.
        fits: Share of responses whose final answer is written as the task's contract wants it;
            1 where the contract names no form.
        label_error: Estimated share of wrong labels, from prompts labelled twice; None where too
            few are.
        conflicting: Prompts with more than one answer.
        top_answer: Share of the commonest answer.
        second_answer: Share of the next one.
        skewed: Whether the commonest answer is far above an even split.
        untraced: Whether its card does not tell where it is from.
        response_length: 90th percentile of response characters.
        prompt_length: Median of prompt characters.
        tokens: Median tokens of a prompt and its response together; 0 where nobody counted.
        text: Name, card and samples, for likeness.
        card: Title, description, provenance and notes only.
        views: How much of each view's words it has, 0 to 1.
        foreign: Whether the task has a closed answer set and its answers are not of it.
    """

    name: str
    rows: int
    unique: int
    worked: float
    fits: float
    label_error: float | None
    conflicting: int
    top_answer: float
    second_answer: float
    skewed: bool
    untraced: bool
    response_length: int
    text: str
    card: str
    views: Mapping[str, float] = field(default_factory=dict)
    prompt_length: int = 0
    tokens: int = 0
    foreign: bool = False

    @property
    def repeated(self) -> float:
        """Share of rows that repeat another."""
        return 1.0 - self.unique / self.rows if self.rows else 0.0

    @property
    def topic(self) -> float:
        """How near it is to the nearest view, 0 to 1; half the words count as all."""
        return min(1.0, 2.0 * max(self.views.values(), default=0.5))

    @property
    def quality(self) -> float:
        """A rule of thumb for how much a row of it is worth, 0 to 1.

        A product, so that one bad flaw is enough: answers in another form than the contract's
        (down to 0.15), wrong labels (30 % of them halve it), repeats, no work shown (0.5),
        one answer all over (0.6), unknown origin (0.8), off topic (down to 0.5), tiny (0.6),
        answers that are none of a closed set (0.15).
        """
        error = self.label_error or 0.0
        return (
            (0.15 + 0.85 * self.fits)
            * max(0.1, 1.0 - 1.7 * error)
            * (0.4 + 0.6 * self.unique / max(1, self.rows))
            * (0.5 + 0.5 * self.worked)
            * (0.6 if self.skewed else 1.0)
            * (0.8 if self.untraced else 1.0)
            * (0.5 + 0.5 * self.topic)
            * (0.6 if self.unique < 150 else 1.0)
            * (0.15 if self.foreign else 1.0)
        )

    @property
    def flaws(self) -> list[str]:
        """What is wrong with it, in words with numbers."""
        found = []
        if self.foreign:
            found.append("its answers are none of the task's")
        if self.fits < 0.5:
            found.append(f"{1 - self.fits:.0%} of its answers are not in the asked form")
        if self.label_error is not None and self.label_error >= 0.08:
            found.append(f"about {self.label_error:.0%} of its labels are wrong")
        if self.repeated >= 0.2:
            found.append(f"{self.repeated:.0%} of its rows are repeats")
        if self.worked < 0.3:
            found.append("it shows no work")
        if self.skewed:
            found.append(f"{self.top_answer:.0%} of its answers are the same")
        if self.untraced:
            found.append("its card does not tell where it is from")
        return found


def read_sets(
    raw: Mapping[str, Mapping[str, Any]],
    task: TaskCard | None,
    wrong_prompts: Mapping[str, Sequence[str]] | None = None,
    own: Collection[str] = (),
) -> dict[str, SetView]:
    """The sets of a context, judged.

    Args:
        raw: `Context.profiles`: texts are {"quoted": ...} or `Quoted`.
        task: The task's card; None where the task has gone.
        wrong_prompts: Prompts of wrong answers shown, by view: the evaluation's own wording.
        own: The sets that have the task's closed answers; none for a task without.
    """
    form = contract_form(task.output_contract) if task else None
    profiles = {name: _Profile.of(one) for name, one in sorted(raw.items())}
    cards = {name: profile.card(name) for name, profile in profiles.items()}
    samples = {name: [*map(_text, profile.samples)] for name, profile in profiles.items()}
    texts = {name: "\n".join([cards[name], *samples[name]]) for name in profiles}
    weights = rarity(texts.values())
    listed = sorted(task.views.items()) if task else ()
    views = {view: f"{view} {words}" for view, words in listed}
    prompts = wrong_prompts or {}
    return {
        name: _read(
            name,
            profile,
            form,
            cards[name],
            texts[name],
            {
                view: round(
                    max(
                        coverage(words, texts[name], weights),
                        _likeness(prompts.get(view, ()), samples[name]),
                    ),
                    3,
                )
                for view, words in views.items()
            },
            bool(own) and name not in own,
        )
        for name, profile in profiles.items()
    }


def known_sets(
    profiles: Mapping[str, Mapping[str, Any]], card: Callable[[], TaskCard | None]
) -> Mapping[str, SetView]:
    """The sets of a campaign, judged; without the task's card where the task has gone.

    Args:
        profiles: Profiles of the raw sets as the journal has them.
        card: Gives the task's card.
    """
    try:
        task = card() if profiles else None
    except FtassistError:
        task = None
    return read_sets(view_profiles(profiles), task)


def contract_form(contract: str) -> str | None:
    """The form of final answers a contract asks for, by the names of a profile's answer forms."""
    for form, pattern in FORMS:
        if re.search(pattern, contract, re.IGNORECASE):
            return form
    return None


def _read(
    name: str,
    profile: _Profile,
    form: str | None,
    card: str,
    text: str,
    views: Mapping[str, float],
    foreign: bool,
) -> SetView:
    repeats = profile.exact_duplicates + profile.near_duplicates
    shares = sorted((float(answer["share"]) for answer in profile.answers), reverse=True)
    top, second = [*shares, 0.0, 0.0][:2]
    return SetView(
        name=name,
        rows=profile.rows,
        unique=max(0, profile.rows - repeats),
        worked=profile.worked_share,
        fits=_fits(profile.answer_forms, form),
        label_error=_label_error(profile),
        conflicting=profile.conflicting_prompts,
        top_answer=top,
        second_answer=second,
        skewed=len(shares) > 1 and top >= 0.4 and top >= SKEWED / len(shares),
        untraced=bool(_UNTRACED.search(card)),
        response_length=_quantile(profile.response_characters, "p90"),
        text=text,
        card=card,
        views=views,
        prompt_length=_quantile(profile.prompt_characters, "p50"),
        tokens=sum(_quantile(n, "p50") for n in (profile.prompt_tokens, profile.response_tokens)),
        foreign=foreign,
    )


def _quantile(lengths: Mapping[str, int] | None, name: str) -> int:
    return lengths.get(name, 0) if lengths else 0


def _fits(forms: Mapping[str, float], form: str | None) -> float:
    return 1.0 if form is None or not forms else forms.get(form, 0.0)


def _label_error(profile: _Profile) -> float | None:
    """If each label is wrong with chance e, two of them differ with chance c = 1 - (1 - e)^2.

    (Two wrong labels that agree by chance are left out of account.)
    """
    if profile.repeated_prompts < ENOUGH_REPEATS:
        return None
    differ = min(1.0, profile.conflicting_prompts / profile.repeated_prompts)
    return round(1.0 - math.sqrt(1.0 - differ), 3)


def _likeness(prompts: Sequence[str], samples: Sequence[str]) -> float:
    return max((nearness(prompt, samples) for prompt in prompts), default=0.0)


def _text(value: Any) -> str:
    """A text, whether it comes quoted, as JSON or plain."""
    if isinstance(value, Mapping):
        return str(value.get("quoted", ""))
    return str(getattr(value, "quoted", value))
