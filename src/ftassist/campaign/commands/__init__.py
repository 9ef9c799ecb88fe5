"""The one door for writes: every act of a person, or of a program for one, on a campaign.

    commands.veto(campaign, "t0003", "no answers without working", actor="person:ada", seen=41)

Each checks what it is asked, writes one event with who did it (`actor`) and the sequence number it
was decided on (`seen`), and returns the event. Command line, magics, widgets and server call these
and write nothing themselves. Nothing is run here: the runner does what the journal says, and who
asks starts one (`Campaign.start_runner`). The sealed test, whose opening is one with its scoring,
is `campaign.final`.
"""

from ftassist.campaign.commands.control import (
    allow_unisolated,
    choose_executor,
    pause,
    resume,
    set_budget,
    set_executor,
    set_review,
    stop,
)
from ftassist.campaign.commands.decisions import (
    accept,
    correct,
    edit,
    undo_veto,
    veto,
)
from ftassist.campaign.commands.insights import (
    correct_insight,
    delete_insight,
    pin_insight,
)
from ftassist.campaign.commands.proposals import submit_proposal
from ftassist.campaign.commands.remarks import MOST_TAGS, note, remove_note, tag, untag
from ftassist.campaign.commands.wishes import (
    MOST_ALTERNATIVES,
    MOST_SEEDS,
    ask_alternatives,
    ask_branch,
    ask_export,
    ask_proposal,
    ask_replicates,
    ask_stop,
    cancel_proposal,
    pin,
    promote,
    unpin,
)

__all__ = [
    "MOST_ALTERNATIVES",
    "MOST_SEEDS",
    "MOST_TAGS",
    "accept",
    "allow_unisolated",
    "ask_alternatives",
    "ask_branch",
    "ask_export",
    "ask_proposal",
    "ask_replicates",
    "ask_stop",
    "cancel_proposal",
    "choose_executor",
    "correct",
    "correct_insight",
    "delete_insight",
    "edit",
    "note",
    "pause",
    "pin",
    "pin_insight",
    "promote",
    "remove_note",
    "resume",
    "set_budget",
    "set_executor",
    "set_review",
    "stop",
    "submit_proposal",
    "tag",
    "undo_veto",
    "unpin",
    "untag",
    "veto",
]
