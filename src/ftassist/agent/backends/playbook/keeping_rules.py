"""A rule for what a training makes a model forget: keep more of what the base could do.

It reads what the general panel found. No rule about the task sees this loss, and none mends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ftassist.agent.backends.playbook.edits import operator_edit, training_edit
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior
from ftassist.agent.backends.playbook.training_rules import epochs_edit
from ftassist.agent.cells import Name
from ftassist.agent.plan import operator_call, share_of, with_average
from ftassist.agent.situation import Situation
from ftassist.agent.trial_view import TrialView
from ftassist.numerals import signed
from ftassist.records.proposal import EQUAL, Evidence

SHARES = (0.7, 0.4)
"""How far an average goes from the base, in the order in which it is tried."""
LEAST_RANK = 4
LEAST_REHEARSED, MOST_REHEARSED = 20, 200


@dataclass(frozen=True)
class KeepMore:
    """The trial forgot what the base could do: hold it nearer to the base.

    Weights averaged with the base's often keep most of what was gained and give back much of what
    was forgotten (WiSE-FT, arXiv 2109.01903), for no more training; fewer epochs and a lower rank
    leave less to forget (arXiv 2405.09673); rows of its own answers rehearse it (2403.01244). The
    task's score should stay where it is, which is what is claimed; the general panel is asked
    again and tells whether it worked.
    """

    name: ClassVar[str] = "keep_more"
    prior: ClassVar[Prior] = Prior(0.0, 0.03)

    def applies(self, at: Situation) -> Sequence[Finding]:
        """The next recipe that was not tried from here, while none has given it back."""
        if at.plan.train is None or not _forgot(at.parent):
            return []
        tried = [child for child in at.children if child.rule == self.name]
        if any(child.general.get("found") == "kept" for child in tried):
            return []
        keys = {child.key for child in tried}
        return [
            Finding(_cause(at.parent), _evidence(at.parent), subject=key, detail={"recipe": key})
            for key, edit in _recipes(at)
            if key not in keys and edit is not None
        ][:1]

    def change(self, at: Situation, finding: Finding) -> Edit | None:
        """That recipe, which claims that the task's score stays where it is."""
        edit = dict(_recipes(at))[finding.detail["recipe"]]
        return edit and replace(edit, claims=EQUAL)


def _forgot(view: TrialView) -> bool:
    """Whether a loss in general is shown, or is as large as matters without being shown."""
    found = view.general
    if found.get("found") == "lost":
        return True
    return found.get("found") == "unclear" and found["difference"] <= -found["margin"]


def _told(found: Mapping[str, Any]) -> str:
    """What was found, in words: the difference, its interval, what was lost most."""
    ends = f"[{signed(found['low'], 3)}, {signed(found['high'], 3)}]"
    most = next(iter(found["parts"].items()), None)
    where = f", most in {most[0]} ({signed(most[1][0], 3)})" if most else ""
    of = f"on {found['questions']} general questions"
    return f"{signed(found['difference'], 3)} {ends} {of} against the base{where}"


def _cause(view: TrialView) -> str:
    shown = "forgot" if view.general["found"] == "lost" else "may have forgotten"
    return (
        f"{view.id} {shown} what the base could do: {_told(view.general)}. Nearer to the "
        "base that should come back, and the score on the task stay."
    )


def _evidence(view: TrialView) -> tuple[Evidence, ...]:
    found = view.general
    parts = ((part, moved[0]) for part, moved in [*found["parts"].items()][:1])
    return (
        Evidence(view.id, "difference to the base on the general panel", found["difference"]),
        *(Evidence(view.id, f"the same in {part}", moved) for part, moved in parts),
    )


def _recipes(at: Situation) -> Iterator[tuple[str, Edit | None]]:
    """What keeps more, the cheapest and surest first, by its key."""
    for share in SHARES:
        yield f"train.average:{share:g}", average_edit(at, share, _why(at))
    makers: Sequence[tuple[str, Callable[[Situation], Edit | None]]] = (
        ("train.epochs:down", _fewer_epochs),
        ("train.rank:down", _lower_rank),
        ("curate.rehearse:add", _rehearsal),
    )
    for key, make in makers:
        yield key, make(at)


def average_edit(at: Situation, share: float, why: str) -> Edit | None:
    """The plan whose result is averaged with the base; None where it is nearer already."""
    if at.plan.train is None or share_of(at.plan.train) <= share:
        return None
    return Edit(
        f"train.average:{share:g}",
        f"Average what is trained with the base, {share:.0%} of the way: {why}.",
        f"weights averaged with the base's, {share:.0%} of the way",
        "training",
        at.plan.with_stage("train", with_average(at.plan.train, share)),
        f"{share_of(at.plan.train):.0%} of the way",
        f"{share:.0%} of the way",
    )


def _fewer_epochs(at: Situation) -> Edit | None:
    epochs = at.plan.settings.epochs
    return epochs_edit(at, max(1.0, epochs / 2), _why(at)) if at.supervised else None


def _lower_rank(at: Situation) -> Edit | None:
    rank = at.plan.settings.rank
    if at.plan.settings.method == "full" or rank // 2 < LEAST_RANK:
        return None
    statement = f"Adapter rank {rank // 2} instead of {rank}: {_why(at)}."
    told = f"rank {rank} to {rank // 2}"
    return training_edit(at, "train.rank:down", statement, told, rank=rank // 2)


def _rehearsal(at: Situation) -> Edit | None:
    return rehearsal_edit(at, _why(at))


def rehearsal_edit(at: Situation, why: str) -> Edit | None:
    """The plan with general prompts that the base answers; None where it has them, or no room."""
    count = min(MOST_REHEARSED, max(LEAST_REHEARSED, at.rows // 10))
    if at.plan.operator("curate.rehearse") or at.rows + count > at.row_cap:
        return None
    call = operator_call("rehearse", model=Name("model"), count=count, seed=Name("seed"))
    statement = f"Add {count} general prompts that the base answers itself: {why}."
    told = f"{count} rows of rehearsal"
    return operator_edit(at, "curate.rehearse:add", statement, told, call)


def _why(at: Situation) -> str:
    """What should come back, as it can be tested."""
    lost = signed(at.parent.general["difference"], 3)
    return f"the score stays, and of the {lost} in general some comes back"
