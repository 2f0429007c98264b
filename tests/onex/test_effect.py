"""Effects as a whole: order, conditions, the world of examples, and what the generated package looks like."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from omnibuild.core.values import Mode
from tests.conftest import Make
from tests.onex.effects import ORDER, generate, problems

WRITER = """\
node: order_writer
kind: effect
description: Store an order and tell the warehouse.
env: {DATABASE_URL: {required: true}, WAREHOUSE_URL: {required: true}}
input: {order_id: UUID, total: Decimal}
output: {stored: bool, receipt: str}
operations:
  - sql:
      url: env.DATABASE_URL
      query: "insert into orders (id, total) values (:id, :total)"
      with: {id: str(order_id), total: str(total)}
    as: inserted
  - http: {method: POST, url: "f'{env.WAREHOUSE_URL}/orders'", json: {id: str(order_id)}, expect: [201]}
    as: told
logic:
  stored: inserted.rowcount == 1
  receipt: told.json()["receipt"]
examples:
  - name: stored
    given:
      sql: {DATABASE_URL: ["create table orders (id text primary key, total text)"]}
      http: {WAREHOUSE_URL: [{method: POST, path: /orders, status: 201, json: {receipt: r-1}}]}
    input: {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, total: "9.00"}
    output: {stored: true, receipt: r-1}
    then:
      sql: {DATABASE_URL: [{query: select count(*) as n from orders, rows: [{n: 1}]}]}
      http: {WAREHOUSE_URL: [{method: POST, path: /orders, json: {id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11}}]}
  - name: the warehouse is closed
    given:
      sql: {DATABASE_URL: ["create table orders (id text primary key, total text)"]}
      http: {WAREHOUSE_URL: [{method: POST, path: /orders, status: 503}]}
    input: {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, total: "9.00"}
    fails: OperationError
    then:
      sql: {DATABASE_URL: [{query: select * from orders, rows: []}]}
  - {name: no order, input: {}, fails: validation}
"""

HANDLE = '''\
    async def handle(self, request: ModelOrderWriterInput) -> ModelOrderWriterOutput:
        """Run the operations in order; the database keeps nothing if one of them fails."""
        with operation("order_writer", "inserted"):
            async with self._engine.begin() as database:
                inserted = await database.execute(
                    INSERT_ORDERS, {"id": str(request.order_id), "total": str(request.total)}
                )
                with operation("order_writer", "told"):
                    told = await self._client.post(
                        f"{self._environment.warehouse_url}/orders", json={"id": str(request.order_id)}
                    )
                    expect(told, 201)
        return ModelOrderWriterOutput(stored=inserted.rowcount == 1, receipt=told.json()["receipt"])
'''

EVERYTHING = """\
node: teller
kind: effect
description: Every connector, and every modifier, in one node.
env:
  ORDERS_URL: {required: true}
  AUDIT_DATABASE_URL: {required: true}
  WAREHOUSE_URL: {required: true}
  STATUS_URL: {default: "http://127.0.0.1:1"}
  RECEIPTS: {default: /var/receipts, description: Where receipts are.}
  TOKEN: {description: What the warehouse knows us by.}
policy: {idempotent: true, timeout: 10s}
models:
  Told: {id: UUID, at: datetime}
  Line: {sku: str, quantity: int}
input: {order_id: UUID, note: str | None, urgent: bool, at: datetime, lines: "list[Line]"}
output: {sku: str | None, total: Decimal, status: int | None, previous: str | None, n: int, skus: "list[str]"}
events: {external: [onex.evt.acme.order-told.v1]}
operations:
  - sql:
      url: env.ORDERS_URL
      query: |
        select sku, total
        from orders
        where id = :id
      with: {id: str(order_id)}
    as: found
    retry: {attempts: 3, backoff: 10ms}
    timeout: 5s
  - sql:
      url: env.ORDERS_URL
      query: select sku from lines where order_id = :id order by sku
      with: {id: str(order_id)}
    as: operation
  - sql:
      url: env.AUDIT_DATABASE_URL
      query: insert into audit (id, note) values (:id, :note)
      with: {id: str(order_id), note: note}
    when: note is not None and len(note) > 0
    retry: {attempts: 2}
  - http:
      method: POST
      url: "f'{env.WAREHOUSE_URL}/orders/{order_id}'"
      json: {id: str(order_id), lines: lines, urgent: urgent, tags: ["'a'", note]}
      headers: {Authorization: "f'Bearer {env.TOKEN}'", Idempotency-Key: str(order_id)}
      params: {dry: urgent}
    as: told
    when: urgent
    retry: {attempts: 4, backoff: 1ms}
    timeout: 2s
  - file: {in: env.RECEIPTS, write: "f'{order_id}.txt'", text: told.text}
    when: urgent
  - http: {url: env.STATUS_URL + "/status", expect: [200, 204]}
    when: told is not None and told.status_code == 200
  - file: {in: env.RECEIPTS, read: "'previous.txt'"}
    as: before
    when: urgent and note is not None
  - publish: {topic: onex.evt.acme.order-told.v1, payload: "Told(id=order_id, at=at)", key: str(order_id)}
