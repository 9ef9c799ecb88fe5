#!/usr/bin/env python3
"""Writes what the records (src/ftassist/records) mean for others: OpenAPI components, TypeScript.

    python tools/documents.py            # writes them
    python tools/documents.py --check    # tells which are stale; exit status 1 if any

The end of src/ftassist/server/openapi.yaml and labextension/src/api/documents/records.ts are made
of the types that are marked as documents, and of the records inside them.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import TypeAdapter

import ftassist.records
from ftassist.records.kinds import documents
from ftassist.records.schemas import Schema, tidy, values

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "src/ftassist/server/openapi.yaml"
TYPESCRIPT = ROOT / "labextension/src/api/documents/records.ts"
MARK = "    # Made by tools/documents.py of src/ftassist/records, to the end: change it there.\n"
REFERENCE = "#/components/schemas/"
WIDTH = 99
HEAD = "/** Made by tools/documents.py of src/ftassist/records: change it there. */\n"


def components() -> dict[str, Schema]:
    """The schemas of all documents and of what is in them, by name."""
    for module in pkgutil.iter_modules(ftassist.records.__path__):
        importlib.import_module(f"ftassist.records.{module.name}")
    sent: Literal["serialization"] = "serialization"
    asked = [(kind, sent, TypeAdapter(kind)) for kind in documents()]
    _, found = TypeAdapter.json_schemas(asked, ref_template=REFERENCE + "{model}")
    return {name: tidy(schema) for name, schema in sorted(found["$defs"].items())}


def openapi(known: str, found: dict[str, Schema]) -> str:
    """The description of the interface, with its end made anew."""
    text = yaml.dump(
        found, default_flow_style=None, sort_keys=False, width=150, allow_unicode=True
    )
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    return known.partition(MARK)[0] + MARK + lines


def typescript(found: dict[str, Schema]) -> str:
    """All types as TypeScript."""
    return HEAD + "".join(f"\n{declared(name, schema)}" for name, schema in found.items())


def declared(name: str, schema: Schema) -> str:
    """One type, exported."""
    head = told(schema, "")
    if "properties" not in schema:
        return f"{head}{broken(f'export type {name} =', kind(schema), '')}"
    return f"{head}export interface I{name} {members(schema, '')}\n"


def members(schema: Schema, indent: str) -> str:
    """The members of an object, in braces."""
    required, inner, lines = schema.get("required", ()), indent + "  ", ""
    for name, part in schema["properties"].items():
        mark = "" if name in required else "?"
        key = name if name.isidentifier() else f"'{name}'"
        lines += told(part, inner) + broken(f"{inner}{key}{mark}:", kind(part, inner), inner)
    return f"{{\n{lines}{indent}}}"


def told(schema: Schema, indent: str) -> str:
    """A description as a comment, in lines of prettier's width."""
    words = schema.get("description", "").split()
    if not words:
        return ""
    one = f"{indent}/** {' '.join(words)} */\n"
    if len(one) <= WIDTH + 1:
        return one
    lines, line = [], f"{indent} *"
    for word in words:
        if len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = f"{indent} *"
        line += f" {word}"
    return "\n".join((f"{indent}/**", *lines, line, f"{indent} */\n"))


def broken(head: str, value: str, indent: str) -> str:
    """A type after its name; a long union goes one below the other."""
    line = f"{head} {value};\n"
    if len(line) <= WIDTH + 1 or "\n" in value or " | " not in value:
        return line
    return head + "".join(f"\n{indent}  | {part}" for part in value.split(" | ")) + ";\n"


def kind(schema: Schema, indent: str = "") -> str:
    """A schema as a type."""
    if "$ref" in schema:
        return f"I{schema['$ref'].removeprefix(REFERENCE)}"
    if (only := values(schema)) is not None:
        return " | ".join(literal(value) for value in only)
    if "oneOf" in schema:
        return " | ".join(kind(part, indent) for part in schema["oneOf"])
    named = schema.get("type")
    if isinstance(named, list):
        return " | ".join(kind({**schema, "type": one}, indent) for one in named)
    if named == "array":
        one = kind(schema["items"], indent)
        return f"({one})[]" if " | " in one and not one.startswith("{") else f"{one}[]"
    if named == "object":
        if "properties" in schema:
            return members(schema, indent)
        inner = schema.get("additionalProperties")
        return f"{{ [name: string]: {kind(inner, indent) if inner else 'unknown'} }}"
    return {"integer": "number", None: "unknown"}.get(named, str(named))


def literal(value: Any) -> str:
    """A value as TypeScript writes it."""
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


def made() -> dict[Path, str]:
    """What the files should hold."""
    found = components()
    known = OPENAPI.read_text(encoding="utf-8")
    return {OPENAPI: openapi(known, found), TYPESCRIPT: typescript(found)}


def main() -> int:
    """Writes the files, or tells which are stale."""
    stale = {
        path: text
        for path, text in made().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        if "--check" in sys.argv[1:]:
            print(f"stale: {path.relative_to(ROOT)}; run python tools/documents.py")
        else:
            path.write_text(text, encoding="utf-8")
    return int(bool(stale) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
