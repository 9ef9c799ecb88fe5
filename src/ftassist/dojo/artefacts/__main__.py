"""`python -m ftassist.dojo.artefacts REQUEST ANSWER`: makes and scores one artefact.

What a person may see meanwhile is written to stdout, a line each; what came of it to the file
ANSWER, as JSON: what was made, or the error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ftassist.dojo.artefacts.request import Request
from ftassist.errors import FtassistError
from ftassist.files import read_json, write_json


def main() -> None:
    """Reads the request, does it and writes the answer."""
    asked, answer = Path(sys.argv[1]), Path(sys.argv[2])
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no news

    def tell(line: str) -> None:
        told.write(f"{line}\n")

    from ftassist.dojo.artefacts.rescoring import make_and_score
    from ftassist.models.quiet import quiet

    quiet()
    try:
        made = make_and_score(Request.from_dict(read_json(asked)), tell)
    except FtassistError as error:
        write_json(answer, {"error": {"what": error.what, "where": error.where, "fix": error.fix}})
        return
    write_json(answer, {"made": made.to_dict()})


if __name__ == "__main__":
    main()
