"""Rules for trainings that learn from judged answers, once the rows' own answers are learned.

Each keeps the parent's supervised training as its first part and goes on from there, so that the
method is the one thing that changes. They cost several times what an argument costs and rest on
weaker evidence, so they expect little and speak only when the loss has flattened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ftassist.agent.backends.playbook.edits import operator_edit, trainer_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.training_rules import FALLING, RISING, rounded
from ftassist.agent.cells import Call, Name
from ftassist.agent.plan import operator_call
from ftassist.agent.situation import GOOD, Situation
from ftassist.journal.state import BASE
from ftassist.numerals import change
from ftassist.records.proposal import Evidence

IN_FORM = 0.8
"""The form is learned when so many answers can be read."""
BASE_IN_FORM = 0.5
"""The base's own answers are worth judging when so many of them can be read."""
WRONG = 0.15
"""Share of answers of the right form that are wrong, from which on judging them may help."""
GENTLER = 0.1
"""The method's learning rate as a share of the supervised one; customary for preferences."""
STEPS = 20
"""Steps of GRPO in a first try: enough to see the reward rise, cheap enough to be wrong."""
GENERATIONS = 4
SAMPLES = 4
LONGEST = 128
"""Most tokens of a sampled answer."""


@dataclass(frozen=True)
class Reward:
    """The form is learned, answers are wrong, the loss is flat: let the scorer reward answers.

    More of the same rows teach little once the loss is flat. GRPO lets the model answer training
    prompts several times and makes likelier what the task's own scorer prefers, so it works on
    being right and not on wording. It needs answers that differ: a model that is always wrong,
    or always right, earns the same reward each time. On training rows only; a first try is
    short.
    """

    name: ClassVar[str] = "reward"
    prior: ClassVar[Prior] = Prior(0.02, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """Readable and wrong answers after a training whose loss has flattened."""
        found = _exhausted(at)
        score = at.parent.score
        if found is None or score is None or not at.bounded or not 0.1 <= score <= 0.9:
            return []
        cause, evidence = found
        scored = Evidence(at.parent.id, "score, so that rewards of answers differ", score)
        # A reward of 0 or 1 varies most where half of the answers are right.
        return [Finding(cause, (*evidence, scored), 4.0 * score * (1.0 - score))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The parent's training, then GRPO for some steps."""
        return trainer_edit(
            at,
            "train.grpo",
            f"After the supervised epochs, {STEPS} steps of GRPO: the task's scorer rewards.",
            "GRPO with the scorer's reward after the supervised training",
            "train.grpo",
            scorer=Name("task"),
            generations=GENERATIONS,
            max_new_tokens=_longest(at),
            max_steps=STEPS,
            **_after_supervised(at),
        )


@dataclass(frozen=True)
class Pairs:
    """The base answers some prompts right and some wrong: prefer the gold answer to a wrong one.

    DPO needs for a prompt one answer to prefer and one to avoid. Where the base model already
    answers in the asked form and is often wrong, its own wrong answers to training prompts are
    such: near misses, not noise. Where it seldom answers readably they would teach the form
    only, which supervised rows do better.
    """

    name: ClassVar[str] = "pairs"
    prior: ClassVar[Prior] = Prior(0.015, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A base that is right on some, and a flat loss here."""
        return _judged(at, 0.15, 0.85)

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Pairs sampled from the base on training prompts, then DPO."""
        return trainer_edit(
            at,
            "train.dpo",
            "After the supervised epochs, DPO: the rows' answers before wrong ones of the base.",
            "DPO on pairs of right and wrong answers after the supervised training",
            "train.dpo",
            _sampled(at, "pairs", SAMPLES),
            epochs=1,
            **_after_supervised(at),
        )


@dataclass(frozen=True)
class Labels:
    """The base is seldom right, or seldom wrong: learn from labels, which need no pairs.

    With few right (or few wrong) answers a prompt rarely has one of each, and pairs leave most
    rows unused. KTO takes each answer by itself, labelled right or wrong, and weighs the rarer
    label up. Labelled answers count as rows, so there must be room for them.
    """

    name: ClassVar[str] = "labels"
    prior: ClassVar[Prior] = Prior(0.012, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A base that is rarely right, or rarely wrong, and room for more rows."""
        if not _label_samples(at):
            return []
        return [*_judged(at, 0.05, 0.15), *_judged(at, 0.85, 0.95)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """Answers of the base, labelled by the scorer, then KTO."""
        return trainer_edit(
            at,
            "train.kto",
            "After the supervised epochs, KTO on answers of the base, labelled by the scorer.",
            "KTO on answers labelled right and wrong after the supervised training",
            "train.kto",
            _sampled(at, "labels", _label_samples(at)),
            epochs=1,
            **_after_supervised(at),
        )


@dataclass(frozen=True)
class OwnAnswers:
    """Few rows show work, and the base is right on some: train on its own right answers.

    Rejection sampling keeps, of several answers of the model to a training prompt, one that the
    scorer calls right. Such rows are in the model's own words, which it learns with the least
    disturbance, and show its own steps. Rows on which it was never right are lost, so it pays
    only where it is right on a fair share.
    """

    name: ClassVar[str] = "own_answers"
    prior: ClassVar[Prior] = Prior(0.02, 0.05)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A base that answers readably and is right on a fifth, rows without work, none better."""
        if at.plan.curate is None or at.plan.operator("curate.sample_answers"):
            return []
        base = _base_answers(at)
        worked = sum(s.worked * at.share(s.name) for s in at.used)
        better = [s for s in at.unused if s.worked >= 0.7 and s.quality >= GOOD]
        if base is None or base[0] < 0.2 or worked >= 0.5 or better or not at.used:
            return []
        right, readable = base
        evidence = (
            Evidence(BASE, "score of the untouched model", right),
            Evidence(BASE, "share of its answers that can be read", readable),
            Evidence(at.parent.id, "share of rows that show work", round(worked, 3)),
        )
        cause = (
            f"{worked:.0%} of the rows show work, no set with worked answers is left, and the "
            f"untouched model is right on {right:.0%} of the items by itself."
        )
        return [Finding(cause, evidence, min(1.0, right + 0.3))]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """`curate.sample_answers(keep="right")` added."""
        return operator_edit(
            at,
            "curate.sample_answers:right",
            f"Train on the model's own right answers, the best of {SAMPLES} for each prompt.",
            "right answers of the model itself instead of the rows' own",
            _sampled(at, "right", SAMPLES),
        )


@dataclass(frozen=True)
class Teacher:
    """A stronger model lies on this machine, and the loss is flat: learn its distribution, too.

    Distillation tells at each token not only which one the row has but how likely a stronger
    model finds all others, which says more per row. It needs a teacher with the same tokenizer,
    named when the campaign is made; each step costs the teacher's pass as well.
    """

    name: ClassVar[str] = "teacher"
    prior: ClassVar[Prior] = Prior(0.025, 0.04)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """A named teacher, and wrong answers after a training whose loss has flattened."""
        if not at.context.teacher:
            return []
        found = _exhausted(at)
        if found is None:
            return []
        cause, evidence = found
        return [Finding(f"{cause} A stronger model is at hand.", evidence, 0.8)]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """The same training with a teacher beside the rows."""
        kept = _shared(at)
        kept["epochs"] = at.plan.settings.epochs
        return trainer_edit(
            at,
            "train.distil",
            "Learn from a stronger model's distribution beside the rows' own answers.",
            "distillation from the teacher that the campaign names",
            "train.distil",
            teacher=at.context.teacher,
            learning_rate=at.plan.settings.learning_rate,
            **kept,
        )


def _exhausted(at: Situation) -> tuple[str, tuple[Evidence, ...]] | None:
    """Why supervised training alone has little left to give here; None where it has."""
    loss, wrong = at.loss, at.wrong
    if at.plan.trainer != "train.sft" or at.plan.settings.learning_rate is None:
        return None
    if loss is None or wrong is None or wrong.parsed is None or loss.slope is None:
        return None
    if loss.slope <= FALLING or (loss.validation_rise or 0.0) >= RISING or loss.spikes >= 2:
        return None
    if 1.0 - wrong.unparsable < IN_FORM or wrong.parsed < WRONG:
        return None
    evidence = (
        Evidence(at.parent.id, "answers that can be read and are wrong", wrong.parsed),
        Evidence(at.parent.id, "change of the loss at the end", loss.slope),
    )
    cause = (
        f"{wrong.parsed:.0%} of the answers have the right form and are wrong, and the loss on "
        f"the rows is flat ({change(loss.slope)} at the end)."
    )
    return cause, evidence


def _judged(at: Situation, low: float, high: float) -> list[Finding]:
    """One finding where the base's answers are worth judging and it is right so often."""
    found, base = _exhausted(at), _base_answers(at)
    if found is None or base is None or at.plan.curate is None:
        return []
    right, readable = base
    if not low <= right < high:
        return []
    cause, evidence = found
    evidence = (
        *evidence,
        Evidence(BASE, "score of the untouched model", right),
        Evidence(BASE, "share of its answers that can be read", readable),
    )
    cause += (
        f" The untouched model answers {readable:.0%} of the items readably and {right:.0%} "
        "right, so its wrong answers are near misses."
    )
    return [Finding(cause, evidence, readable)]


def _base_answers(at: Situation) -> tuple[float, float] | None:
    """(share right, share readable) of the untouched model, where its answers can be judged."""
    base = at.context.trials.get(BASE)
    wrong = base.evidence.wrong if base and base.evidence else None
    if base is None or base.score is None or wrong is None or not at.bounded:
        return None
    readable = round(1.0 - wrong.unparsable, 4)
    return (base.score, readable) if readable >= BASE_IN_FORM else None


def _sampled(at: Situation, keep: str, samples: int) -> Call:
    return operator_call(
        "sample_answers",
        model=Name("model"),
        scorer=Name("task"),
        samples=samples,
        keep=keep,
        max_new_tokens=_longest(at),
        seed=Name("seed"),
    )


def _label_samples(at: Situation) -> int:
    """Sampled answers of each prompt that the row cap leaves room for beside the gold one."""
    return min(SAMPLES, at.row_cap // at.rows - 1) if at.rows else 0


def _longest(at: Situation) -> int:
    return min(LONGEST, at.context.task.max_new_tokens)


def _after_supervised(at: Situation) -> dict[str, Any]:
    """The parent's training as the first part of a method's."""
    now = at.plan.settings
    rate = now.learning_rate or 0.0
    return {
        "supervised": now.epochs,
        "supervised_rate": rate,
        "learning_rate": rounded(GENTLER * rate),
        **_shared(at),
    }


def _shared(at: Situation) -> dict[str, Any]:
    """The arguments that every trainer takes, as the parent has them; defaults written out."""
    now = at.plan.training
    names = ("rank", "alpha", "targets", "accumulation", "max_length", "checkpointing")
    kept = {name: now[name] for name in names if name in now}
    settings = at.plan.settings
    return {"method": settings.method, "batch_size": settings.batch_size, **kept}
