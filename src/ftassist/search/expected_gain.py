"""ftassist's own policy: what raises the score of the recommended trial most, a second.

What the campaign recommends at its end is the trial with the highest posterior mean
(`ftassist.search.beliefs`). Each thing that could be done next, growing from a trial or training
one again on a fresh seed, changes those means once its score is known; how far their maximum is
expected to rise is the knowledge gradient (Frazier, Powell and Dayanik, INFORMS Journal on
Computing 21 (2009) 599-613). That, times the chance that the run comes to a score, by the seconds
it is expected to take, is what the policy compares.

`InParts` does the same with runs in parts: a new trial goes to the first rung, and what its score
there says (`ftassist.search.parts`) decides whether running it on, to the next rung or to its end,
is worth its seconds more than anything else; else it rests. What a new trial costs is then what it
costs with the best such stopping.

A trial's failed children say where failures lie, a veto counts as half a failure, and what is
under way counts as a sibling that is already there. It draws no lots: the same tree gets the same
answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from ftassist.search.options import Option, Prices, SearchSituation, under_way
from ftassist.search.paying import new_runs, paid
from ftassist.search.policy import Choice, SearchTree

if TYPE_CHECKING:
    from ftassist.search.beliefs import Beliefs


@dataclass(frozen=True)
class ExpectedGain:
    """The knowledge gradient of the recommended trial, by seconds."""

    name: ClassVar[str] = "ftassist"
    in_parts: ClassVar[bool] = False
    stops: ClassVar[bool] = True

    def choose(self, tree: SearchTree, slots: int) -> list[Choice]:
        """The actions of the highest worth, each chosen with those before it under way."""
        if slots < 1 or not tree.root.expandable:
            return []
        tree = tree if self.in_parts else replace(tree, rungs=(1.0,))
        beliefs, prices = _beliefs(tree), Prices.of(tree)
        resting = {node.id for node in tree if node.status == "resting"}
        choices: list[Choice] = []
        while len(choices) < slots:
            now = SearchSituation(tree, beliefs, prices)
            options = now.options(_begins_in_parts(now, choices), resting)
            options.sort(key=lambda option: -option.worth)
            payable = [
                option
                for option in options
                if _pays(now, choices, option) and not _left_out_already(choices, option)
            ]
            if not payable:
                break
            choices.append(_choice(now, payable))
            resting.discard(payable[0].trial)
            beliefs = under_way(beliefs, payable[0])
        return choices or paid(tree, [_run_on(option) for option in options[:1]])

    def recommend(self, tree: SearchTree) -> str | None:
        """The trial with the highest posterior mean."""
        if not tree.root.expandable:
            return None
        beliefs = _beliefs(tree)
        return beliefs.nodes[int(beliefs.mean.argmax())].id


@dataclass(frozen=True)
class InParts(ExpectedGain):
    """The same with trials that are run in parts."""

    name: ClassVar[str] = "ftassist-parts"
    in_parts: ClassVar[bool] = True


def _beliefs(tree: SearchTree) -> Beliefs:
    from ftassist.search.beliefs import believe

    return believe(tree)


def _begins_in_parts(now: SearchSituation, choices: list[Choice]) -> bool:
    """Whether the seconds left pay for all of one more trial in parts."""
    begun = [choice for choice in choices if choice.action == "promote"]
    more = 1 + sum(choice.action == "grow" for choice in choices)
    return new_runs(now.tree, more, begun) == more


def _pays(now: SearchSituation, choices: list[Choice], option: Option) -> bool:
    """Whether the seconds left pay for an option, beside what is chosen already."""
    if option.action != "promote":
        return True
    before = [choice for choice in choices if choice.action == "promote"]
    return len(paid(now.tree, [*before, _run_on(option)])) > len(before)


def _left_out_already(choices: list[Choice], option: Option) -> bool:
    """Whether an ablation is chosen before: it is one trial, and not worth two."""
    return option.action == "ablate" and any(
        (choice.parent, choice.without) == (option.trial, option.without) for choice in choices
    )


def _run_on(option: Option) -> Choice:
    return Choice(option.trial, "", "promote", rung=option.rung)


def _choice(now: SearchSituation, options: list[Option]) -> Choice:
    """The first option, with its numbers and the runner-up's."""
    beliefs, first = now.beliefs, options[0]
    leader = int(beliefs.mean.argmax())
    deviation = float(beliefs.covariance[leader, leader]) ** 0.5
    reason = (
        f"{_words(first)} is expected to raise the recommended score "
        f"({beliefs.nodes[leader].id}, {beliefs.mean[leader]:.3f} ± {1.96 * deviation:.3f}) by "
        f"{first.gain:.4f} for about {first.seconds:.0f} s; {first.chance:.0%} come to a score"
    )
    if first.rung < 1.0:
        reason += f"; {first.share:.0%} of such go on to their end"
    instead = ""
    if len(options) > 1:
        second = options[1]
        share = second.worth / first.worth if first.worth > 0.0 else 1.0
        reason += f"; next best a second: {_words(second)} ({share:.0%} of that)"
        instead = (
            f"{_words(second)} is expected to raise it by {second.gain:.4f} for about "
            f"{second.seconds:.0f} s, {second.chance:.0%} come to a score: {share:.0%} a second"
        )
    return Choice(
        first.trial, reason, first.action, instead, rung=first.rung, without=first.without
    )


def _words(option: Option) -> str:
    if option.action == "grow":
        first = f" to {option.rung:.0%} first" if option.rung < 1.0 else ""
        return f"growing from {option.trial}{first}"
    if option.action == "ablate":
        return f"leaving the change of {option.without} out of {option.trial}"
    if option.action == "promote":
        return f"running {option.trial} on to {option.rung:.0%}"
    return f"a fresh seed of {option.trial}"
