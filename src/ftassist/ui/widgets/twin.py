"""What a saved notebook shows of a widget without a kernel: kept up to date while there is one.

A widget's state does not tell a reader without a kernel anything; the HTML and text beside it do.
They are displayed with an id and displayed anew when a trial was decided or has ended. The front
end draws the widget anew then, so this is not done for each step of a training.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any
from uuid import uuid4


class Twin:
    """The display of one widget in one IPython kernel; outside of one it does nothing."""

    def __init__(self) -> None:
        self._id = uuid4().hex
        self._stand: Hashable | None = None
        self._displayed = False

    def display(self, bundle: Mapping[str, Any], stand: Hashable) -> None:
        """Displays the widget as the output of the running cell.

        Args:
            bundle: Data by MIME type.
            stand: What the bundle tells, to know when it tells something else.
        """
        self._publish(bundle, update=False)
        self._displayed, self._stand = True, stand

    def is_behind(self, stand: Hashable) -> bool:
        """Whether it was displayed and tells something else than it would now."""
        return self._displayed and stand != self._stand

    def renew(self, bundle: Mapping[str, Any], stand: Hashable) -> None:
        """Displays it anew in its place."""
        self._stand = stand
        self._publish(bundle, update=True)

    def _publish(self, bundle: Mapping[str, Any], *, update: bool) -> None:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None:
            transient = {"display_id": self._id}
            shell.display_pub.publish(dict(bundle), {}, transient=transient, update=update)
