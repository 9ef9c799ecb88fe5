"""Who thinks: backends by name, behind one protocol of three methods."""

from ftassist.agent.backends.base import Analysis, Backend, OutOfIdeasError
from ftassist.agent.backends.names import (
    BACKENDS,
    backend_by_name,
    check_backend,
    default_backend,
    settings_of,
)
from ftassist.agent.insight_changes import InsightChange

__all__ = [
    "BACKENDS",
    "Analysis",
    "Backend",
    "InsightChange",
    "OutOfIdeasError",
    "backend_by_name",
    "check_backend",
    "default_backend",
    "settings_of",
]
