"""The page of the REST interface, made from its OpenAPI file."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from docsite.reference.markdown import head, plain, table
from ftassist import server

_METHODS = ("get", "post", "put", "patch", "delete")
Schema = Mapping[str, Any]


def page() -> str:
    """The page docs/reference/rest.md."""
    path = Path(inspect.getfile(server)).parent / "openapi.yaml"
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = [
        head(
            "REST",
            "`src/ftassist/server/openapi.yaml`",
            plain(known["info"]["description"]),
        )
    ]
    parts.append("\n## Routes\n")
    for route, entry in known["paths"].items():
        for method in (name for name in _METHODS if name in entry):
            parts.append(_route(f"{method.upper()} {route}", entry[method], entry, known))
    parts.append("\n## Documents\n")
    parts += [_document(name, schema) for name, schema in known["components"]["schemas"].items()]
    return "".join(parts)


def _route(title: str, operation: Schema, entry: Schema, known: Schema) -> str:
    parts = [f"\n### {title}\n", plain(operation["summary"])]
    if "description" in operation:
        parts.append(plain(operation["description"]))
    given = [
        _found(each, known)
        for each in [*entry.get("parameters", []), *operation.get("parameters", [])]
    ]
    if given:
        rows = [
            (
                f"`{each['name']}`",
                each["in"],
                _kind(each.get("schema", {})),
                plain(each.get("description", "")),
            )
            for each in given
        ]
        parts.append(table(["parameter", "in", "type", "what it is"], rows).rstrip())
    if "requestBody" in operation:
        parts.append(f"Body: {_body(_found(operation['requestBody'], known))}")
    answers = [
        (code, _body(answer) or "no body", plain(answer["description"]))
        for code, each in operation["responses"].items()
        for answer in [_found(each, known)]
    ]
    parts.append(table(["status", "body", "what it means"], answers).rstrip())
    return "\n\n".join(parts).replace("\n\n\n", "\n\n") + "\n"


def _body(said: Schema) -> str:
    return ", ".join(
        _kind(each["schema"]) for each in said.get("content", {}).values() if "schema" in each
    )


def _document(name: str, schema: Schema) -> str:
    parts = [f"\n### {name}\n"]
    if "description" in schema:
        parts.append(plain(schema["description"]))
    if rows := list(_fields(schema)):
        parts.append(table(["field", "type", "what it is"], rows).rstrip())
    else:
        parts.append(_kind(schema))
    return "\n\n".join(parts).replace("\n\n\n", "\n\n") + "\n"


def _fields(schema: Schema, above: str = "") -> Iterator[tuple[str, str, str]]:
    """The fields of an object, those of objects inside it with their way."""
    needed = schema.get("required", [])
    for name, what in schema.get("properties", {}).items():
        said = f"`{above}{name}`" + ("" if name in needed else " (optional)")
        yield said, _kind(what), plain(what.get("description", ""))
        inner = what.get("items", what)
        yield from _fields(inner, f"{above}{name}{'[]' if inner is not what else ''}.")


def _kind(schema: Schema) -> str:
    """A type in words; a named document is a link."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(
            "null" if each is None else f"`{each or chr(34) * 2}`" for each in schema["enum"]
        )
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return " or ".join(_kind(each) for each in schema[word])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_kind(schema['additionalProperties'])}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _found(said: Schema, known: Schema) -> Schema:
    """What a reference names, or the thing itself."""
    if "$ref" not in said:
        return said
    found: Any = known
    for step in said["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
