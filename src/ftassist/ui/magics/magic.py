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
from ftassist.ui.magics.decisions import Decisions
from ftassist.ui.magics.runs import Runs
from ftassist.ui.magics.tasks import Tasks


def load_ipython_extension(shell: Any) -> None:
    """Registers the line and cell magic `ftagent`."""
    magic = Ftagent(shell)
    shell.register_magic_function(magic, magic_kind="line_cell", magic_name="ftagent")


class Ftagent(Tasks, Decisions, Runs):
    """The magic of one IPython shell."""

    def __call__(self, line: str, cell: str | None = None) -> None:
        """Runs one `%ftagent` line, or `%%ftagent edit TRIAL STAGE` with a cell."""
        from IPython.core.error import UsageError

        try:
            arguments = magic_lines.parse(line)
            if cell is not None and arguments.command != "edit":
                raise FtassistError(
                    f"%%ftagent takes a cell for `edit` only, not for {line!r}",
                    fix="write `%ftagent` with one percent sign, alone in its line",
                )
            if arguments.command == "edit":
                self._edit(arguments, cell)
            else:
                self._commands()[arguments.command](arguments)
        except FtassistError as error:
            raise UsageError(str(error)) from None
        except KeyboardInterrupt:
            self._say("stopped waiting; the runner goes on. Stop it with `%ftagent stop`.")

    def _commands(self) -> Mapping[str, Callable[[argparse.Namespace], None]]:
        return {
            "": lambda _: self._say(magic_lines.usage()),
            "new": self._new,
            "task": self._task,
            "draft": self._draft,
            "seal": self._seal,
            "propose": self._propose,
            "accept": self._accept,
            "veto": self._veto,
            "correct": self._correct,
            "undo": self._undo,
            "alternatives": self._alternatives,
            "repeat": self._repeat,
            "promote": self._promote,
            "export": self._export,
            "note": self._note,
            "tag": self._tag,
            "survey": self._survey,
            "run": self._run,
            "status": self._status,
            "tree": self._tree,
            "show": self._show,
            "whatif": self._whatif,
            "knobs": self._knobs,
            "diff": self._diff,
            "final": self._final,
            "report": self._report,
            "insights": self._insights,
            "cancel": self._cancel,
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
        }
