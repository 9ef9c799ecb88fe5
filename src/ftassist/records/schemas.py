"""JSON schemas of records, as a person would write them."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
_INSIDE = "#/$defs/"


def schema_of(record: type) -> Schema:
    """The JSON schema that a document of somebody else has to fit.

    It refers to nothing and describes nothing. Field names are those of documents. Pydantic is
    loaded when this is first called.
    """
    from pydantic import TypeAdapter

    made = TypeAdapter(record).json_schema(mode="validation")
    parts = made.pop("$defs", {})
    return tidy(_inlined(made, parts))


def _inlined(schema: Any, parts: Schema) -> Any:
    if isinstance(schema, list):
        return [_inlined(part, parts) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(parts[schema["$ref"].removeprefix(_INSIDE)], parts)
    return {
        key: _inlined(value, parts)
        for key, value in schema.items()
        if key != "description" or not isinstance(value, str)
    }


def tidy(schema: Schema) -> Schema:
    """A schema as a person would write it: no titles, null as one more type."""
    kept: Schema = {}
    for key, value in sorted(schema.items(), key=lambda entry: entry[0] not in ("type", "enum")):
        if key in ("title", "default"):
            continue
        if key == "description":
            kept[key] = " ".join(value.split("\n\n")[0].split())
        elif key == "properties":
            kept[key] = {name: tidy(part) for name, part in value.items()}
        elif key in ("items", "additionalProperties", "propertyNames"):
            kept[key] = tidy(value) if isinstance(value, dict) else value
        elif key == "anyOf":
            kept |= _either([tidy(part) for part in value])
        elif key == "const":
            kept["const"] = value
        elif not (key == "type" and ("const" in schema or "enum" in schema)):
            kept[key] = value
    if kept.get("type") == "object" and kept.get("additionalProperties") is True:
        del kept["additionalProperties"]
    return kept


def _either(parts: list[Schema]) -> Schema:
    """One of several schemas, as few as say it."""
    if all(values(part) is not None for part in parts):
        return {"enum": [value for part in parts for value in values(part) or ()]}
    kinds = [part for part in parts if part != {"type": "null"}]
    if len(kinds) < len(parts) and len(kinds) == 1 and isinstance(kinds[0].get("type"), str):
        return {**kinds[0], "type": [kinds[0]["type"], "null"]}
    return {"oneOf": parts}


def values(schema: Schema) -> list[Any] | None:
    """The only values a schema allows; None where it allows a kind of values."""
    if "const" in schema:
        return [schema["const"]]
    return [None] if schema == {"type": "null"} else schema.get("enum")
