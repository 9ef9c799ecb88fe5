"""What faces show, as data: snapshots, words, the tree's layout and the JSON documents.

Every face (command line, notebook, widget, report, server) takes its words and its documents
from here, so all of them say the same. Draws nothing, decides nothing.
"""

from ftassist.documents.campaign import campaign_document, campaign_entry, tree_document
from ftassist.documents.card import PROPOSAL_MIME, card_document, proposal_document
from ftassist.documents.compare import compare_document
from ftassist.documents.knobs import knobs_document
from ftassist.documents.node import node, view_head
from ftassist.documents.output import card_output
from ftassist.documents.plan import plan_document
from ftassist.documents.thinking import thinking_document
from ftassist.documents.trial import diff_document, trial_document, trial_page
from ftassist.documents.what_if import believed_lines, what_if_document, what_if_lines

__all__ = [
    "PROPOSAL_MIME",
    "believed_lines",
    "campaign_document",
    "campaign_entry",
    "card_document",
    "card_output",
    "compare_document",
    "diff_document",
    "knobs_document",
    "node",
    "plan_document",
    "proposal_document",
    "thinking_document",
    "tree_document",
    "trial_document",
    "trial_page",
    "view_head",
    "what_if_document",
    "what_if_lines",
]
