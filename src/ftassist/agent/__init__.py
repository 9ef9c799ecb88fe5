"""Who proposes: what a proposal is made from, the rules it keeps, the backends that make it."""

from ftassist.agent.proposal import proposal_schema, read_proposal
from ftassist.records.proposal import Change, Estimate, Evidence, Hypothesis, Proposal

__all__ = [
    "Change",
    "Estimate",
    "Evidence",
    "Hypothesis",
    "Proposal",
    "proposal_schema",
    "read_proposal",
]
