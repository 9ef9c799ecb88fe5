"""From a path to the text or the bytes in it: gzip taken off, the encoding looked at.

Whatever is no table of rows - a folder, a spreadsheet, a web page, a pointer to a large file - is
named for what it is, with what to do. Reads UTF-8, with or without a byte order mark.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from ftassist.dojo.tables.table import NoRowsError
from ftassist.errors import DataError

GZIP = b"\x1f\x8b"
_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office file", "save it as CSV UTF-8 in Excel"),
    (b"version https://git-lfs", "a Git LFS pointer, not the data", "run `git lfs pull` there"),
    (b"%PDF", "a PDF", "give the rows as CSV or JSON lines"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"BZh", "a bzip2 file", "unpack it with bunzip2"),
    (b"\xfd7zXZ", "an xz file", "unpack it with unxz"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it with unzstd"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"\x80\x04", "a Python pickle, which is never loaded", "write the rows as JSON lines"),
    (b"\x89HDF", "an HDF5 file", "write the rows as Parquet or JSON lines"),
)
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32LE"),
    (b"\x00\x00\xfe\xff", "UTF-32BE"),
    (b"\xff\xfe", "UTF-16LE"),
    (b"\xfe\xff", "UTF-16BE"),
)
_LOOKED_AT = 1 << 16
"""Bytes the guess of an encoding rests on."""


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is gzip.

    Raises:
        DataError: It is not there, no file, not readable, empty, damaged, or no table of rows.
    """
    where = str(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError("there is no such file", where=where, fix="check its name") from error
    except IsADirectoryError as error:
        raise DataError("it is a folder, not a file", where=where, fix="name a file") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"the file cannot be read: {why.lower()}", where=where, fix="check its permissions"
        ) from error
    if raw.startswith(GZIP):
        raw = _unpacked(raw, where)
    elif path.suffix.lower() == ".gz" and raw:
        raise DataError(
            "it is named .gz but is no gzip file", where=where, fix="name it after what it is"
        )
    if not raw.strip():
        raise NoRowsError("the file is empty: it has no rows", where=where, fix="add rows")
    _refuse_other_kinds(raw, where)
    return raw


def decode(raw: bytes, path: Path) -> str:
    """The text of a file in UTF-8, without its byte order mark.

    Raises:
        DataError: It is in another encoding (named, with how to convert it), or not text.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            raise _encoded(path, name, "its first bytes say so")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{raw[error.start]:02x} in line {line} is not UTF-8"
        raise _encoded(path, _guess(raw, error.start), found) from error
    if "\0" in text:
        name = _wide(raw)
        if name:
            raise _encoded(path, name, "every other byte is zero")
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(
            "the file holds zero bytes: it is damaged, or no text",
            where=f"{path} line {line}",
            fix="write the rows again as JSON lines or CSV in UTF-8",
        )
    return text


def suffix_of(path: Path) -> str:
    """What kind of file a name tells: its ending in small letters, `.gz` left away."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix


def _unpacked(raw: bytes, where: str) -> bytes:
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the gzip file is damaged: {error}", where=where, fix="get or pack it again"
        ) from error


def _refuse_other_kinds(raw: bytes, where: str) -> None:
    for start, kind, fix in _KINDS:
        if raw.startswith(start):
            raise DataError(f"the file is {kind}", where=where, fix=fix)
    if raw.startswith(b"PK\x03\x04"):
        excel = b"xl/" in raw or b"[Content_Types].xml" in raw[:2000]
        kind = "an Excel file" if excel else "a zip archive"
        fix = "in Excel: Save as, CSV UTF-8" if excel else "unpack it"
        raise DataError(f"the file is {kind}", where=where, fix=fix)
    if raw[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise DataError(
            "the file is a web page or XML, not rows",
            where=where,
            fix="download the raw file, or convert it to JSON lines",
        )


def _encoded(path: Path, name: str, found: str) -> DataError:
    """The refusal of another encoding."""
    looks = f"it looks like {name}" if name else "what it is cannot be told"
    other = name or "ENCODING"
    short = path.name.removesuffix(".gz")
    return DataError(
        f"the file is not in UTF-8 ({found}); {looks}",
        where=str(path),
        fix=f"convert it: iconv -f {other} -t UTF-8 {short!r} > {('utf8-' + short)!r}",
    )


def _guess(raw: bytes, start: int) -> str:
    """The encoding that bytes look like; "" where nothing fits."""
    from charset_normalizer import from_bytes

    if wide := _wide(raw):
        return wide
    begin = max(0, start - _LOOKED_AT // 2)
    sample = raw[begin : begin + _LOOKED_AT]
    if _is_western(sample):
        return "WINDOWS-1252"
    best = from_bytes(sample).best()
    return best.encoding.upper().replace("_", "-") if best else ""


def _is_western(sample: bytes) -> bool:
    """Whether a text is Latin letters with a few signs of Windows' western table among them."""
    signs = sum(byte > 127 for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 128)
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return signs < 0.25 * (signs + letters)


def _wide(raw: bytes) -> str:
    """UTF-16 without its mark, by where its zero bytes are; "" where it is not that."""
    sample = raw[:_LOOKED_AT]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.7 * half:
        return "UTF-16LE"
    return "UTF-16BE" if sample[0::2].count(0) > 0.7 * half else ""
