"""What command line and notebooks say after an edit or a veto: what it is taken for."""

from __future__ import annotations

from ftassist.documents import words
from ftassist.journal.state import Trial


def understood_lines(trial: Trial, command: str) -> str:
    """How the reason of a veto is understood, and how to correct that."""
    read = trial.decision.understood
    way = f'{command} correct {trial.id} --avoid "more rows" --try "learning rate"'
    return f"understood as   {words.understood(read)}\nnot what you meant?   {way}"


def edit_lines(trial: Trial) -> str:
    """What an edited trial now claims, and whose claim it is."""
    hypothesis = trial.proposal.hypothesis
    if not trial.proposal.proposed:
        return "the cells are as they were proposed, so the proposal stands"
    predicted = words.predicted(hypothesis.low, hypothesis.high)
    if words.withdrawn(trial):
        predicted = "the agent's prediction is withdrawn; none is made"
    return f"{words.one_line(trial.hypothesis, 300)}\npredicted: {predicted}"
