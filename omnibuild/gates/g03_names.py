"""G3: names can become the modules, classes and attributes that they stand for."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping

from omnibuild.core.values import Json, Level, Pointer, Problem
from omnibuild.gates.gate import DocumentSubject, Gate, Step
from omnibuild.gates.names import camel
from omnibuild.spec.written_fields import is_long_form

BASE_MODEL_ATTRIBUTES = frozenset(
    [
        "construct",
        "copy",
        "dict",
        "from_orm",
        "json",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
    ]
)
"""The public attributes of pydantic's BaseModel beside those that start with `model_`."""

MODEL_ATTRIBUTES = frozenset(
    [
        "model_computed_fields",
        "model_config",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_extra",
        "model_fields",
        "model_fields_set",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
    ]
)
"""Those that do; other names with this beginning are free."""

TYPE_NAMES = frozenset(
    [
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "datetime",
        "date",
        "time",
        "timedelta",
        "list",
        "set",
        "frozenset",
        "dict",
        "tuple",
        "Decimal",
        "UUID",
        "Path",
        "HttpUrl",
        "Json",
        "Literal",
        "Any",
        "None",
        "True",
        "False",
    ]
)
"""What already means a type in the type grammar."""

_SNAKE = re.compile(r"[a-z][a-z0-9_]*")
_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*")
_MEMBER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_LONGEST = 64


def check(subject: DocumentSubject) -> Iterator[Problem]:
    """Yield a problem for every name of the document that Python or pydantic would not take."""
    if subject.declares in ("node", "shared", "blueprint"):
        yield from _document(subject)
    yield from _classes(subject)
    for section in ("input", "output", "state", "model"):
        yield from _model(subject.pointer(section), subject.data.get(section))
    for section in ("models", "messages", "emits"):
        for name, declared in _mapping(subject.data.get(section)).items():
            yield from _model(subject.pointer(section, name), declared)
    for name, members in _mapping(subject.data.get("enums")).items():
        yield from _members(subject.pointer("enums", name), name, members)


def _document(subject: DocumentSubject) -> Iterator[Problem]:
    name, at = subject.data[subject.declares], subject.pointer(subject.declares)
    if name is None:
        return
    if not isinstance(name, str):
        yield _wrong(f"`{name}` is not a name", at, "write a word in snake_case")
    elif not _SNAKE.fullmatch(name):
        yield _wrong(f"`{name}` is not in snake_case", at, f"write `{_snake(name)}`")
    elif len(name) > _LONGEST:
        yield _wrong(f"`{name}` has {len(name)} characters, {_LONGEST} are allowed", at, "choose a shorter name")
    elif keyword.iskeyword(name) or name in TYPE_NAMES:
        what = "a keyword of Python" if keyword.iskeyword(name) else "the name of a type"
        yield _wrong(f"`{name}` is {what}", at, f"choose another name, for example `{name}_node`")


def _classes(subject: DocumentSubject) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    stem = camel(subject.name)
    derived = ("Input", "Output", "State", "Status") if subject.data.get("transitions") else ("Input", "Output")
    named = [it for it in derived if isinstance(subject.data.get(it.lower()), str)]
    own = {*derived, *(f"{stem}{it}" for it in derived if subject.declares == "node" and it not in named)}
    for section in ("models", "enums", "messages", "emits"):
        for name in _mapping(subject.data.get(section)):
            at = subject.pointer(section, name, key=True)
            what = "enum" if section == "enums" else "model"
            if not _CAMEL.fullmatch(name):
                yield _wrong(f"the {what} `{name}` is not in CamelCase", at, f"write `{camel(_snake(name))}`")
            elif name in own:
                yield _wrong(
                    f"the {what} `{name}` has the name of a node's own {name.removeprefix(stem).lower()}",
                    at,
                    "choose another name",
                )
            elif name in TYPE_NAMES:
                yield _wrong(f"the {what} `{name}` has the name of a type", at, "choose another name")
            elif name.casefold() in taken:
                yield _wrong(
                    f"the {what} `{name}` is already declared as `{taken[name.casefold()]}`", at, "choose another name"
                )
            taken.setdefault(name.casefold(), f"{section}.{name}")


def _model(at: Pointer, written: Json) -> Iterator[Problem]:
    if isinstance(written, Mapping) and is_long_form(written):
        yield from _fields(at.to("fields"), written["fields"])
    else:
        yield from _fields(at, written)


def _fields(at: Pointer, written: Json) -> Iterator[Problem]:
    fields = _mapping(written)
    for name, declared in fields.items():
        here = at.to(name, key=True)
        if not _SNAKE.fullmatch(name):
            yield _wrong(f"the field `{name}` is not in snake_case", here, f"write `{_snake(name)}`")
        elif keyword.iskeyword(name):
            yield _wrong(f"the field `{name}` is a keyword of Python", here, f"write `{name}_`")
        elif name in MODEL_ATTRIBUTES:
            yield _wrong(
                f"the field `{name}` has the name of what every pydantic model has",
                here,
                f"write `{name.removeprefix('model_') or 'name'}`",
            )
        elif name in BASE_MODEL_ATTRIBUTES:
            yield _wrong(f"the field `{name}` hides an attribute of pydantic's models", here, f"write `{name}_`")
        elif name in TYPE_NAMES and _used_as_type(name, fields, declared):
            yield _wrong(
                f"the field `{name}` hides the type `{name}`, which this model needs",
                here,
                f"choose another name, for example `{name}_`",
            )


def _used_as_type(name: str, fields: Mapping[str, Json], declared: Json) -> bool:
    """Return whether a class that has the field's name could no longer say the type of that name."""
    has_default = isinstance(declared, Mapping) and "default" in declared
    others = (field for other, field in fields.items() if other != name or has_default)
    return any(name in _WORD.findall(_type(field)) for field in others)


def _type(field: Json) -> str:
    written = field.get("type") if isinstance(field, Mapping) else field
    return written if isinstance(written, str) else ""


def _members(at: Pointer, enum: str, written: Json) -> Iterator[Problem]:
    items = list(written) if isinstance(written, list | Mapping) else []
    taken: set[str] = set()
    for index, name in enumerate(items):
        here = at.to(index) if isinstance(written, list) else at.to(str(name), key=True)
        if not isinstance(name, str):
            continue
        said = written[name] if isinstance(written, Mapping) else None
        called = said.get("name") if isinstance(said, Mapping) else None
        if not called and not _MEMBER.fullmatch(name):
            hint = f"write `{_snake(name)}`"
            if isinstance(written, Mapping):
                hint += f", or say what it is called: `{name}: {{name: {_snake(name).upper()}}}`"
            yield _wrong(f"the member `{name}` of `{enum}` is not a name", here, hint)
        elif (called or name.upper()) in taken:
            yield _wrong(f"the member `{name}` of `{enum}` is already there", here, "leave it out")
        taken.add(str(called or name.upper()))


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _snake(name: str) -> str:
    """Return the snake_case name that is nearest to a text."""
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", name)
    snake = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_").lstrip("0123456789_")
    return snake or "name"


def _wrong(message: str, at: Pointer, hint: str) -> Problem:
    return Problem(GATE.code, message, at, hint)


GATE = Gate(
    code="G3",
    name="names",
    what="Documents and fields are named in snake_case, models and enums in CamelCase; "
    "no name is a keyword of Python or means something to pydantic.",
    why="Names become modules, classes and attributes; a name that cannot be one gives code that does not run.",
    example="input: {class: str, model_dump: str}",
    step=Step.DOCUMENT,
    level=Level.BLOCK,
    check=check,
    fixed=True,
)
