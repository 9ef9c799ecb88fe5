"""What a finished trial tells, put together from numbers of the context; nothing is guessed.

Every number in the text stands in the context: scores, differences, rates, losses, counts.
"""

from __future__ import annotations

from ftassist.agent.backends.base import Analysis
from ftassist.agent.backends.playbook.keeping_rules import KeepMore
from ftassist.agent.context import Context
from ftassist.agent.trial_view import TrialView
from ftassist.numerals import change, signed

MOVED = 0.05
"""A view that moved by this much is mentioned."""


def analyse_trial(context: Context, trial: str) -> Analysis:
    """The analysis of a finished trial.

    Raises:
        UnknownNameError: The context holds no such trial.
    """
    view = context.trial(trial)
    if view.failure:
        return _failed(view)
    if view.score is None:
        return Analysis(f"{view.id} is {view.status}: there is no score to analyse yet.")
    parent = context.trials.get(view.against or view.parent or "")
    sentences = [_result(view), _prediction(view), *_views(view, parent), *_answers(view)]
    causes, try_next = _causes(view)
    return Analysis(
        text=" ".join(s for s in sentences if s),
        causes=tuple(causes),
        try_next=tuple(try_next),
        avoid=tuple(_avoid(view)),
    )


def _failed(view: TrialView) -> Analysis:
    kind, stage = view.failure["class"], view.failure.get("stage") or "a stage"
    said = view.failure_message.quoted.splitlines()
    text = f"{view.id} failed in {stage}, class {kind}."
    if said:
        text += f' It said: "{said[0][:200]}".'
    advice = {
        "OOM": "half the batch with twice the accumulation",
        "TIMEOUT": "fewer epochs or fewer rows",
        "INVALID": "leave out rows that repeat evaluation items",
        "CONFIG": "a lower learning rate, or the usual settings",
        "DATA": "leave out the operator or the set that is to blame",
        "BUDGET": "draw a sample below the row cap",
        "ENV": "run it again; the environment failed, not the idea",
        "KILLED": "run it again, unless a person stopped it",
    }
    return Analysis(
        text,
        causes=(f"{kind} in {stage}",),
        try_next=(advice.get(kind, "look at the log"),),
        avoid=(f"the same cells again ({view.description})",)
        if kind not in ("ENV", "KILLED") and view.description
        else (),
    )


def _result(view: TrialView) -> str:
    interval = f" [{view.low:.3f}, {view.high:.3f}]" if view.low is not None else ""
    text = f"{view.id} scored {view.score:.3f}{interval}"
    if view.difference is None:
        return f"{text}."
    ends = ""
    if view.difference_low is not None and view.difference_high is not None:
        ends = f" [{signed(view.difference_low, 3)}, {signed(view.difference_high, 3)}]"
    return f"{text}, {view.verdict} against {view.against} by {signed(view.difference, 3)}{ends}."


def _prediction(view: TrialView) -> str:
    if view.predicted is None or view.difference is None:
        return ""
    low, high = view.predicted
    where = "inside" if low <= view.difference <= high else "below"
    if view.difference > high:
        where = "above"
    return f"The prediction was {signed(low, 3)} to {signed(high, 3)}; what came is {where} it."


def _views(view: TrialView, parent: TrialView | None) -> list[str]:
    if parent is None or not parent.views:
        return []
    moved = [
        f"{name} {parent.views[name]:.2f} to {score:.2f}"
        for name, score in view.views.items()
        if name in parent.views and abs(score - parent.views[name]) >= MOVED
    ]
    return [f"By view: {'; '.join(moved)}."] if moved else []


def _answers(view: TrialView) -> list[str]:
    wrong = view.evidence.wrong if view.evidence else None
    if wrong is None:
        return []
    parts = [f"{wrong.unparsable:.1%} could not be read", f"{wrong.truncated:.1%} were cut"]
    if wrong.parsed is not None:
        parts.append(f"{wrong.parsed:.1%} could be read and were wrong")
    return [f"Of the answers {', '.join(parts)}."]


def _causes(view: TrialView) -> tuple[list[str], list[str]]:
    """Supposed causes of what is still wrong, and what each suggests."""
    causes: list[str] = []
    following: list[str] = []
    wrong = view.evidence.wrong if view.evidence else None
    loss = view.evidence.loss if view.evidence else None
    if wrong and wrong.unparsable >= 0.15:
        causes.append(f"{wrong.unparsable:.1%} of the answers are not in the asked form")
        following.append("rows whose answers are in the asked form, or longer training")
    if wrong and (wrong.parsed or 0.0) >= 0.15:
        causes.append(f"{wrong.parsed:.1%} of the answers have the right form and are wrong")
        following.append("rows that show their work, more of them, or cleaner labels")
    if wrong and len(wrong.by_view) > 1:
        worst = max(wrong.by_view, key=lambda name: (wrong.by_view[name], name))
        if wrong.by_view[worst] > 0.15:
            causes.append(f"in view {worst} {wrong.by_view[worst]:.1%} of the items are wrong")
            following.append(f"rows about {worst}")
    if loss and loss.slope is not None and loss.slope <= -0.04:
        causes.append(f"the loss was still falling at the end ({change(loss.slope, 1)})")
        following.append("more epochs")
    if loss and (loss.validation_rise or 0.0) >= 0.05:
        causes.append(f"the held-out loss rose by {loss.validation_rise:.1%}")
        following.append("fewer epochs or more rows")
    return causes, following


def _avoid(view: TrialView) -> list[str]:
    stayed = view.rule == KeepMore.name and view.verdict == "tied"  # as it was to
    if view.verdict not in ("tied", "worse") or not view.description or stayed:
        return []
    return [
        f"{view.description} from {view.against}: {view.verdict} ({signed(view.difference, 3)})"
    ]
