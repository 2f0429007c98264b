"""sql: one statement on SQLite or PostgreSQL through SQLAlchemy, its values bound, never formatted in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pydantic import Field, JsonValue

from omnibuild.assemble.blocks import with_
from omnibuild.assemble.tree import Line
from omnibuild.core.nearest import nearest
from omnibuild.core.values import Imported, Json, Lowered, Type
from omnibuild.onex.connectors.connector import (
    Action,
    Code,
    Connector,
    Fixture,
    Parameters,
    Resource,
    Result,
    Transaction,
)
from omnibuild.onex.connectors.query import bound_names, constant_name, literal, query_faults
from omnibuild.onex.connectors.reading import Reading, as_dict
from omnibuild.onex.effect.scene import Scene
from omnibuild.spec.expression import Opaque
from omnibuild.spec.scope import arms_of
from omnibuild.spec.written_fields import Written

_BINDABLE = ("Any", "None", "bool", "int", "float", "str", "bytes", "Literal", "date", "datetime", "time")
_AS_TEXT = ("UUID", "Decimal", "HttpUrl", "Path")
_ANY = Type("Any")
_NONE = Type("None")
_RESULT, _SCALARS, _MAPPINGS, _ROW, _MAPPING = "sql result", "sql scalars", "sql mappings", "sql row", "sql mapping"


class _Columns(Mapping[str, Type]):
    """The attributes of a row: only the database knows which, so all that an expression may name at all."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and not name.startswith("_")

    def __getitem__(self, name: str) -> Type:
        return _ANY

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _methods(item: Type) -> dict[str, Type]:
    """Return what reads a result whose items have this type, and uses it up."""
    optional = Type("|", (item, _NONE))
    return {"all": Type("Iterable", (item,)), "first": optional, "one": item, "one_or_none": optional}


_SCALAR = ("scalar", "scalar_one", "scalar_one_or_none")
_OPAQUE = {
    _RESULT: Opaque(
        members={"rowcount": Type("int")},
        calls={
            **_methods(Type(_ROW)),
            **dict.fromkeys(_SCALAR, _ANY),
            "scalars": Type(_SCALARS),
            "mappings": Type(_MAPPINGS),
        },
    ),
    _SCALARS: Opaque(calls=_methods(_ANY)),
    _MAPPINGS: Opaque(calls=_methods(Type(_MAPPING))),
    _ROW: Opaque(members=_Columns(), item=_ANY),
    _MAPPING: Opaque(
        calls={"get": _ANY, "keys": Type("Iterable", (Type("str"),)), "values": Type("Iterable", (_ANY,))}, item=_ANY
    ),
}
_ONCE = frozenset({*_methods(_ANY), *_SCALAR})
_DEMANDING = frozenset({"one", "one_or_none", "scalar_one", "scalar_one_or_none"})


class SqlParameters(Parameters):
    """A statement with bound values; those of one url share a transaction."""

    url: JsonValue = Field(description="The database, as an expression of variables: env.DATABASE_URL.")
    query: str = Field(description="One SQL statement; its values are written :name.")
    values: dict[str, JsonValue] = Field(default={}, alias="with", description="An expression for every :name.")


def _read(reading: Reading, given: SqlParameters) -> Action | None:
    url = reading.constant(given.url, ["url"], "the url of a database")
    values = reading.mapping(given.values, ["with"])
    for name, it in (values or {}).items():
        _check_value(reading, name, it)
    _check_query(reading, given)
    if url is None or values is None or reading.problems:
        return None
    engine = Resource(
        name="engine",
        key=ast.dump(url.tree),
        annotation=Imported("sqlalchemy.ext.asyncio", "AsyncEngine"),
        opened=ast.Call(reading.support("database", "open_engine"), [url.tree], []),
        closed="dispose",
        stem=str(given.url),
    )
    transaction = Transaction(engine, "database", "begin", "begin_nested")
    query = given.query.strip().removesuffix(";").rstrip()
    name = constant_name(query, reading.operation.name)

    def value(code: Code) -> ast.expr:
        text = f"{code.imported('sqlalchemy', 'text')}({literal(query)})"
        statement = code.constant(name, text, reading.at.to("query"))
        execute = ast.Attribute(code.transaction(transaction), "execute", ast.Load())
        return ast.Await(ast.Call(execute, [statement, as_dict(values)] if values else [statement], []))

    result = Result(Type(_RESULT), _OPAQUE, once=_ONCE, views=frozenset({"scalars", "mappings"}), demanding=_DEMANDING)
    transient = reading.support("database", "database_may_recover")
    return Action(value, result=result, resources=(engine,), transaction=transaction, transient=transient)


