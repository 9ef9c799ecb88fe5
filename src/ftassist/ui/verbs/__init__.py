"""What can be said to a campaign, each verb once: `%ftagent` and `ftassist` are made from it."""

from ftassist.ui.verbs import control, decisions, learning, pages, remarks, running, wishes
from ftassist.ui.verbs.face import Face, Picture, VerbAnswer
from ftassist.ui.verbs.verb import REQUIRED, VERBS, Parameter, Verb

__all__ = [
    "REQUIRED",
    "VERBS",
    "Face",
    "Parameter",
    "Picture",
    "Verb",
    "VerbAnswer",
    "control",
    "decisions",
    "learning",
    "pages",
    "remarks",
    "running",
    "wishes",
]
