"""What happened: events, their store, and the state folded from them."""

from ftassist.journal.events import Event, Kind
from ftassist.journal.folding import fold
from ftassist.journal.state import State, Trial
from ftassist.journal.store import Journal

__all__ = ["Event", "Journal", "Kind", "State", "Trial", "fold"]