logic:
  let:
    first: found.first()
    rows: "[str(row['sku']) for row in operation.mappings().all()]"
  sku: first.sku if first is not None else None
  total: first.total if first is not None else 0
  status: told.status_code if told is not None else None
  previous: before
  n: len(rows)
  skus: rows
examples:
  - name: urgent
    given:
      sql:
        ORDERS_URL:
          - create table orders (id text, sku text, total text)
          - create table lines (order_id text, sku text)
          - >-
            insert into lines values ('7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11', 'B'),
            ('7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11', 'A')
        AUDIT_DATABASE_URL: ["create table audit (id text, note text)"]
      http:
        WAREHOUSE_URL:
          - {method: POST, path: /orders/7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, status: 503}
          - {method: POST, path: /orders/7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, body: hello}
        STATUS_URL: [{path: /status, status: 204}]
      folder: {RECEIPTS: {previous.txt: "old\\n", a/b.txt: x}}
      env: {TOKEN: secret}
    input:
      order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11
      note: "'); drop table audit; --"
      urgent: true
      at: 2026-01-31T12:00:00Z
      lines: [{sku: A, quantity: 2}]
    output: {sku: null, total: "0", status: 200, previous: "old\\n", n: 2, skus: [A, B]}
    then:
      sql:
        AUDIT_DATABASE_URL: [{query: select note from audit, rows: [{note: "'); drop table audit; --"}]}]
      http:
        WAREHOUSE_URL:
          - {method: POST, path: /orders/7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11}
          - method: POST
            path: /orders/7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11
            headers: {Authorization: Bearer secret}
            json:
              id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11
              lines: [{sku: A, quantity: 2}]
              urgent: true
              tags: [a, "'); drop table audit; --"]
        STATUS_URL: [{path: /status, body: ""}]
      folder:
        RECEIPTS: {previous.txt: "old\\n", a/b.txt: x, 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11.txt: hello}
      publish:
        onex.evt.acme.order-told.v1: [{id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, at: "2026-01-31T12:00:00Z"}]
  - name: not urgent
    given:
      sql:
        ORDERS_URL:
          - create table orders (id text, sku text, total text)
          - create table lines (order_id text, sku text)
          - insert into orders values ('7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11', 'A', '9.50')
        AUDIT_DATABASE_URL: []
      env: {WAREHOUSE_URL: "http://127.0.0.1:1", TOKEN: secret}
    input:
      {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, note: null, urgent: false, at: "2026-01-31T12:00:00Z", lines: []}
    output: {sku: A, total: "9.50", status: null, previous: null, n: 0, skus: []}
"""


def test_the_spec_of_the_reference_is_what_a_person_would_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = generate(tmp_path, monkeypatch, WRITER)
    assert HANDLE in writer.code
    done = writer.pytest()
    assert done.returncode == 0, done.stdout


def test_the_row_is_not_there_if_the_warehouse_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    database = tmp_path / "orders.sqlite"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table orders (id text primary key, total text)")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{database}")
    monkeypatch.setenv("WAREHOUSE_URL", httpserver.url_for(""))
    writer = generate(tmp_path / "workspace", monkeypatch, WRITER)
    httpserver.expect_ordered_request("/orders").respond_with_data("", status=503)
    assert writer.fails(order_id=ORDER, total="9").operation == "told"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select * from orders").fetchall() == []
    httpserver.expect_ordered_request("/orders").respond_with_json({"receipt": "r"}, status=201)
    assert writer.run(order_id=ORDER, total="9").stored


def test_everything_together_is_sound_strictly_typed_code(checked: Make) -> None:
    """Built with the type checker, laid out, checked by ruff, and its own tests pass."""
    sandbox = checked({"specs/effect.yaml": EVERYTHING})
    report = sandbox.build(mode=Mode.BALANCED)
    assert report.ok, report.problems
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["pytest", "-q", "-W", "error"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=sandbox.out, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    code = sandbox.read("out/src/acme/nodes/node_teller_effect/handlers/handler_teller.py")
    assert "from acme.errors import operation as errors_operation" in code
    assert "        if told is not None and told.status_code == 200:\n" in code


GUARDED = """\
node: guarded
kind: effect
description: Read a file, if there is one to be read.
env: {FOLDER: {required: true}}
input: {path: str | None, other: bool}
output: {text: str}
operations:
  - file: {in: env.FOLDER, read: path}
    when: WHEN
    as: found
  - file: {in: env.FOLDER, write: "'copy.txt'", text: found}
    when: SECOND
