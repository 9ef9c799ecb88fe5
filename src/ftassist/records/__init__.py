"""What a campaign's journal and its faces speak of, as types: the ground that all rooms share."""

from ftassist.records.budget import Budget
from ftassist.records.record import Record

__all__ = ["Budget", "Record"]
