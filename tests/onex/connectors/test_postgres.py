"""sql on a real PostgreSQL: the same specs as on SQLite, the same results."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from tests.onex.effects import ORDER, generate
from tests.postgres import postgres

ORDERS = """\
node: orders
kind: effect
description: Store an order with everything that has a type, and read it back.
env: {DATABASE_URL: {required: true}}
policy: {idempotent: true}
enums: {Currency: [EUR, USD]}
input: {order_id: UUID, total: Decimal, at: datetime, currency: Currency, note: str | None, table: str}
output: {stored: bool, total: Decimal, at: datetime, note: str | None, count: int}
operations:
  - sql:
      url: env.DATABASE_URL
      query: |
        create table if not exists orders (
          id uuid primary key, total numeric not null, at timestamptz, currency text, note text,
          tags text[] default '{}'
        )
  - sql:
      url: env.DATABASE_URL
      query: >-
        insert into orders (id, total, at, currency, note)
        values (:id, :total, :at, :currency, :note) on conflict (id) do nothing
      with: {id: str(order_id), total: str(total), at: at, currency: currency, note: note}
    as: inserted
    retry: {attempts: 3, backoff: 1ms}
  - sql:
      url: env.DATABASE_URL
      query: select id::text, total, at, note from orders where id = :id
      with: {id: str(order_id)}
    as: found
  - sql: {url: env.DATABASE_URL, query: "select count(*) from pg_class where relname = :name", with: {name: table}}
    as: counted
logic:
  let: {row: found.one()}
  stored: inserted.rowcount == 1
  total: row.total
  at: row.at
  note: row.note
  count: counted.scalar()
"""
FIELDS = {"order_id": ORDER, "total": "9.50", "at": "2026-01-31T12:00:00Z", "currency": "EUR", "table": "orders"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def url(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the url of an empty database, which is in the environment, too: without a driver, as others write it."""
    execute(server, "drop table if exists orders")
    monkeypatch.setenv("DATABASE_URL", server)
    return server


def execute(url: str, query: str) -> Any:
    async def main() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()

    return asyncio.run(main())


def test_an_order_is_stored_once_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    orders = generate(tmp_path, monkeypatch, ORDERS)
    attack = "'); drop table orders; --"
    first = orders.run(**FIELDS, note=attack)
    assert first.model_dump(mode="json") == {
        "stored": True,
        "total": "9.50",
        "at": "2026-01-31T12:00:00Z",
        "note": attack,
        "count": 1,
    }
    again = orders.run(**FIELDS | {"total": "1"}, note=None)
    assert (again.stored, str(again.total), again.note) == (False, "9.50", attack)


def test_what_was_done_is_undone_if_a_later_operation_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    broken = ORDERS.replace("from pg_class where", "from nowhere where")
    orders = generate(tmp_path, monkeypatch, broken)
    assert orders.fails(**FIELDS, note=None).operation == "counted"
    assert execute(url, "select * from pg_class where relname = 'orders'") == []


def test_a_failing_try_does_not_end_the_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The first two tries are refused by a trigger as a serialization failure would be; the third is taken."""
    orders = generate(tmp_path, monkeypatch, ORDERS)
    execute(url, "create sequence if not exists tries")
    execute(
        url,
        """create or replace function refuse() returns trigger language plpgsql as $$ begin
        if nextval('tries') < 3 then raise exception 'busy' using errcode = '40001'; end if; return new; end $$""",
    )
    execute(url, "create table orders (id uuid primary key, total numeric, at timestamptz, currency text, note text)")
    execute(url, "create trigger busy before insert on orders for each row execute function refuse()")
    assert orders.run(**FIELDS, note=None).stored
    assert execute(url, "select last_value from tries")[0][0] == 3


def test_a_server_that_is_not_there_is_a_failure_of_the_first_operation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://postgres@127.0.0.1:1/postgres")
    error = generate(tmp_path, monkeypatch, ORDERS).fails(**FIELDS, note=None)
    assert error.operation == "sql_1"
    assert isinstance(error.__cause__, OSError)
