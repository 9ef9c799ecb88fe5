"""The playbook backend: written rules from measured evidence to one change each."""

from ftassist.agent.backends.playbook.playbook import Playbook
from ftassist.agent.backends.playbook.rule import Edit, Finding, Prior, Rule
from ftassist.agent.backends.playbook.rules import RULES

__all__ = ["RULES", "Edit", "Finding", "Playbook", "Prior", "Rule"]