logic:
  text: LOGIC
"""


@pytest.mark.parametrize(
    ("when", "second", "logic", "message"),
    [
        ("path is not None", "path is not None", "found or ''", None),
        ("path is not None", "found is not None", "found if found is not None else ''", None),
        ("path", "found", "found or ''", None),
        ("other", "other", "found or ''", "this gives str | None, but str | Path is needed"),
        ("path is not None", "other", "found or ''", "this gives str | None, but str is needed"),
        ("path is not None", "path is not None", "found", "this gives str | None, but str is needed"),
        ("path is not None and pth", "path is not None", "''", "unknown name `pth`"),
    ],
)
def test_a_result_can_be_read_where_its_operation_ran(
    tmp_path: Path, when: str, second: str, logic: str, message: str | None
) -> None:
    spec = GUARDED.replace("WHEN", when).replace("SECOND", second).replace("LOGIC", f'"{logic}"')
    assert [it[1] for it in problems(tmp_path, spec)][:1] == ([message] if message else [])


def test_neighbours_under_the_same_condition_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = GUARDED.replace("WHEN", "path is not None").replace("SECOND", "path is not None")
    guarded = generate(tmp_path, monkeypatch, spec.replace("LOGIC", "found or ''"))
    assert guarded.code.count("if request.path is not None:") == 1
    (tmp_path / "a.txt").write_text("A")
    monkeypatch.setenv("FOLDER", str(tmp_path))
    assert guarded.run(path="a.txt", other=False).text == "A"
    assert (tmp_path / "copy.txt").read_text() == "A"
    assert guarded.run(path=None, other=False).text == ""


NOTHING = """\
node: ping
kind: effect
description: Ask, and answer nothing.
env: {SERVER: {required: true}}
input: {}
output: {}
operations:
  - http: {url: env.SERVER}
