"""All exercises of the course by key; one file a notebook."""

from ftassist.teach.exercises import (
    data_decides,
    leakage,
    was_it_better,
    what_the_model_sees,
)
from ftassist.teach.exercises.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    **what_the_model_sees.EXERCISES,
    **data_decides.EXERCISES,
    **was_it_better.EXERCISES,
    **leakage.EXERCISES,
}

__all__ = ["EXERCISES", "Exercise"]
