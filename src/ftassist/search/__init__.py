"""Which trial next: policies, the best trial.

Was it better: import `ftassist.search.verdict` or `ftassist.statistics` by name; they
bring statistics along, which those who only pick a parent need not wait for.
"""

from ftassist.search.best import best_path, best_trial
from ftassist.search.policies import policy_by_name
from ftassist.search.policy import Choice, Policy, SearchTree, TreeNode

__all__ = [
    "Choice",
    "Policy",
    "SearchTree",
    "TreeNode",
    "best_path",
    "best_trial",
    "policy_by_name",
]
