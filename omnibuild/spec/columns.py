"""A model as the columns of a table: SQL that SQLite and PostgreSQL read alike, and values for examples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from omnibuild.core.values import Field, Json, Problem, Type
from omnibuild.spec.constraints import fault

RESERVED = frozenset(
    """all alter and any as asc between both by case check collate column commit constraint create cross current default
    deferrable delete desc distinct do drop else end except exists false fetch for foreign from full grant group having
    in index inner insert intersect into is isnull join leading left like limit natural not notnull null offset on only
    or order outer primary references returning right row rows select session set table then to trailing transaction
    trigger true union unique update user using values view when where window with""".split()  # noqa: SIM905 - reads better
)
"""Names that need quotes in one of the two databases."""

_COLUMNS = {
    "str": ("text", "{}"),
    "int": ("bigint", "{}"),
    "float": ("double precision", "{}"),
    "bool": ("boolean", "{}"),
    "Decimal": ("text", "str({})"),
    "UUID": ("text", "str({})"),
    "Path": ("text", "str({})"),
    "HttpUrl": ("text", "str({})"),
    "datetime": ("text", "{}.isoformat()"),
    "date": ("text", "{}.isoformat()"),
    "time": ("text", "{}.isoformat()"),
    "timedelta": ("double precision", "{}.total_seconds()"),
}
"""The type of a column, and the expression for its value; what would lose digits or zones as a number is text."""

_SAMPLES: Mapping[str, tuple[Json, ...]] = {
    "str": (
        "Ada",
        "ada@example.org",
        "ADA",
        "ada",
        "A",
        "A1",
        "EUR",
        "DE",
        "de-DE",
        "2026-01-31",
        "+49 30 123456",
        "+4930123456",
        "10115",
        "0",
        "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11",
        "https://example.org/",
        "DE89370400440532013000",
    ),
    "int": (1, 2, 10, 100, 1000, 0, -1),
    "float": (1.5, 0.5, 10.5, 100.5, 0.0, 1.0, -1.5),
    "bool": (True,),
    "Decimal": ("9.50", "0.5", "1", "10", "100", "0", "-1"),
    "UUID": ("7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11",),
    "Path": ("notes.txt",),
    "HttpUrl": ("https://example.org/",),
    "datetime": ("2026-01-31T12:00:00+00:00",),
    "date": ("2026-01-31",),
    "time": ("12:00:00",),
    "timedelta": (90.0,),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A field as a column: `declaration` is the field as it is written, `type` that of the spec language.

    `base` is the type without None: a scalar's name, `Literal` or `ref`. `constraints` has the default,
    too. `sample` is a value for examples as in JSON; `kept` is the same as the database has it.
    """

    name: str
    type: str
    base: str
    declaration: Json
    constraints: Mapping[str, Json]
    sql: str
    optional: bool
    sample: Json
    kept: Json
    stored: str

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return "default" not in self.constraints

    @property
    def quoted(self) -> str:
        """The name as SQL has it."""
        return quoted(self.name)

    @property
    def literal(self) -> str:
        """The sample as SQL has it."""
        match self.kept:
            case None:
                return "null"
            case bool():
                return str(self.kept).lower()
            case int() | float():
                return repr(self.kept)
            case _:
                return "'" + str(self.kept).replace("'", "''") + "'"

    def value(self, owner: str = "") -> str:
        """Return the expression for what is bound to the column; `owner` is the value whose field it is."""
        name = f"{owner}.{self.name}" if owner else self.name
        made = self.stored.format(name)
        return f"{made} if {name} is not None else None" if self.optional and made != name else made


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return f'"{name}"' if name.lower() in RESERVED else name


def column(
    field: Field, declaration: Json, enums: Mapping[str, Collection[str]], given: Mapping[str, Json]
) -> Column | Problem:
    """Return a field as a column, or why it cannot be one.

    `enums` are those of the document by name, `given` the values that its author wants in examples.
    """
    arms = [it for it in (field.type.args if field.type.head == "|" else (field.type,)) if it.head != "None"]
    made = _made(arms[0], enums) if len(arms) == 1 else None
    if made is None:
        hint = "a column holds one text, number, time, UUID, URL or enum of this document; leave the others out"
        return Problem("column", f"`{field.name}` is {field.type}, which is no column", field.at, hint)
    sql, stored, samples = made
    chosen = (given[field.name],) if field.name in given else tuple(it for it in samples if not fault(field, it))
    if not chosen:
        hint = f"give one: `example: {{{field.name}: …}}`"
        return Problem("column", f"no value for examples comes to mind that `{field.name}` allows", field.at, hint)
    return Column(
        name=field.name,
        type=field.written,
        base=arms[0].head,
        declaration=declaration,
        constraints=dict(field.constraints) | _left_out(field),
        sql=sql,
        optional=len(arms) < len(field.type.args),
        sample=chosen[0],
        kept=_kept(arms[0].head, chosen[0]),
        stored=stored,
    )


def _made(type_: Type, enums: Mapping[str, Collection[str]]) -> tuple[str, str, tuple[Json, ...]] | None:
    """Return the column's type, the expression for its value, and values for examples, the best one first."""
    if type_.ref and type_.ref.name in enums:
        return "text", "{}", tuple(enums[type_.ref.name])
    if type_.head == "Literal" and len({type(it) for it in type_.values}) == 1:
        sql, stored = _COLUMNS[type(type_.values[0]).__name__]
        return sql, stored, type_.values
    if type_.head not in _COLUMNS:
        return None
    return *_COLUMNS[type_.head], _SAMPLES[type_.head]


def _kept(head: str, sample: Json) -> Json:
    """Return what the database has for a value."""
    from datetime import date, datetime, time, timedelta

    types: dict[str, type[datetime | date | time]] = {"datetime": datetime, "date": date, "time": time}
    try:
        if head in types and sample is not None:
            return TypeAdapter(types[head]).validate_python(sample).isoformat()
        if head == "timedelta" and sample is not None:
            return TypeAdapter(timedelta).validate_python(sample).total_seconds()
    except ValidationError:  # it is told where the example is read
        return sample
    return sample


def _left_out(field: Field) -> dict[str, Json]:
    """Return what a field says of its value where it is left out."""
    if field.factory:
        return {"factory": field.factory}
    return {} if field.required else {"default": field.default}
