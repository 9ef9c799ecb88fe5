"""Files as mistakes make them: rows with a wrong value, files cut, compressed, encoded otherwise.

Everything is drawn by a seeded generator, so an input can be made again from its number.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]

DEEP = "[" * 30_000 + "]" * 30_000
DIGITS = "9" * 5000
VALUES: Sequence[str] = (
    "null", "true", "0", "-1", "1e400", "NaN", "-Infinity", '""', '" "', '"\\ud83d"', '"\\u0000"',
    "{}", '{"a": 1}', "[]", '["a", "b"]', "[[1]]", '[{"role": "user"}]', '[null, "a"]', DEEP,
    DIGITS, "1.5",
    '"' + "x" * 20_000 + '"', '"\\u202e\\u200f"', '"<think>"', '"12:30"', "[NaN]", '"é"',
    '{"$ref": "#"}', '[{"role": "user", "content": "a"}, {"role": "tool", "content": null}]',
    '[{"from": "human", "value": 3}]', '"{{ 7 * 7 }}"', '"%s%n"', '[{"role": 3, "content": {}}]',
)  # fmt: skip
"""JSON texts of values that people did not mean."""

NAMES = (
    "",
    "prompt",
    "answer",
    "messages",
    "id",
    "view",
    "input",
    "doc",
    "\\ud800",
    "a.b",
    "weight",
)


def write_mutated(draw: random.Random, folder: Path, stem: str, rows: Rows) -> Path:
    """A file with a mistake in it, or (seldom) none at all."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    for _ in range(draw.choice((0, 1, 1, 2))):
        if lines:
            draw.choice(ROW_MISTAKES)(draw, lines, rows)
    raw = "\n".join(lines).encode("utf-8", "surrogatepass")
    name, raw = draw.choice(FORMATS)(draw, raw, rows)
    for _ in range(draw.choice((0, 0, 0, 1))):
        raw = draw.choice(BYTE_MISTAKES)(draw, raw)
    return draw.choice(PLACES)(draw, folder / f"{stem}{name}", raw)


def _set_value(draw: random.Random, lines: list[str], rows: Rows) -> None:
    """One field of one row (or of all) gets a value that was not meant."""
    row = draw.choice(rows)
    name, value = draw.choice([*row, *NAMES]), draw.choice(VALUES)
    for place in range(len(lines)) if draw.random() < 0.2 else [draw.randrange(len(lines))]:
        text = lines[place].rstrip()
        if text.endswith("}"):
            lines[place] = f'{text[:-1]}{"" if text == "{}" else ","} "{name}": {value}}}'


def _drop_field(draw: random.Random, lines: list[str], rows: Rows) -> None:
    """A field is missing in one row or in all."""
    name = draw.choice([*rows[0]])
    for place in range(len(lines)) if draw.random() < 0.3 else [draw.randrange(len(lines))]:
        kept = {k: v for k, v in rows[place % len(rows)].items() if k != name}
        lines[place] = json.dumps(kept)


def _whole_line(draw: random.Random, lines: list[str], rows: Rows) -> None:
    """A line is no row."""
    del rows
    other = ("", "{", "[]", "null", "# a remark", "{'prompt': 'a'}", DEEP, DIGITS, '{"a": 1,}',
             "\x00", '{"prompt": "a", "prompt": "b"}', "}{", '"text"', "\u2028", "{}")  # fmt: skip
    lines[draw.randrange(len(lines))] = draw.choice(other)


def _same_line(draw: random.Random, lines: list[str], rows: Rows) -> None:
    """All lines are the same, or one is there twice."""
    del rows
    if draw.random() < 0.5:
        lines[:] = [lines[0]] * len(lines)
    else:
        lines.append(draw.choice(lines))


def _fewer(draw: random.Random, lines: list[str], rows: Rows) -> None:
    """Hardly a row is left."""
    del rows
    del lines[draw.choice((0, 1, 2)) :]


ROW_MISTAKES: Sequence[Callable[[random.Random, list[str], Rows], None]] = (
    _set_value, _set_value, _set_value, _set_value, _drop_field, _whole_line, _same_line, _fewer,
)  # fmt: skip

Formatted = tuple[str, bytes]


