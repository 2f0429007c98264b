"""http: requests to a real server on the loopback, what counts as success, and what is tried again."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.onex.effects import ORDER, generate, problems

TELLER = """\
node: teller
kind: effect
description: Tell a server of an order.
env: {{SERVER: {{required: true}}, TOKEN: {{default: t-1}}}}
policy: {{idempotent: true}}
models:
  Line: {{sku: str, price: Decimal}}
input: {{order_id: UUID, lines: "list[Line]", note: str | None}}
output: {{receipt: str, status: int, kind: str | None}}
operations:
  - http:
      method: {method}
      url: "f'{{env.SERVER}}/orders/{{order_id}}'"
{more}
    as: told
logic:
  receipt: told.json()["receipt"]
  status: told.status_code
  kind: told.headers.get("x-kind")
"""
JSON = """\
      headers: {Authorization: "f'Bearer {env.TOKEN}'"}
      params: {dry: True, note: note}
      json: {id: str(order_id), lines: lines, first: "lines[0]", tags: ["'a'", note, 1], none: null}
      expect: [201, 202]
"""


@pytest.fixture
def server(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    monkeypatch.setenv("SERVER", httpserver.url_for(""))
    return httpserver


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKEN", raising=False)


FIELDS = {"order_id": ORDER, "lines": [{"sku": "A", "price": "3.10"}], "note": "x&y"}


def test_a_request_carries_what_the_spec_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer
) -> None:
    answer = server.expect_request(f"/orders/{ORDER}", method="POST")
    answer.respond_with_json({"receipt": "r-1"}, status=201, headers={"X-Kind": "new"})
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="POST", more=JSON))
    assert teller.run(**FIELDS).model_dump() == {"receipt": "r-1", "status": 201, "kind": "new"}
    [(request, _)] = server.log
    line = {"sku": "A", "price": "3.10"}
    assert request.get_json() == {"id": ORDER, "lines": [line], "first": line, "tags": ["a", "x&y", 1], "none": None}
    assert request.headers["Authorization"] == "Bearer t-1"
    assert dict(request.args) == {"dry": "true", "note": "x&y"}


def test_a_status_that_is_not_expected_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer
) -> None:
    server.expect_request(f"/orders/{ORDER}").respond_with_json({"receipt": "r-1"}, status=200)
    error = generate(tmp_path, monkeypatch, TELLER.format(method="POST", more=JSON)).fails(**FIELDS)
    assert (error.node, error.operation) == ("teller", "told")
    assert isinstance(error.__cause__, httpx.HTTPStatusError)
    assert error.reason.endswith("gave 200, not 201 or 202")


@pytest.mark.parametrize("status", [304, 404, 503])
def test_without_expect_every_2xx_is_a_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer, status: int
) -> None:
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more=""))
    server.expect_oneshot_request(f"/orders/{ORDER}").respond_with_json({"receipt": "r-1"}, status=206)
    assert teller.run(**FIELDS).status == 206
    server.expect_oneshot_request(f"/orders/{ORDER}").respond_with_data("", status=status)
    assert isinstance(teller.fails(**FIELDS).__cause__, httpx.HTTPStatusError)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (TELLER.format(method="DELETE", more="      json: {id: str(order_id)}"), f'{{"id":"{ORDER}"}}'),
        (TELLER.format(method="PUT", more="      data: {id: str(order_id)}"), f"id={ORDER}"),
        (TELLER.format(method="PATCH", more="      content: str(order_id)"), ORDER),
    ],
)
def test_every_method_can_have_a_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer, spec: str, text: str
) -> None:
    server.expect_request(f"/orders/{ORDER}").respond_with_json({"receipt": "r-1"})
    assert generate(tmp_path, monkeypatch, spec).run(**FIELDS).status == 200
    [(request, _)] = server.log
    assert f"method: {request.method}\n" in spec
    assert request.get_data(as_text=True) == text


def test_what_may_pass_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer) -> None:
    more = "    retry: {attempts: 3, backoff: 1ms}"
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more=more))
    for status in (503, 429, 200):
        server.expect_ordered_request(f"/orders/{ORDER}").respond_with_json({"receipt": "r-1"}, status=status)
    assert teller.run(**FIELDS).receipt == "r-1"
    server.clear()
    for _ in range(4):
        server.expect_ordered_request(f"/orders/{ORDER}").respond_with_data("", status=503)
    assert isinstance(teller.fails(**FIELDS).__cause__, httpx.HTTPStatusError)
    assert len(server.log) == 3
    server.clear()
    server.expect_request(f"/orders/{ORDER}").respond_with_data("", status=404)
    assert isinstance(teller.fails(**FIELDS).__cause__, httpx.HTTPStatusError)
    assert len(server.log) == 1, "what is not there now will not be there in a moment"


def test_pauses_grow_and_are_not_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer
) -> None:
    more = "    retry: {attempts: 4, backoff: 20ms}"
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more=more))
    asked: list[float] = []

    def answer(_: Request) -> Response:
        asked.append(time.monotonic())
        return Response("", 503)

    server.expect_request(f"/orders/{ORDER}").respond_with_handler(answer)
    teller.fails(**FIELDS)
    pauses = [after - before for before, after in pairwise(asked)]
    assert [pause > least for pause, least in zip(pauses, (0.02, 0.04, 0.08), strict=True)] == [True] * 3


def test_an_operation_has_its_time_for_every_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer
) -> None:
    more = "    timeout: 200ms\n    retry: {attempts: 2, backoff: 1ms}"
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more=more))

    def sleep(_: Request) -> Response:
        time.sleep(0.5)
        return Response("", 200)

    server.expect_request(f"/orders/{ORDER}").respond_with_handler(sleep)
    started = time.monotonic()
    error = teller.fails(**FIELDS)
    assert isinstance(error.__cause__, TimeoutError)
    assert error.reason == "TimeoutError"
    assert 0.4 <= time.monotonic() - started < 2


def test_cancellation_passes_through_tries_and_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer
) -> None:
    more = "    retry: {attempts: 5, backoff: 10s}"
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more=more))
    # An order of its own: the server may still be busy with what an earlier test has given up on.
    order = str(uuid4())
    server.expect_request(f"/orders/{order}").respond_with_data("", status=503)

    async def main() -> None:
        handler = teller.handler()
        task = asyncio.create_task(handler.handle(teller.request(**{**FIELDS, "order_id": order})))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await handler.aclose()

    asyncio.run(main())
    assert [request.path for request, _ in server.log].count(f"/orders/{order}") == 1


def test_the_client_waits_as_long_as_the_slowest_operation_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more="    timeout: 2m"))
    assert "httpx.AsyncClient(timeout=120)" in teller.code


def test_a_client_that_was_passed_in_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: HTTPServer
) -> None:
    teller = generate(tmp_path, monkeypatch, TELLER.format(method="GET", more=""))

    async def main() -> tuple[bool, bool]:
        async with httpx.AsyncClient() as client:
            given = teller.handler(client=client)
            await given.aclose()
            own = teller.handler()
            await own.aclose()
            return client.is_closed, own._client.is_closed

    assert asyncio.run(main()) == (False, True)


@pytest.mark.parametrize(
    ("method", "more", "at", "message"),
    [
        ("FETCH", "", "FETCH", "`method` is 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD' or 'OPTIONS', not `FETCH`"),
        ("GET", "      header: {}", "header:", "the key `header` means nothing here"),
        ("GET", "      headers: {Idempotency-Key: order_id}", "order_id}", "this gives UUID, but str is needed"),
        ("GET", "      expect: [42]", "42]", "42 is no HTTP status"),
        ("GET", "      json: {id: order_id}", "order_id}", "this gives UUID, but Json is needed"),
        ("GET", "      json: {ids: [[note, nte]]}", "nte]]}", "unknown name `nte`"),
        ("GET", "      json: {a: note}\n      content: order_id", "content:", "`content` beside `json`"),
        (
            "GET",
            "      params: {line: 'lines[0]'}",
            "'lines[0]'}",
            "this gives Line, but str | int | float | bool | None is needed",
        ),
        ("GET", "    as: request", "request", "`request` is taken by the generated code"),
        ("GET", "    as: note", "note", "`note` has a meaning already"),
        ("GET", "    as: class", "class", "`class` is taken by the generated code"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, method: str, more: str, at: str, message: str) -> None:
    spec = TELLER.format(method=method, more=more)
    spec = spec.replace("    as: told\n", "", 1) if "as:" in more else spec
    assert (at, message) in [it[:2] for it in problems(tmp_path, spec)]


def test_a_url_is_needed(tmp_path: Path) -> None:
    spec = TELLER.format(method="GET", more="").replace("""      url: "f'{env.SERVER}/orders/{order_id}'"\n""", "")
    assert [it[1] for it in problems(tmp_path, spec) if "`url`" in it[1]] == ["`url` is missing"]
