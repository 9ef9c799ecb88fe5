"""A person's consent to run cells that a model wrote where nothing isolates them.

Asked once a campaign, before the first such cell runs, whatever the review mode: without isolation
a cell can do what the person can. Cells of the playbook's recipes, and cells a person wrote, need
none.
"""

from __future__ import annotations

from typing import Any

from ftassist.agent.backends.names import RECIPES_ONLY
from ftassist.isolation.support import probe
from ftassist.journal.state import State, Trial

CONSENT = "consent"
"""What a campaign that is paused for it waits for."""
_WHAT_TO_DO = " What to do: "
_ISOLATION = "or get isolation and go on: "


def written_by_model(trial: Trial) -> bool:
    """Whether a language model, or an agent outside, wrote a cell of a trial that will run."""
    if trial.proposal.backend in RECIPES_ONLY:
        return False
    people = {stage for stage, who in trial.edited.items() if who.startswith("person:")}
    return bool(trial.cells.keys() - people)


def needed(state: State, trial: Trial) -> bool:
    """Whether a person is to be asked before a trial runs."""
    return written_by_model(trial) and not state.consent and not probe().works


def question(trial: str) -> str:
    """What a person is asked, with what to do for isolation instead."""
    found = probe()
    return (
        f"{trial} holds cells that a model wrote, and nothing isolates them here ({found.found}): "
        f"they would run with your rights, files and network.{_WHAT_TO_DO}allow it for this "
        "campaign with `ftassist run --allow-unisolated` (in a notebook: "
        f"`%ftagent run --allow-unisolated`), {_ISOLATION}{found.fix}"
    )


def consent_document(state: State) -> dict[str, Any]:
    """Consent as a document shows it.

    Returns:
        `waited_for`; `given_by`, "" without one; and while it is waited for `why`, in a sentence,
        and `isolation`: what to do instead. Both are read from the reason of the pause, as the
        machine that paused wrote it: the campaign may be looked at from another one.
    """
    waits = state.phase == "paused" and state.waits_for == CONSENT
    why, _, ways = state.reason.partition(_WHAT_TO_DO) if waits else ("", "", "")
    return {
        "waited_for": waits,
        "given_by": state.consent.actor,
        "why": why,
        "isolation": ways.partition(_ISOLATION)[2],
    }