"""


def test_what_nothing_reads_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    monkeypatch.setenv("SERVER", httpserver.url_for("/"))
    httpserver.expect_request("/").respond_with_data("")
    ping = generate(tmp_path, monkeypatch, NOTHING)
    assert ping.run().model_dump() == {}
    assert "response = await self._client.get(self._environment.server)" in ping.code
    assert "return ModelPingOutput()" in ping.code


def test_an_output_without_logic_needs_some(tmp_path: Path) -> None:
    found = problems(tmp_path, NOTHING.replace("output: {}", "output: {n: int}"))
    assert [it[1] for it in found] == ["`logic` does not say what `n` is"]


def test_a_missing_variable_is_told_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERVER", raising=False)
    ping = generate(tmp_path, monkeypatch, NOTHING)
    with pytest.raises(KeyError, match="SERVER"):
        ping.handler()


def test_a_process_ends_though_nobody_closed_the_handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ONEX's runtimes make handlers and never close them."""
    spec = NOTHING.replace("http: {url: env.SERVER}", "sql: {url: env.SERVER, query: select 1}")
    ping = generate(tmp_path, monkeypatch, spec)
    package = f"{ping.package}.nodes.node_ping_effect"
    program = (
        f"import asyncio\nfrom {package}.handlers import HandlerPing\nfrom {package}.models import ModelPingInput\n"
        "asyncio.run(HandlerPing().handle(ModelPingInput()))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ping.sandbox.out / "src"), "SERVER": f"sqlite:///{tmp_path}/x"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, timeout=30, check=False)
    assert done.returncode == 0


def test_an_operation_is_tried_again_only_where_the_node_is_idempotent(tmp_path: Path) -> None:
    spec = NOTHING + "    retry: {attempts: 2}\n"
    assert problems(tmp_path, spec) == [
        (
            "retry:",
            "only an idempotent node may try an operation again",
            "write `policy: {idempotent: true}` if doing it twice does no harm, or remove `retry`",
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ('sql: {DATABASE_URL: ["create', 'slq: {DATABASE_URL: ["create', "slq:", "`given` knows nothing of `slq`"),
        (
            'sql: {DATABASE_URL: ["create',
            'sql: {DATABASE_ULR: ["create',
            "DATABASE_ULR:",
            "the node has no variable `DATABASE_ULR`",
        ),
        (
            "[{method: POST, path: /orders, status: 201",
            "[{method: POST, paht: /orders, status: 201",
            "paht:",
            "the key `paht` means nothing here",
        ),
        ("[{method: POST, path: /orders, status: 201", "[{method: POST, status: 201", "{method:", "`path` is missing"),
        ("path: /orders, status: 201", "path: orders, status: 201", "orders,", "`path: orders` is not as it must be"),
        ("rows: [{n: 1}]", "row: [{n: 1}]", "row:", "the key `row` means nothing here"),
        (
            "      http: {WAREHOUSE_URL: [{method: POST, path: /orders, status: 503}]}\n",
            "",
            "name:",
            "the example gives no value to `WAREHOUSE_URL`",
        ),
        (
            "    then:\n      sql: {DATABASE_URL: [{query: select * ",
            "    then:\n      sql: {WAREHOUSE_URL: [{query: select * ",
            "WAREHOUSE_URL:",
            "the example gives no sql to `WAREHOUSE_URL`",
        ),
        (
            "status: 503}]}\n",
            "status: 503}]}\n      env: {WAREHOUSE_URL: x}\n",
            "WAREHOUSE_URL:",
            "`WAREHOUSE_URL` is given twice",
        ),
        (
            "    then:\n      sql: {DATABASE_URL: [{query: select * ",
            "    then:\n      publish: {onex.evt.a.b.v1: []}\n      sql: {DATABASE_URL: [{query: select * ",
            "onex.evt.a.b.v1:",
            "the node does not publish `onex.evt.a.b.v1`",
        ),
    ],
)
def test_a_world_that_cannot_be_is_told_at_its_place(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    assert old in WRITER
    found = problems(tmp_path, WRITER.replace(old, new, 1))
    assert (at, message) in [it[:2] for it in found], found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rows: [{n: 1}]", "rows: [{n: 2}]"),
        ("receipt: r-1}\n    then", "receipt: r-2}\n    then"),
        ("json: {id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11}}]}", "json: {id: x}}]}"),
        ("status: 503", "status: 201, json: {receipt: r}"),
        ("path: /orders, status: 201", "path: /elsewhere, status: 201"),
    ],
)
def test_an_example_that_is_not_true_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    assert old in WRITER
    done = generate(tmp_path, monkeypatch, WRITER.replace(old, new, 1)).pytest()
    assert "1 failed" in done.stdout


def test_only_operations_have_a_world(tmp_path: Path) -> None:
    """What nobody would make, or look at, must not stand there as if somebody did."""
    spec = NOTHING.replace("kind: effect", "kind: compute").partition("operations:")[0]
    spec += "logic: {}\nexamples: [{input: {}, output: {}, GIVEN, then: {http: {}}}]\n"
    spec = spec.replace("GIVEN", "given: {env: {SERVER: x}, sql: {SERVER: []}}")
    assert [it[:2] for it in problems(tmp_path, spec)] == [
        ("sql:", "`given` knows nothing of `sql` here"),
        ("http:", "`then` knows nothing of `http` here"),
    ]


def test_two_names_for_two_results(tmp_path: Path) -> None:
    assert ("inserted", "`inserted` has a meaning already", "choose another name") in problems(
        tmp_path, WRITER.replace("as: told", "as: inserted").replace("told.json()", "inserted.rowcount")
    )


def test_operations_stand_in_their_order_and_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = generate(tmp_path, monkeypatch, EVERYTHING).code
    names = re.findall(r'errors_operation\("teller", "(\w+)"\)', code)
    assert names == ["found", "operation", "sql_3", "told", "file_5", "http_6", "before", "publish_8"]


def test_the_handler_is_cancelled_at_once_and_the_database_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "orders.sqlite"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table orders (id text primary key, total text)")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{database}")
    writer = generate(tmp_path / "workspace", monkeypatch, WRITER)

    async def main() -> None:
        silent = await asyncio.start_server(lambda *_: asyncio.sleep(60), "127.0.0.1", 0)
        monkeypatch.setenv("WAREHOUSE_URL", f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
        handler = writer.handler()
        task = asyncio.create_task(handler.handle(writer.request(order_id=ORDER, total="9")))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await handler.aclose()
        silent.close()

    asyncio.run(main())
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select * from orders").fetchall() == []
