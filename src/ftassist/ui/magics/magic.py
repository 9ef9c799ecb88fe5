"""The `%ftagent` magic: the whole loop from a notebook.

    %load_ext ftassist
    %ftagent task mini_math
    %ftagent propose

Shows the state of the notebook's campaign and sends decisions; holds no logic of the loop. A
decision is made on what was last shown here, so one made elsewhere meanwhile is not run over.
"""

from __future__ import annotations

from typing import Any

from ftassist.errors import FtassistError
from ftassist.ui.magics import magic_lines
from ftassist.ui.magics.session import Session


def load_ipython_extension(shell: Any) -> None:
    """Registers the line and cell magic `ftagent`."""
    magic = Ftagent(shell)
    shell.register_magic_function(magic, magic_kind="line_cell", magic_name="ftagent")


class Ftagent(Session):
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
            known = magic_lines.MAGICS.get(name)
            self.tell(known.run(self, **given) if known else magic_lines.usage(**given))
        except FtassistError as error:
            raise UsageError(str(error)) from None
        except KeyboardInterrupt:
            self.say("stopped waiting; the runner goes on. Stop it with `%ftagent stop`.")
