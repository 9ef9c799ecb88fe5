"""All exercises of the course by key; one file a notebook."""

from ftassist.teach.exercises import (
    agent_at_work,
    costs_and_keeps,
    data_decides,
    first_campaign,
    leakage,
    preferences,
    was_it_better,
    what_the_model_sees,
)
from ftassist.teach.exercises.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    **first_campaign.EXERCISES,
    **what_the_model_sees.EXERCISES,
    **data_decides.EXERCISES,
    **was_it_better.EXERCISES,
    **costs_and_keeps.EXERCISES,
    **leakage.EXERCISES,
    **preferences.EXERCISES,
    **agent_at_work.EXERCISES,
}

__all__ = ["EXERCISES", "Exercise"]
