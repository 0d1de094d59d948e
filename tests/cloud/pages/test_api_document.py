"""Whatever is sent to the JSON API, by whomever: no failure of ours, and nobody else's pupil in the answer.

The service publishes no OpenAPI document (what is there is nobody's business who has not logged in), so it is built
here from the same routes. Requests are drawn from it, as it says and as it does not.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud.main import FEATURES
from tests.cloud.pages.crowd import Things, let_in
from tests.cloud.pages.people import House

HIDDEN_FROM = {
    "nobody": ("Thị Lan", "Văn Minh", "Thu Hà"),
    "alice": ("Thu Hà",),
    "clerk": ("Thu Hà",),
    "bob": ("Văn Minh", "Thu Hà"),
    "charlie": ("Thị Lan", "Văn Minh"),
    "dave": ("Thị Lan", "Văn Minh"),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def document() -> dict[str, Any]:
    app = FastAPI()
    for feature in FEATURES:
        app.include_router(feature.router)
    return app.openapi()


DOCUMENT = document()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in sorted(methods.items())
]


def fitting(schema: dict[str, Any], named: list[str]) -> st.SearchStrategy[Any]:
    """JSON of the schema's shape; its bounds are not kept, so that what lies beyond them is sent too."""
    if "$ref" in schema:
        return st.deferred(lambda: fitting(DOCUMENT["components"]["schemas"][schema["$ref"].split("/")[-1]], named))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return st.one_of([fitting(one, named) for one in schema["anyOf"]])
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        fields = {name: fitting(one, named) for name, one in schema["properties"].items()}
        must = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: one for name, one in fields.items() if name in must},
            optional={name: one for name, one in fields.items() if name not in must},
        )
    if kind == "array":
        return st.lists(fitting(schema["items"], named), max_size=3)
    if kind == "string":
        return text_of(schema, named)
    plain = {"integer": st.integers(), "number": st.floats(allow_nan=False, allow_infinity=False),
             "boolean": st.booleans(), "null": st.none()}  # fmt: skip
    return plain.get(kind or "", JSON)


def text_of(schema: dict[str, Any], named: list[str]) -> st.SearchStrategy[str]:
    if schema.get("format") == "uuid":
        return st.sampled_from([one for one in named if len(one) == len(str(UUID(int=0)))])
    if schema.get("format") in ("date", "date-time"):
        return st.sampled_from(["2026-11-16", "2026-11-16T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59-12:00", ""])
    return st.sampled_from(["AAA=", "vi", *named]) | st.text(max_size=20)


def sent_as(operation: dict[str, Any], named: list[str]) -> st.SearchStrategy[bytes | None]:
    if "requestBody" not in operation:
        return st.none()
    schema = operation["requestBody"]["content"].get("application/json", {}).get("schema", {})
    return st.one_of(fitting(schema, named), fitting(schema, named), JSON).map(lambda one: json.dumps(one).encode())


def asked_for(operation: dict[str, Any], path: str, named: list[str], data: st.DataObject) -> str:
    """Mostly something that is there."""
    query = {}
    for parameter in operation.get("parameters", ()):
        value = data.draw(fitting(parameter["schema"], named) | st.sampled_from(named), label=parameter["name"])
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(str(value), safe="") or "-")
        elif parameter["in"] == "query" and value is not None:
            query[parameter["name"]] = str(value)
    return str(httpx.URL(path, params=query)) if query else path


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_that_is_sent_breaks_the_service_or_shows_anothers_pupil(
    asking: tuple[dict[str, httpx.Client], list[str]],
    path: str,
    method: str,
    operation: dict[str, Any],
    data: st.DataObject,
) -> None:
    clients, named = asking
    login = data.draw(st.sampled_from(sorted(HIDDEN_FROM)), label="login")
    url = asked_for(operation, path, named, data)
    content = data.draw(sent_as(operation, named), label="content")
    answer = clients[login].request(
        method.upper(), url, content=content, headers={"content-type": "application/json"} if content else {}
    )
    assert answer.status_code < 500, answer.text
    for name in HIDDEN_FROM[login]:
        assert name not in answer.text


@pytest.fixture(scope="module")
def asking(shared_house: House) -> Iterator[tuple[dict[str, httpx.Client], list[str]]]:
    """Everybody's client, and the names of what is there."""
    things: Things = let_in(shared_house)
    named = sorted({value for thing in things.values() for value in thing.values()})
    with ExitStack() as stack:
        clients = {login: stack.enter_context(shared_house.visit(login)) for login in HIDDEN_FROM}
        for client in clients.values():
            client.headers["accept"] = "application/json"
        yield clients, named
