"""sql: bound parameters, one transaction a url, and what is wrong with queries, on real SQLite files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.onex.effects import ORDER, generate, problems

WRITER = """\
node: writer
kind: effect
description: Store a note, and read all of them.
env: {DATABASE_URL: {required: true}}
policy: {idempotent: true}
input: {key: str, note: str | None}
output: {stored: bool, notes: "list[str]", first: str | None, count: int}
operations:
  - sql: {url: env.DATABASE_URL, query: "create table if not exists notes (key text primary key, note text)"}
  - sql: {url: env.DATABASE_URL, query: "insert into notes values (:key, :note)", with: {key: key, note: note}}
    as: inserted
  - sql: {url: env.DATABASE_URL, query: select key from notes order by key}
    as: found
  - sql: {url: env.DATABASE_URL, query: "select note from notes where key = :key", with: {key: key}}
    as: own
  - sql: {url: env.DATABASE_URL, query: select count(*) from notes}
    as: counted
logic:
  let:
    row: own.mappings().first()
  stored: inserted.rowcount == 1
  notes: "[row.key for row in found.all()]"
  first: row["note"] if row is not None else None
  count: counted.scalar_one()
"""


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'own.sqlite'}")
    return tmp_path / "own.sqlite"


def test_results_are_read_after_the_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    writer = generate(tmp_path, monkeypatch, WRITER)
    assert writer.run(key="b", note="B").model_dump() == {"stored": True, "notes": ["b"], "first": "B", "count": 1}
    assert writer.run(key="a", note=None).notes == ["a", "b"]
    # What can fail belongs to its operation.
    assert "counted = (await database.execute(SELECT_NOTES_3)).scalar_one()" in writer.code


def test_an_injection_is_stored_verbatim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    attack = "'); drop table notes; --"
    writer = generate(tmp_path, monkeypatch, WRITER)
    assert writer.run(key=attack, note=":key {key} %s").stored
    assert rows(database, "select * from notes") == [(attack, ":key {key} %s")]


def test_a_failure_names_node_and_operation_and_keeps_values_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    writer = generate(tmp_path, monkeypatch, WRITER)
    writer.run(key="secret-key", note=None)
    error = writer.fails(key="secret-key", note=None)
    assert (error.node, error.operation) == ("writer", "inserted")
    assert type(error.__cause__).__name__ == "IntegrityError"
    assert str(error).startswith("writer: inserted has failed: ")
    assert "secret-key" not in str(error)


def test_the_table_is_rolled_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    broken = WRITER.replace("select count(*) from notes", "select count(*) from nowhere")
    error = generate(tmp_path, monkeypatch, broken).fails(key="a", note=None)
    assert error.operation == "counted"
    assert rows(database, "select name from sqlite_master") == []


TRIES = """\
node: trying
kind: effect
description: Try a statement again that a trigger refuses.
env: {DATABASE_URL: {}}
policy: {idempotent: true}
input: {key: str}
output: {stored: bool}
operations:
  - sql: {url: env.DATABASE_URL or "", query: "insert into notes values (:key)", with: {key: key}}
    retry: {attempts: 3, backoff: 1ms}
    as: inserted
  - sql: {url: env.DATABASE_URL or "", query: "insert into copies values (:key)", with: {key: key}}
logic: {stored: inserted.rowcount == 1}
"""


def test_a_try_that_fails_leaves_the_transaction_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table notes (key text)")
    trying = generate(tmp_path, monkeypatch, TRIES)
    assert "async with database.begin_nested():" in trying.code
    # The table of the copies is missing: what the savepoint has released must go, too.
    assert trying.fails(key="a").operation == "sql_2"
    assert rows(database, "select * from notes") == []
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table copies (key text)")
    assert trying.run(key="a").stored
    assert rows(database, "select * from notes") == [("a",)]


def test_a_transaction_of_one_operation_is_tried_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    alone = TRIES[: TRIES.index('  - sql: {url: env.DATABASE_URL or "", query: "insert into copies')]
    trying = generate(tmp_path, monkeypatch, f"{alone}logic: {{stored: inserted.rowcount == 1}}\n")
    assert "begin_nested" not in trying.code
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("create table notes (key text)")
    assert trying.run(key="a").stored


TWO = """\
node: two
kind: effect
description: Write to two databases, to one of them only if there is a note.
env: {ORDERS_URL: {required: true}, AUDIT_DATABASE_URL: {required: true}}
input: {key: str, note: str | None}
output: {audited: bool}
operations:
  - sql: {url: env.ORDERS_URL, query: "insert into orders values (:key)", with: {key: key}}
  - sql: {url: env.AUDIT_DATABASE_URL, query: "insert into audit values (:key, :note)", with: {key: key, note: note}}
    when: note is not None
    as: told
  - sql: {url: env.ORDERS_URL, query: "insert into copies values (:key)", with: {key: key}}
