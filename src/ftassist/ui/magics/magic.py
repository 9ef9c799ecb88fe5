"""The `%ftagent` magic: the whole loop from a notebook.

    %load_ext ftassist
    %ftagent task mini_math
    %ftagent propose

Shows the state of the notebook's campaign and sends decisions; holds no logic of the loop. A
decision is made on what was last shown here, so one made elsewhere meanwhile is not run over.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from ftassist.errors import FtassistError
from ftassist.ui import magic_lines
from ftassist.ui.magics.tasks import Tasks
from ftassist.ui.verbs import VERBS


def load_ipython_extension(shell: Any) -> None:
    """Registers the line and cell magic `ftagent`."""
    magic = Ftagent(shell)
    shell.register_magic_function(magic, magic_kind="line_cell", magic_name="ftagent")


class Ftagent(Tasks):
    """The magic of one IPython shell."""

    def __call__(self, line: str, cell: str | None = None) -> None:
        """Runs one `%ftagent` line, or `%%ftagent edit TRIAL STAGE` with a cell."""
        from IPython.core.error import UsageError

        try:
            name, given = magic_lines.parse(line)
            if cell is not None and name != "edit":
                raise FtassistError(
                    f"%%ftagent takes a cell for `edit` only, not for {line!r}",
                    fix="write `%ftagent` with one percent sign, alone in its line",
                )
            self.cell = cell
            if name in VERBS:
                self.tell(VERBS[name].run(self, **vars(given)))
            else:
                self._own()[name](given)
        except FtassistError as error:
            raise UsageError(str(error)) from None
        except KeyboardInterrupt:
            self._say("stopped waiting; the runner goes on. Stop it with `%ftagent stop`.")

    def _own(self) -> Mapping[str, Callable[[argparse.Namespace], None]]:
        """What a notebook says in a way of its own."""
        return {
            "": lambda wanted: self._say(magic_lines.usage(wanted.verb)),
            "new": self._new,
            "task": self._task,
            "draft": self._draft,
            "seal": self._seal,
        }