def _lines(draw: random.Random, raw: bytes, rows: Rows) -> Formatted:
    return draw.choice(
        (".jsonl", ".jsonl", ".jsonl", ".json", ".txt", "", ".xlsx", ".ndjson")
    ), raw


def _array(draw: random.Random, raw: bytes, rows: Rows) -> Formatted:
    inside = raw.replace(b"\n", b", ")
    forms = (b"[%s]", b'{"data": [%s]}', b"[%s", b"[[%s]]", b'{"a": %s')
    return draw.choice((".json", ".jsonl")), draw.choice(forms) % inside


def _table(draw: random.Random, raw: bytes, rows: Rows) -> Formatted:
    out = io.StringIO()
    tab = draw.choice((",", "\t", ";"))
    writer = csv.DictWriter(out, list(rows[0]), delimiter=tab, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    text = out.getvalue() + draw.choice(("", "", '"open', "a,b,c,d,e,f\n", ",,,\n", "\x00\n"))
    return draw.choice((".csv", ".tsv", ".csv", ".jsonl")), text.encode("utf-8", "surrogatepass")


def _parquet(draw: random.Random, raw: bytes, rows: Rows) -> Formatted:
    import pyarrow as pa
    from pyarrow import parquet

    sink = io.BytesIO()
    columns = {name: [str(row.get(name)) for row in rows] for name in rows[0]}
    parquet.write_table(pa.table(columns), sink)
    return draw.choice((".parquet", ".parquet", ".jsonl")), sink.getvalue()


def _zipped(draw: random.Random, raw: bytes, rows: Rows) -> Formatted:
    return draw.choice((".jsonl.gz", ".jsonl.gz", ".gz", ".jsonl", ".csv.gz")), gzip.compress(raw)


def _encoded(draw: random.Random, raw: bytes, rows: Rows) -> Formatted:
    text = raw.decode("utf-8", "replace")
    code = draw.choice(
        ("utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252", "utf-7", "utf-32")
    )
    return ".jsonl", text.encode(code, "replace")


FORMATS: Sequence[Callable[[random.Random, bytes, Rows], Formatted]] = (
    _lines, _lines, _lines, _lines, _array, _table, _parquet, _zipped, _encoded,
)  # fmt: skip


def _cut(draw: random.Random, raw: bytes) -> bytes:
    return raw[: draw.randrange(len(raw) + 1)]


def _flipped(draw: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(min(len(raw), draw.choice((1, 5, 50)))):
        changed[draw.randrange(len(raw))] = draw.randrange(256)
    return bytes(changed)


def _noise(draw: random.Random, raw: bytes) -> bytes:
    return draw.choice(
        (b"", b"\n\n \n", draw.randbytes(300), b"\x00" * 50, b"\xff\xfe", b"PK\x03\x04")
    )


def _line_ends(draw: random.Random, raw: bytes) -> bytes:
    return raw.replace(b"\n", draw.choice((b"\r\n", b"\r", b"\n\n\n", b"", b"\xe2\x80\xa8")))


BYTE_MISTAKES: Sequence[Callable[[random.Random, bytes], bytes]] = (
    _cut, _flipped, _noise, _line_ends,
)  # fmt: skip


def _written(draw: random.Random, path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def _missing(draw: random.Random, path: Path, raw: bytes) -> Path:
    return draw.choice((path, path / "below", path.with_name("x" * 300), Path(f"{path}\udcff")))


def _folder(draw: random.Random, path: Path, raw: bytes) -> Path:
    path.mkdir()
    if draw.random() < 0.5:
        (path / "rows.jsonl").write_bytes(raw)
    return path


def _linked(draw: random.Random, path: Path, raw: bytes) -> Path:
    path.symlink_to(path if draw.random() < 0.5 else path.with_name("gone"))
    return path


def _odd_name(draw: random.Random, path: Path, raw: bytes) -> Path:
    odd = path.with_name(
        draw.choice((" ", "-x", "a\nb", "ü 🙂", "a;b", "[x]", "%s{0}")) + path.suffix
    )
    odd.write_bytes(raw)
    return odd


PLACES: Sequence[Callable[[random.Random, Path, bytes], Path]] = (
    *([_written] * 12), _missing, _folder, _linked, _odd_name,
)  # fmt: skip