logic: {audited: told is not None and told.rowcount == 1}
"""


def test_every_url_has_an_engine_and_a_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, tables in (("ORDERS_URL", "orders copies"), ("AUDIT_DATABASE_URL", "audit")):
        monkeypatch.setenv(name, f"sqlite:///{tmp_path / name}")
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            for table in tables.split():
                connection.execute(f"create table {table} (key text{', note text' if table == 'audit' else ' unique'})")
    two = generate(tmp_path, monkeypatch, TWO)
    assert "orders_engine: AsyncEngine | None = None" in two.code
    assert "async with self._audit_engine.begin() as audit_database:" in two.code
    assert two.run(key="a", note="x").audited
    assert not two.run(key="b", note=None).audited
    assert rows(tmp_path / "AUDIT_DATABASE_URL", "select * from audit") == [("a", "x")]
    with closing(sqlite3.connect(tmp_path / "ORDERS_URL")) as connection, connection:
        connection.execute("delete from orders")
    # The copy is refused: neither database keeps anything.
    assert two.fails(key="a", note="y").operation == "sql_3"
    assert rows(tmp_path / "ORDERS_URL", "select * from orders") == []
    assert rows(tmp_path / "AUDIT_DATABASE_URL", "select * from audit") == [("a", "x")]


FAULTY = """\
node: faulty
kind: effect
description: All that can be wrong with a query.
env: {{DATABASE_URL: {{required: true}}}}
input: {{id: UUID, total: Decimal, note: str, tags: "list[str]"}}
output: {{n: int}}
operations:
  - sql:
      url: {url}
      query: "{query}"
      with: {values}
    as: found
logic: {{n: {n}}}
"""


@pytest.mark.parametrize(
    ("query", "values", "at", "message"),
    [
        ("select {note}", "{}", "{note}", "`{note}` would format a value into the query"),
        ("select '{note!r:>3}'", "{}", "{note!r:>3}'", "`{note!r:>3}` would format a value into the query"),
        ("select {}", "{}", "{}", "`{}` would format a value into the query"),
        ("select %s", "{}", "%s", "`%s` would format a value into the query"),
        ("select '%(note)s'", "{}", "'%(note)s'", "`'%(note)s'` would format a value into the query"),
        ("select :note", "{}", ":note", "`:note` has no value"),
        ("select ':note'", "{}", ":note'", "`:note` has no value"),
        ("select :note", "{note: note, notes: note}", "notes:", "the query has no `:notes`"),
        ("select 1; drop table notes", "{}", ";", "more than one statement"),
        ("select :id", "{id: id}", "id}", "SQLite and PostgreSQL do not both take a UUID"),
        ("select :tags", "{tags: tags}", "tags}", "SQLite and PostgreSQL do not both take a list"),
        ("select :note", "{note: nte}", "nte}", "unknown name `nte`"),
        (" ", "{}", " ", "the query is empty"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_at_its_character(
    tmp_path: Path, query: str, values: str, at: str, message: str
) -> None:
    spec = FAULTY.format(url="env.DATABASE_URL", query=query, values=values, n="found.rowcount")
    found = problems(tmp_path, spec)
    assert [it[1] for it in found] == [message]
    assert found[0][0].strip('"') == at.strip('" ') or at == " "


@pytest.mark.parametrize(
    "query",
    [
        "select '{}'::text[]",
        "select '12:30', note::text from notes -- {why} %s",
        "select '{\\\"a\\\": 1}' /* :not bound */",
        "select note from notes where note like 'a%';",
    ],
)
def test_what_only_looks_wrong_is_let_through(tmp_path: Path, query: str) -> None:
    values = "{not: note}" if ":not" in query else "{}"
    spec = FAULTY.format(url="env.DATABASE_URL", query=query, values=values, n="found.rowcount")
    assert problems(tmp_path, spec) == []


@pytest.mark.parametrize(
    ("n", "message"),
    [
        ("len(found.all()) + found.scalar()", "`found` can be read once, and .all() has read it already"),
        (
            "found.rowcount + sum(found.scalar() for it in tags)",
            "`found` can be read once, and .scalar() may run more often",
        ),
        ("found.frist()", "`found` has no method `frist`"),
        ("found.first().n", "`found.first()` may be None"),
    ],
)
def test_what_is_wrong_with_reading_a_result(tmp_path: Path, n: str, message: str) -> None:
    spec = FAULTY.format(url="env.DATABASE_URL", query="select 1", values="{}", n=n)
    assert [it[1] for it in problems(tmp_path, spec)] == [message]


def test_what_is_read_twice_is_taken_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    spec = FAULTY.format(url="env.DATABASE_URL", query="select 7", values="{}", n="found.scalar() + found.scalar()")
    faulty = generate(tmp_path, monkeypatch, spec)
    assert "found = (await database.execute(FOUND)).scalar()" in faulty.code
    assert faulty.run(id=ORDER, total=1, note="", tags=[]).n == 14


def test_a_url_is_the_same_for_every_request(tmp_path: Path) -> None:
    spec = FAULTY.format(url="note", query="select 1", values="{}", n="1")
    assert [it[:2] for it in problems(tmp_path, spec)] == [
        ("note", "the url of a database is the same for every request, and `note` is not")
    ]


def test_handlers_close_what_they_opened_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    import asyncio

    from sqlalchemy.ext.asyncio import create_async_engine

    writer = generate(tmp_path, monkeypatch, WRITER)

    async def main() -> tuple[int, int]:
        engine = create_async_engine(f"sqlite+aiosqlite:///{database}", connect_args={"autocommit": False})
        given = writer.handler(engine=engine)
        await given.handle(writer.request(key="a", note=None))
        await given.aclose()
        left = engine.pool.checkedin()  # type: ignore[attr-defined]
        own = writer.handler()
        await own.handle(writer.request(key="b", note=None))
        pool = own._engine.pool
        await own.aclose()
        await engine.dispose()
        return left, pool.checkedin()

    assert asyncio.run(main()) == (1, 0)
