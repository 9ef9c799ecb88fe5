"""The records of benchmarks that ship with the package, compressed as they were published."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def packed_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a compressed CSV or JSON-lines file."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    if path.name.endswith(".csv.gz"):
        yield from csv.DictReader(io.StringIO(text))
    else:
        yield from (json.loads(line) for line in text.split("\n") if line.strip())


def packed_json(path: Path) -> Any:
    """The document of a compressed JSON file."""
    return json.loads(gzip.decompress(path.read_bytes()))
