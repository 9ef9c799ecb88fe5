"""What an agent may look at before it proposes.

Bounded and read-only, and of evaluation items those alone that the evaluator chose to show.
"""

from ftassist.agent.eyes.look import Eyes, Look
from ftassist.agent.eyes.sight import Sight

__all__ = ["Eyes", "Look", "Sight"]
