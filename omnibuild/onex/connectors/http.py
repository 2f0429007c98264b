"""http: one request through httpx."""

from __future__ import annotations

import ast
from typing import Literal

from pydantic import Field, JsonValue

from omnibuild.assemble.tree import Line, quoted
from omnibuild.core.values import Imported, Json, Type
from omnibuild.onex.connectors.connector import Action, Code, Connector, Fixture, Parameters, Resource, Result
from omnibuild.onex.connectors.reading import Reading, as_dict
from omnibuild.onex.effect.scene import Scene
from omnibuild.spec.expression import Opaque
from omnibuild.spec.written_fields import Written

SECONDS = 30.0
"""How long httpx waits for the other side where neither an operation nor the policy says otherwise."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

_WITH_CONTENT = ("POST", "PUT", "PATCH")
_CONTENT = ("json", "data", "content")
_TEXT = Type("str")
_SIMPLE = Type("|", tuple(map(Type, ("str", "int", "float", "bool", "None"))))
_RAW = Type("|", (_TEXT, Type("bytes")))
_RESPONSE = "http response"
_HTTPX = Imported("httpx", "")
_OPAQUE = {
    _RESPONSE: Opaque(
        members={
            "status_code": Type("int"),
            "text": _TEXT,
            "content": Type("bytes"),
            "headers": Type("http headers"),
            "is_success": Type("bool"),
        },
        calls={"json": Type("Any")},
    ),
    "http headers": Opaque(calls={"get": Type("|", (_TEXT, Type("None")))}, item=_TEXT),
}


class HttpParameters(Parameters):
    """A request and the statuses that count as success."""

    method: Method = Field(default="GET", description="GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS.")
    url: JsonValue = Field(description="Where to, as an expression: f'{env.WAREHOUSE_URL}/orders'.")
    params: dict[str, JsonValue] = Field(default={}, description="The query string: an expression per name.")
    headers: dict[str, JsonValue] = Field(default={}, description="An expression per header.")
    json_: JsonValue = Field(default=None, alias="json", description="JSON to send; its leaves are expressions.")
    data: dict[str, JsonValue] = Field(default={}, description="A form to send: an expression per field.")
    content: JsonValue = Field(default=None, description="Text or bytes to send, as an expression.")
    expect: list[int] = Field(default=[], description="The statuses that are a success; default: 2xx.")


def _read(reading: Reading, given: HttpParameters) -> Action | None:
    url = reading.text(given.url, ["url"])
    arguments = _arguments(reading, given)
    for index, status in enumerate(given.expect):
        if not 100 <= status <= 599:
            reading.problem(f"{status} is no HTTP status", reading.at.to("expect", index), "from 100 to 599")
    if url is None or reading.problems:
        return None
    client = _client(reading)

    def value(code: Code) -> ast.expr:
        held = code.resource(client)
        plain = given.method in _WITH_CONTENT or not any(it.arg in _CONTENT for it in arguments)
        function = ast.Attribute(held, given.method.lower() if plain else "request", ast.Load())
        first: list[ast.expr] = [] if plain else [ast.Constant(given.method)]
        return ast.Await(ast.Call(function, [*first, url.tree], arguments))

    def confirm(response: ast.expr) -> ast.expr:
        if given.expect:
            statuses = [ast.Constant(it) for it in given.expect]
            return ast.Call(reading.support("responses", "expect"), [response, *statuses], [])
        return ast.Call(ast.Attribute(response, "raise_for_status", ast.Load()), [], [])

    result = Result(Type(_RESPONSE), _OPAQUE, noun="response")
    return Action(value, confirm, result, (client,), transient=reading.support("responses", "server_may_recover"))


def _arguments(reading: Reading, given: HttpParameters) -> list[ast.keyword]:
    written = [name for name in ("json_", "data", "content") if name in given.model_fields_set]
    for name in written[1:]:
        key, first = name.removesuffix("_"), written[0].removesuffix("_")
        reading.problem(f"`{key}` beside `{first}`", reading.at.to(key, key=True), "a request has one content")
    found: dict[str, ast.expr | None] = {}
    for key, mapping, type_ in (
        ("params", given.params, _SIMPLE),
        ("headers", given.headers, _TEXT),
        ("data", given.data, _TEXT),
    ):
        values = reading.mapping(mapping, [key], type_) if mapping else None
        found[key] = as_dict(values) if values else None
    if "json_" in written:
        found["json"] = reading.json(given.json_, ["json"])
    if "content" in written:
        content = reading.value(given.content, ["content"], _RAW)
        found["content"] = content.tree if content else None
    return [ast.keyword(name, tree) for name, tree in found.items() if tree]


def _client(reading: Reading) -> Resource:
    """Return the client of a node: it waits as long as the operation that may take longest."""
    own = [it.timeout for it in reading.spec.operations if it.connector == "http" and it.timeout]
    seconds = max([reading.spec.policy.timeout or SECONDS, *own])
    timeout = ast.keyword("timeout", ast.Constant(int(seconds) if seconds == int(seconds) else seconds))
    class_ = ast.Attribute(_HTTPX, "AsyncClient", ast.Load())
    return Resource("client", "http", class_, ast.Call(class_, [], [timeout]), "aclose")


# -------------------------------------------------------------------------------------- examples


class Exchange(Written):
    """A request, and how the server answers it."""

    method: Method = Field(default="GET", description="The method of the request.")
    path: str = Field(pattern="^/", description="The path of the request, below the url of the variable.")
    status: int = Field(default=200, description="The status of the answer.")
    headers: dict[str, str] = Field(default={}, description="The headers of the answer.")
    json_: JsonValue = Field(default=None, alias="json", description="The answer as JSON.")
    body: str = Field(default="", description="The answer as text.")


class Seen(Written):
    """A request that the server has seen."""

    method: Method = Field(default="GET", description="The method of the request.")
    path: str = Field(pattern="^/", description="The path of the request, below the url of the variable.")
    json_: JsonValue = Field(default=None, alias="json", description="What was sent as JSON.")
    body: str = Field(default="", description="What was sent as text.")
    headers: dict[str, str] = Field(default={}, description="Headers of the request; others do not matter.")


class Given(Written):
    """HTTP servers before."""

    http: dict[str, list[Exchange]] = Field(description="Exchanges in their order, by the variable of the url.")


class Then(Written):
    """HTTP servers after."""

    http: dict[str, list[Seen]] = Field(description="All requests in their order, by the variable of the url.")


def _write(scene: Scene, given: Given | None, then: Then | None) -> None:
    if given is None:
        return
    server = scene.parameter("httpserver", "pytest_httpserver", "HTTPServer")
    several = len(given.http) > 1
    for variable, exchanges in given.http.items():
        # One server stands for all: each variable has a path of its own where there are several.
        below = f"/{variable.lower().replace('_', '-')}" if several else ""
        for it in exchanges:
            request = f"{server}.expect_ordered_request({quoted(below + it.path)}, method={quoted(it.method)})"
            scene.before(Line(f"{request}.{_response(scene, it)}"))
        scene.variable(variable, f"{server}.url_for({quoted(below)})")
    scene.after(Line(f"{server}.check()"))
    if then:
        _look(scene, server, then, several)


def _response(scene: Scene, it: Exchange) -> str:
    is_json = "json_" in it.model_fields_set
    content = scene.literal(it.json_) if is_json else quoted(it.body)
    status = f", status={it.status}" if it.status != 200 else ""
    headers: dict[str, Json] = {**it.headers}
    more = f", headers={scene.literal(headers)}" if headers else ""
    return f"respond_with_{'json' if is_json else 'data'}({content}{status}{more})"


def _look(scene: Scene, server: str, then: Then, several: bool) -> None:
    for variable, requests in then.http.items():
        below = f"/{variable.lower().replace('_', '-')}" if several else ""
        seen = scene.local("seen")
        own = f" if it.path.startswith({quoted(f'{below}/')})" if several else ""
        scene.after(Line(f"{seen} = [it for it, _ in {server}.log{own}]"))
        paths = ", ".join(f"({quoted(it.method)}, {quoted(below + it.path)})" for it in requests)
        scene.after(Line(f"assert [(it.method, it.path) for it in {seen}] == [{paths}]"))
        for index, it in enumerate(requests):
            if "json_" in it.model_fields_set:
                scene.after(Line(f"assert {seen}[{index}].get_json() == {scene.literal(it.json_)}"))
            if "body" in it.model_fields_set:
                scene.after(Line(f"assert {seen}[{index}].get_data(as_text=True) == {quoted(it.body)}"))
            for name, value in it.headers.items():
                scene.after(Line(f"assert {seen}[{index}].headers[{quoted(name)}] == {quoted(value)}"))


CONNECTOR = Connector(
    name="http",
    parameters=HttpParameters,
    read=_read,
    requirements=frozenset({"httpx>=0.28"}),
    support=frozenset({"responses"}),
    fixture=Fixture("http", _write, Then, Given, requirements=frozenset({"pytest-httpserver>=1.1"})),
)
