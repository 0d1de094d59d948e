"""The OpenAPI document of every route, pages and all, with the ids of what is really there.

The service publishes none: what is there is nobody's business who has not logged in. So it is built here from the same
routes; what a page's form holds is as routes.py knows it, where the route reads it without saying so.
"""

import json
import re
from collections.abc import Mapping
from copy import copy
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from cloud.features import FEATURES
from tests.cloud.pages.crowd import Things
from tests.cloud.pages.routes import ROWS

Schema = dict[str, Any]
HINTS = {
    "day": ["2026-11-16", "9999-12-31"],
    "first_day": ["2026-11-16", "0001-01-01"],
    "last_day": ["2026-11-20", "9999-12-31"],
    "month": ["2026-11", "9999-12"],
    "half": ["morning"],
    "number": ["1", "99999999999999999999"],
    "q": ["zq"],
}
"""What is worth asking for, by the field's name."""
FORM = "application/x-www-form-urlencoded"


def document(things: Things) -> dict[str, Any]:
    known = {**HINTS, **_ids(things)}
    found = get_openapi(title="Diemdanh", version="1", routes=[_shown(route) for route in _routes()])
    rows = {(row.method, row.route): row for row in ROWS}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            row = rows[method.upper(), path]
            # What an answer looks like is not what is asked here.
            operation["responses"] = {"default": {"description": ""}}
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _pointed(parameter["name"], parameter["schema"], known)
            if row.form and "requestBody" not in operation:
                fields = {name: _pointed(name, {"type": "string"}, known) for name in row.form}
                operation["requestBody"] = {"content": {FORM: {"schema": {"type": "object", "properties": fields}}}}
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                schemas = [content.get("schema", {})] + ([{}] if "json" in kind else [])
                if given := row.form if row.json is None else row.json:
                    schemas.insert(0, {"enum": _filled_in(given, things)})
                content["schema"] = {"anyOf": schemas}
                operation["requestBody"]["required"] = True
    for schema in found["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            schema["properties"][name] = _pointed(name, field, known)
    return found


def _routes() -> list[APIRoute]:
    return [route for feature in FEATURES for route in feature.router.routes if isinstance(route, APIRoute)]


def _shown(route: APIRoute) -> APIRoute:
    shown = copy(route)
    shown.include_in_schema = True
    return shown


def _ids(things: Things) -> dict[str, list[str]]:
    """By the name that routes give them; under "" all of them."""
    found: dict[str, set[str]] = {"": set()}
    for thing in things.values():
        for name, value in thing.items():
            found.setdefault(name, set()).add(value)
            found[""].add(value)
    return {name: sorted(values) for name, values in found.items()}


def _pointed(name: str, schema: Schema, known: Mapping[str, list[str]]) -> Schema:
    """A field that mostly names something that is there."""
    if "contentMediaType" in json.dumps(schema):
        return {"type": "string", "format": "binary"}
    values = known.get(name, ())
    if not values and schema.get("format") == "uuid":
        values = known[""]
    return {"anyOf": [{"enum": list(values)}, schema]} if values else schema


def _filled_in(given: object, things: Things) -> list[Any]:
    """A body that fits, about each of the things that it can be about."""
    text = json.dumps(given)
    wanted = set(re.findall(r"{(\w+)}", text))
    about = [thing for thing in things.values() if wanted <= set(thing)]
    found = {_with(text, thing) for thing in about} or {text}
    return [json.loads(one) for one in sorted(found)]


def _with(text: str, thing: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda name: thing[name[1]], text)
