"""What may be asked by POST: checked against the schemas of `openapi.yaml`, in one place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ftassist.errors import FtassistError
from ftassist.records.kinds import Json

OPENAPI = Path(__file__).with_name("openapi.yaml")
LONGEST_BODY = 1024 * 1024


class BodyError(FtassistError):
    """A request whose body is not what the interface takes (HTTP 400)."""


class TooLongError(FtassistError):
    """A request whose body is too long (HTTP 413)."""


def read_body(raw: bytes, schema: str) -> Json:
    """A request's body, checked.

    Args:
        raw: The body.
        schema: Its name among the components of `openapi.yaml`.

    Raises:
        TooLongError: It has more than `LONGEST_BODY` bytes.
        BodyError: It is not JSON, or not of the schema.
    """
    from jsonschema import Draft202012Validator

    if len(raw) > LONGEST_BODY:
        raise TooLongError(
            f"a body of {len(raw)} bytes is too long",
            where="body",
            fix=f"send at most {LONGEST_BODY} bytes",
        )
    try:
        body: Json = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BodyError("the body is not JSON", where="body", fix="send a JSON object") from error
    wrong = next(Draft202012Validator(component(schema)).iter_errors(body), None)
    if wrong is not None:
        where = ".".join(str(part) for part in wrong.absolute_path) or "body"
        raise BodyError(wrong.message[:500], where=where, fix=f"see {schema} in openapi.yaml")
    return body


@cache
def openapi() -> Json:
    """The description of the interface."""
    import yaml

    document: Json = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    return document


def component(name: str) -> Json:
    """The JSON schema of one component, with the others it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": openapi()["components"]}
