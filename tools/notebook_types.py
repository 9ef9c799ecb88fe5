"""Checks what the teaching notebooks call, in seconds and without running them.

    python tools/notebook_types.py

Each notebook's cells become a module below `build/notebooks`, which mypy reads beside the package:
a name that is gone, or an argument that is none any more, is found here and not by a reader.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from mypy import api

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "notebooks"
HEADER = "from IPython import display, get_ipython\n"
LENIENT = [
    "--allow-untyped-defs",
    "--allow-incomplete-defs",
    "--allow-untyped-calls",
    "--allow-any-generics",
    "--allow-redefinition",
    *(
        f"--disable-error-code={code}"
        for code in (
            "arg-type",
            "assignment",
            "list-item",
            "no-redef",
            "union-attr",
            "var-annotated",
        )
    ),
]
"""A reader's code is not annotated: what is left are names and how they are called."""


def module_of(notebook: Path) -> str:
    """The code of a notebook as one module; magics become calls."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    transform = TransformerManager().transform_cell
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return HEADER + "\n\n".join(map(transform, code))


def main() -> int:
    """Writes the modules, and checks them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        target = FOLDER / f"notebook_{notebook.stem}.py"
        target.write_text(module_of(notebook), encoding="utf-8")
        written.append(str(target))
    told, wrong, code = api.run([*LENIENT, *written])
    print(told + wrong, end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
