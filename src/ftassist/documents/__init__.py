"""What faces show, as data: snapshots, words, the tree's layout and the JSON documents.

Every face (command line, notebook, widget, report, server) takes its words and its documents
from here, so all of them say the same. Draws nothing, decides nothing.
"""

from ftassist.documents.campaign import campaign_document, tree_document
from ftassist.documents.card import PROPOSAL_MIME, proposal_document
from ftassist.documents.trial import diff_document, trial_document

__all__ = [
    "PROPOSAL_MIME",
    "campaign_document",
    "diff_document",
    "proposal_document",
    "tree_document",
    "trial_document",
]
