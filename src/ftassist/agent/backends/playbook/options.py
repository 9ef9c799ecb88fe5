"""Options of the playbook: changes with what ranks them, and how several are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ftassist.agent.backends.playbook.prediction import Prediction
from ftassist.agent.backends.playbook.rule import Edit, Finding, Rule


@dataclass(frozen=True)
class RuleOption:
    """A rule's change with all that is needed to rank it and to write it down."""

    rule: Rule
    finding: Finding
    edit: Edit
    prediction: Prediction
    seconds: float | None
    promise: float
    asked: int = 0


def different(options: Sequence[RuleOption], k: int) -> list[RuleOption]:
    """The best option of each rule first, then the rest."""
    first: dict[str, RuleOption] = {}
    for option in options:
        first.setdefault(option.rule.name, option)
    leading = list(first.values())
    rest = [option for option in options if option not in leading]
    return [*leading, *rest][: max(1, k)]


def of_variants(
    options: Sequence[RuleOption], k: int, variants: Sequence[str]
) -> list[tuple[RuleOption, str]]:
    """At most `k` options, those that were asked for first, with the variant each stands for.

    Bold is the one whose prediction reaches furthest, cheap the one that takes least time, rival
    the most promising one on the other side (data or training) than the bold one. Each is of a
    rule of its own while there are rules enough.
    """
    if not variants:
        return [(option, "") for option in different(options, k)]
    asked = [option for option in options if option.asked]
    chosen = [(option, "") for option in different(asked, k)] if asked else []
    for variant in variants[: max(0, k - len(chosen))]:
        taken = [option for option, _ in chosen]
        if rest := _unused(options, taken):
            bold = next((option for option, name in chosen if name == "bold"), None)
            chosen.append((_best(rest, variant, bold), variant))
    taken = [option for option, _ in chosen]
    left = different([option for option in options if option not in taken], k)
    return [*chosen, *((option, "") for option in left)][: max(1, k)]


def _unused(options: Sequence[RuleOption], taken: Sequence[RuleOption]) -> list[RuleOption]:
    """Options of rules that were not taken yet; any others where there are none."""
    rules = {option.rule.name for option in taken}
    left = [option for option in options if option not in taken]
    return [option for option in left if option.rule.name not in rules] or left


def _best(options: Sequence[RuleOption], variant: str, bold: RuleOption | None) -> RuleOption:
    """The one that stands best for a variant; the more promising one of equals."""
    if variant == "bold":
        return max(options, key=lambda option: option.prediction.high)
    if variant == "cheap":
        known = [option for option in options if option.seconds is not None]
        return min(known or options, key=lambda option: option.seconds or 0.0)
    side = bold.edit.side if bold else ""
    return next((option for option in options if option.edit.side != side), options[0])