def _check_value(reading: Reading, name: str, value: Lowered) -> None:
    """Report a value that not every driver can bind."""
    wrong = next((it for it in arms_of(value.type) if it.head not in _BINDABLE and not _is_enum(reading, it)), None)
    if wrong is None:
        return
    hint = "write str(…)" if wrong.head in _AS_TEXT else "bind one value a name"
    reading.problem(f"SQLite and PostgreSQL do not both take a {wrong.head}", reading.at.to("with", name), hint)


def _is_enum(reading: Reading, type_: Type) -> bool:
    return type_.head == "ref" and not reading.is_model(type_)


def _check_query(reading: Reading, given: SqlParameters) -> None:
    at = reading.at.to("query")
    for offset, message, hint in query_faults(given.query, given.values):
        reading.problem(message, at.into(offset), hint)
    used = bound_names(given.query)
    for name in given.values:
        if name not in used:
            near = nearest(name, used)
            hint = f"did you mean `{near}`?" if near else f"write :{name} in the query, or remove it"
            reading.problem(f"the query has no `:{name}`", reading.at.to("with", name, key=True), hint)
    if not given.query.strip():
        reading.problem("the query is empty", at, "write one SQL statement")


# -------------------------------------------------------------------------------------- examples


class Rows(Written):
    """What a query gives."""

    query: str = Field(description="A query of the database, after the node has run.")
    rows: list[dict[str, JsonValue]] = Field(description="Its rows, in order, each with its columns by name.")


class Given(Written):
    """Databases before."""

    sql: dict[str, list[str]] = Field(description="The statements that make each database, by its variable.")


class Then(Written):
    """Databases after."""

    sql: dict[str, list[Rows]] = Field(description="Queries and their rows, by the variable of the database.")


def _write(scene: Scene, given: Given | None, then: Then | None) -> None:
    for variable, statements in given.sql.items() if given else ():
        database = scene.local(variable.lower().removesuffix("_url"))
        scene.before(Line(f'{database} = {scene.folder()} / "{database}.sqlite"'))
        if statements:
            body = [Line(f"connection.execute({literal(it)})") for it in statements]
            scene.before(with_([_connected(scene, database), "connection"], body))
        scene.variable(variable, f'f"sqlite+aiosqlite:///{{{database}}}"')
        looks = then.sql.get(variable, []) if then else []
        if looks:
            body = [Line(f"connection.row_factory = {scene.imports.module('sqlite3')}.Row")]
            for it in looks:
                rows = f"[dict(row) for row in connection.execute({literal(it.query)})]"
                body.append(Line(f"assert {rows} == {scene.literal(_json(it.rows))}"))
            scene.after(with_([_connected(scene, database)], body))


def _json(rows: list[dict[str, JsonValue]]) -> Json:
    return [{**row} for row in rows]


def _connected(scene: Scene, database: str) -> str:
    closing = scene.imports.name("contextlib", "closing")
    return f"{closing}({scene.imports.module('sqlite3')}.connect({database})) as connection"


CONNECTOR = Connector(
    name="sql",
    parameters=SqlParameters,
    read=_read,
    requirements=frozenset({"asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.38"}),
    support=frozenset({"database"}),
    fixture=Fixture("sql", _write, Then, Given, requirements=frozenset({"aiosqlite>=0.20"})),
)
