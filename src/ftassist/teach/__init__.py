"""What the course's notebooks call: predictions written down beforehand, and checked exercises.

    from ftassist import teach

    teach.predict("02.A", 12, unit="tokens")
    teach.came("02.A", len(tokens))
    teach.check("02.1", answer)
    folder = teach.recording("agent_at_work")

Nothing else of ftassist knows of it; a trial never needs it.
"""

from ftassist.teach.checks import check
from ftassist.teach.predictions import came, predict, predictions
from ftassist.teach.recordings import recording

__all__ = ["came", "check", "predict", "predictions", "recording"]
