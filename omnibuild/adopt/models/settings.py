"""What is said of a field beside its type: `Field(…)`, `Annotated[…]`, `StringConstraints(…)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from omnibuild.adopt.code.constants import Constants, Made, Unknown, Value
from omnibuild.adopt.code.library import Assigned, Module
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup
from omnibuild.adopt.models.annotations import Metadata
from omnibuild.adopt.models.foreign import CONSTRAINED, SCALARS, canonical
from omnibuild.core.values import Json

CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")

_SILENT = (
    "repr", "frozen", "validate_default", "init", "init_var", "kw_only", "union_mode", "alias_priority", "fail_fast",
)  # fmt: skip
"""What changes nothing in the JSON of a field."""

_NOTED = (
    "title", "exclude", "exclude_if", "strict", "serialization_alias", "strip_whitespace", "to_upper", "to_lower",
    "coerce_numbers_to_str", "field_title_generator", "allow_inf_nan",
)  # fmt: skip
"""What changes nothing in the JSON that a field accepts, as far as a JSON Schema says it: the language has no word."""

_QUIET = ("AfterValidator", "BeforeValidator", "WrapValidator", "PlainSerializer", "WrapSerializer", "SerializeAsAny")
_SAYS = {"pydantic:Field", "pydantic:StringConstraints", *CONSTRAINED}
_LIMITS = {
    "Gt": "gt",
    "Ge": "ge",
    "Lt": "lt",
    "Le": "le",
    "MultipleOf": "multiple_of",
    "MinLen": "min_length",
    "MaxLen": "max_length",
}
"""What `annotated_types` calls the constraints."""


@dataclass(slots=True)
class Said:
    """What is said of a field: later words count more than earlier ones."""

    default: ast.expr | None = None
    factory: ast.expr | None = None
    module: Module | None = None
    """Where the default, or its factory, is written."""
    description: str = ""
    aliases: tuple[str, ...] = ()
    is_alias: bool = False
    discriminator: str = ""
    constraints: dict[str, Json] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Settings:
    """Reads what is said of fields."""

    def __init__(self, lookup: Lookup, constants: Constants) -> None:
        self._lookup = lookup
        self._constants = constants

    def read(self, metadata: Sequence[Metadata], value: ast.expr | None, module: Module, docs: str = "") -> Said:
        """Return what the metadata of a type and the value of a field say."""
        said = Said(description=docs)
        for it in metadata:
            self._metadata(it, said)
        if value is not None and self.is_field(value, module):
            self._call(value, module, said)
        elif value is not None and not _is_ellipsis(value):
            said.default, said.factory, said.module = value, None, module
        return said

    def is_field(self, value: ast.expr, module: Module) -> bool:
        """Return whether a value is `Field(…)`."""
        if not isinstance(value, ast.Call):
            return False
        found = self._lookup.resolve(module, value.func)
        return isinstance(found, Foreign) and canonical(found.source) == "pydantic:Field"

    def _metadata(self, it: Metadata, said: Said) -> None:
        function = it.node.func if isinstance(it.node, ast.Call) else it.node
        found = self._lookup.resolve(it.module, function) if isinstance(function, ast.Name | ast.Attribute) else None
        source = canonical(found.source) if isinstance(found, Foreign) else ""
        module, _, name = source.partition(":")
        match it.node:
            case ast.Call() if source in _SAYS:
                self._call(it.node, it.module, said)
            case ast.Call(args=[limit]) if module == "annotated_types" and name in _LIMITS:
                self._constraint(_LIMITS[name], limit, it.module, said)
            case ast.Call() if name == "Discriminator":
                self._discriminator(it.node, it.module, said)
            case ast.Call(keywords=keywords) if any(one.arg == "json_schema_input_type" for one in keywords):
                said.reasons.append(f"{name} says what is accepted")
            case ast.Call() | ast.Name() | ast.Attribute() if module == "pydantic" and name in _QUIET:
                said.notes.append(f"{name} stays with the existing class")
            case ast.Constant():
                return
            case ast.Name() | ast.Attribute() if SCALARS.get(source) == "datetime":
                said.notes.append(f"{name} stays with the existing class")
            case ast.Call() if source and module not in ("pydantic", "annotated_types"):
                return
            case _ if isinstance(found, Foreign) or name:
                said.reasons.append(f"`{name or ast.unparse(it.node)[:40]}` in an annotation")
            case _:
                self._own_metadata(it, said)

    def _own_metadata(self, it: Metadata, said: Said) -> None:
        """Read metadata that is no class of pydantic: a constant that is `Field(…)`, or what pydantic passes over."""
        found = self._lookup.resolve(it.module, it.node) if isinstance(it.node, ast.Name | ast.Attribute) else None
        if isinstance(found, Found) and isinstance(found.node, Assigned) and isinstance(found.node.value, ast.Call):
            self._metadata(Metadata(found.node.value, found.module), said)
        else:
            said.reasons.append(f"`{ast.unparse(it.node)[:40]}` in an annotation")

    def _call(self, node: ast.expr, module: Module, said: Said) -> None:
        if not isinstance(node, ast.Call):
            return
        if node.args and not _is_ellipsis(node.args[0]):
            said.default, said.factory, said.module = node.args[0], None, module
        for name, value in _keywords(node):
            self._keyword(name, value, module, said)

    def _keyword(self, name: str, value: ast.expr, module: Module, said: Said) -> None:
        match name:
            case "default":
                if not _is_ellipsis(value):
                    said.default, said.factory, said.module = value, None, module
            case "default_factory":
                if not _is_none(value):
                    said.default, said.factory, said.module = None, value, module
            case "description":
                said.description = self._text(value, module) or said.description
            case "alias" | "validation_alias":
                self._alias(name, value, module, said)
            case "discriminator":
                said.discriminator = self._text(value, module)
                if not said.discriminator:
                    said.reasons.append("a discriminator that is no field's name")
            case _ if name in CONSTRAINTS:
                self._constraint(name, value, module, said)
            case _ if name in _NOTED and not _is_off(value):
                said.notes.append(f"`{name}` stays with the existing class")
            case _ if name not in (*_SILENT, *_NOTED) and not _is_none(value):
                said.reasons.append(f"`{name}` of a field")

    def _alias(self, name: str, value: ast.expr, module: Module, said: Said) -> None:
        """Take the names that a field is read by; those for validation alone count more."""
        found = self._constants.value(value, module)
        match found:
            case str():
                names: tuple[str, ...] = (found,)
            case Made(source, arguments) if canonical(source) == "pydantic:AliasChoices":
                names = tuple(it for it in arguments if isinstance(it, str))
                if len(names) != len(arguments):
                    said.reasons.append("an alias that is no text")
            case None:
                return
            case _:
                said.reasons.append("an alias that is no text")
                return
        if name == "alias":
            said.is_alias = True
        if name == "validation_alias" or not said.aliases:
            said.aliases = names

    def _discriminator(self, node: ast.Call, module: Module, said: Said) -> None:
        said.discriminator = self._text(node.args[0], module) if node.args else ""
        if not said.discriminator:
            said.reasons.append("a discriminator that is no field's name")

    def _constraint(self, name: str, value: ast.expr, module: Module, said: Said) -> None:
        found = self._constants.value(value, module)
        plain = limit(found)
        if isinstance(found, Unknown) or (plain is None and found is not None):
            said.reasons.append(f"the limit `{name}` is known only when the code runs")
        elif plain is not None:
            said.constraints[name] = plain

    def _text(self, value: ast.expr, module: Module) -> str:
        found = self._constants.value(value, module)
        return found if isinstance(found, str) else ""


def limit(value: Value | Unknown) -> Json:
    """Return a constraint's value as it is written in a spec, None if it cannot be."""
    match value:
        case bool() | int() | float() | str():
            return value
        case Made(source, (int() | float() | str() as inner,), _) if source == "decimal:Decimal":
            return inner
        case _:
            return None


def _keywords(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for it in node.keywords:
        if it.arg is not None:
            yield it.arg, it.value
        else:
            yield "**", it.value


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_off(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, False)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
