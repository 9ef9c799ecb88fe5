"""Who proposes: the proposal, the context it is made from, and the backends that make it."""

from ftassist.agent.proposal import SCHEMA, Change, Estimate, Evidence, Hypothesis, Proposal

__all__ = ["SCHEMA", "Change", "Estimate", "Evidence", "Hypothesis", "Proposal"]
