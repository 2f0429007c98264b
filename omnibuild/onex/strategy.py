"""Hypothesis strategies for models, from their types and constraints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import chain, count

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.tree import quoted, raw
from omnibuild.core.values import Enum, Field, Json, Model, Ref, Type
from omnibuild.onex.names import Names, snake

_SIMPLE = {
    "bool": "st.booleans()",
    "bytes": "st.text().map(str.encode)",
    "UUID": "st.uuids()",
    "datetime": "st.datetimes()",
    "date": "st.dates()",
    "time": "st.times()",
    "None": "st.none()",
}
_JSON_FORMS = {
    "int": "number",
    "float": "number",
    "Decimal": "text",
    "bool": "bool",
    "list": "array",
    "set": "array",
    "frozenset": "array",
    "tuple": "array",
    "dict": "object",
    "Json": "any",
}


class Strategies:
    """Writes strategies for one test module; every model that is reached gets a constant."""

    def __init__(self, imports: Imports, names: Names) -> None:
        self._imports = imports
        self._names = names
        self._constants: dict[Ref, str] = {}
        self._open: list[Ref] = []
        self.definitions: list[tuple[str, str]] = []
        """The constants, (name, expression), each after those that it uses."""

    def model(self, ref: Ref) -> str:
        """Return the constant that makes instances of a model."""
        target = self._names.target(ref)
        if target not in self._constants:
            model = self._names.graph.lookup(target)
            if not isinstance(model, Model):
                raise TypeError(f"{ref} is not a model")
            self._open.append(target)
            fields = {field.name: self._field(field) for field in model.fields}
            self._open.pop()
            constant = self._constant(target)
            self.definitions.append((constant, self._made(self._names.imported(target, self._imports), model, fields)))
            self._constants[target] = constant
        return self._constants[target]

    def _made(self, class_: str, model: Model, fields: Mapping[str, str]) -> str:
        """Return what makes instances of a class, a strategy for each field."""
        if any(it.aliases for it in model.fields):
            # Of other names `builds` would think that they are parameters of their own.
            items = ", ".join(f"{quoted(name)}: {it}" for name, it in fields.items())
            return f"st.fixed_dictionaries({{{items}}}).map({class_}.model_validate)"
        return f"st.builds({', '.join([class_, *(f'{name}={it}' for name, it in fields.items())])})"

    def _constant(self, ref: Ref) -> str:
        class_name = self._names.class_name(ref)
        name = _plural(snake(class_name.removeprefix("Model"))).upper()
        taken = set(self._constants.values())
        candidates = chain((name, f"{ref.document.upper()}_{name}"), (f"{name}_{number}" for number in count(2)))
        return next(it for it in candidates if it not in taken)

    def _field(self, field: Field) -> str:
        constraints = dict(field.constraints)
        return self._strategy(field.type, constraints)

    def _strategy(self, type_: Type, constraints: Mapping[str, Json]) -> str:
        match type_.head:
            case "|":
                return " | ".join(self._strategy(it, constraints) for it in self._finite(type_.args))
            case "Literal":
                values = ", ".join(quoted(it) if isinstance(it, str) else repr(it) for it in type_.values)
                return f"st.sampled_from([{values}])"
            case "ref" if type_.ref:
                return self._reference(type_.ref)
            case "list" | "set" | "frozenset" | "dict" | "tuple":
                return self._container(type_, constraints)
            case "str":
                return self._text(constraints)
            case "int" | "float" | "Decimal":
                return self._number(type_.head, constraints)
            case head if head in _SIMPLE:
                return _SIMPLE[head]
            case head:
                return self._special(head)

    def _reference(self, ref: Ref) -> str:
        target = self._names.target(ref)
        if isinstance(self._names.graph.lookup(target), Enum):
            return f"st.sampled_from({self._names.imported(target, self._imports)})"
        # A model that would hold itself without end is told where it is declared; nobody gets what is made here.
        return "st.nothing()" if target in self._open else self.model(target)

    def _finite(self, arms: Sequence[Type]) -> Sequence[Type]:
        """Return the arms of a union without those that would begin a model inside of itself again."""
        return [it for it in arms if not (it.head == "ref" and self._holds_itself(it))] or arms

    def _holds_itself(self, type_: Type) -> bool:
        return any(self._names.target(ref) in self._open for ref in type_.refs())

    def _container(self, type_: Type, constraints: Mapping[str, Json]) -> str:
        sizes = "".join(f", {new}={constraints[old]!r}" for old, new in _SIZES.items() if old in constraints)
        if self._holds_itself(type_):
            return f"st.just({ {'list': '[]', 'dict': '{}', 'tuple': '()'}.get(type_.head, f'{type_.head}()') })"
        items = [self._strategy(it, {}) for it in type_.args if it.head != "..."]
        match type_.head:
            case "dict":
                return f"st.dictionaries({items[0]}, {items[1]}{sizes})"
            case "tuple" if type_.args[-1].head != "...":
                return f"st.tuples({', '.join(items)})"
            case "tuple":
                return f"st.lists({items[0]}{sizes}).map(tuple)"
            case "list":
                return f"st.lists({items[0]}{sizes})"
            case head:
                return f"st.{head}s({items[0]}{sizes})"

    def _text(self, constraints: Mapping[str, Json]) -> str:
        pattern = constraints.get("pattern")
        if pattern is None:
            return f"st.text({_arguments([(new, constraints.get(old)) for old, new in _SIZES.items()])})"
        text = str(pattern)
        whole = ", fullmatch=True" if text.startswith("^") and text.endswith("$") else ""
        if not whole and text.endswith("$") and not text.endswith("\\$"):
            text = f"{text[:-1]}\\Z"  # to Python, though not to pydantic, `$` also means: before a last line break
        # Within ASCII, what `\s` and `\w` mean to Python is what they mean to pydantic.
        alphabet = ', alphabet=st.characters(codec="ascii")' if text.isascii() else ""
        bounds = [
            f"{'len(value) >=' if old == 'min_length' else 'len(value) <='} {constraints[old]!r}"
            for old in _SIZES
            if old in constraints
        ]
        kept = f".filter(lambda value: {' and '.join(bounds)})" if bounds else ""
        self._imports.module("re")
        return f"st.from_regex(re.compile({raw(text)}, re.ASCII){whole}{alphabet}){kept}"

    def _number(self, head: str, constraints: Mapping[str, Json]) -> str:
        if step := constraints.get("multiple_of"):
            return self._multiples(head, step, constraints)
        if head == "int":
            low, high = _whole_bounds(constraints)
            return f"st.integers({_arguments([('min_value', low), ('max_value', high)])})"
        bounds: list[tuple[str, Json]] = [("min_value", _either(constraints, "ge", "gt"))]
        bounds.append(("max_value", _either(constraints, "le", "lt")))
        if head == "float":
            bounds = [(name, float(it) if isinstance(it, str) else it) for name, it in bounds]
        if head == "Decimal":
            bounds = [(name, str(it) if isinstance(it, float) else it) for name, it in bounds]
        flags = "allow_nan=False, allow_infinity=False"
        if head == "float":
            strict = [(f"exclude_{end}", sign in constraints) for end, sign in (("min", "gt"), ("max", "lt"))]
            flags = ", ".join([*(f"{name}=True" for name, excluded in strict if excluded), flags])
            return f"st.floats({', '.join(part for part in (_arguments(bounds), flags) if part)})"
        arguments = ", ".join(part for part in (_arguments(bounds), flags) if part)
        return f"st.decimals({arguments}){self._outside(constraints)}"

    def _outside(self, constraints: Mapping[str, Json]) -> str:
        """Return the filter for the bounds that hypothesis would include and the model does not."""
        low = f"{self._literal('Decimal', constraints['gt'])} < " if "gt" in constraints else ""
        high = f" < {self._literal('Decimal', constraints['lt'])}" if "lt" in constraints else ""
        if low and not high:
            return f".filter(lambda value: value > {low.removesuffix(' < ')})"
        return f".filter(lambda value: {low}value{high})" if high else ""

    def _literal(self, head: str, value: Json) -> str:
        if head == "Decimal" and not isinstance(value, int):
            return f"{self._imports.name('decimal', 'Decimal')}({quoted(str(value))})"
        return repr(value) if not isinstance(value, str) else value

    def _multiples(self, head: str, step: Json, constraints: Mapping[str, Json]) -> str:
        low, high = _whole_bounds({name: _steps(name, value, step) for name, value in constraints.items()})
        if head != "int":  # beyond some digits a fraction is no longer exactly a multiple
            low = min(-_MOST_STEPS, int(str(high or 0))) if low is None else low
            high = max(_MOST_STEPS, int(str(low))) if high is None else high
        counts = f"st.integers({_arguments([('min_value', low), ('max_value', high)])})"
        return f"{counts}.map(lambda count: count * {self._literal(head, step)})"

    def _special(self, head: str) -> str:
        match head:
            case "timedelta":
                name = self._imports.name("datetime", "timedelta")
                return f"st.timedeltas({name}(), {name}(days=3650))"
            case "Path":
                name = self._imports.name("pathlib", "Path")
                return f'st.sampled_from([{name}("notes.txt"), {name}("a/b")])'
            case "HttpUrl":
                return f'st.just({self._imports.name("pydantic", "HttpUrl")}("https://example.org/"))'
            case _:
                return "st.none() | st.booleans() | st.text()"


_SIZES = {"min_length": "min_size", "max_length": "max_size"}


def is_known(ref: Ref, names: Names) -> bool:
    """Return whether all fields of a model are known: neither it nor a part of it is an existing class."""
    seen: set[Ref] = set()
    waiting = [ref]
    while waiting:
        found = names.graph.lookup(waiting.pop())
        if isinstance(found, Model) and found.ref not in seen:
            if found.source:
                return False
            seen.add(found.ref)
            waiting += [it for field in found.fields for it in field.type.refs()]
    return True


def is_ambiguous(ref: Ref, names: Names) -> bool:
    """Return whether a part of a model may come back from JSON as another type: `int | float`, `UUID | str`."""
    return _is_ambiguous(Type("ref", ref=ref), names, frozenset())


def _is_ambiguous(type_: Type, names: Names, seen: frozenset[Ref]) -> bool:
    if type_.head == "|" and not _is_tagged(type_, names):
        forms = [_JSON_FORMS.get(it.head, "text") for it in type_.args if it.head != "None"]
        if len(forms) != len(set(forms)) or "any" in forms:
            return True
    if type_.ref and type_.ref not in seen:
        found = names.graph.lookup(type_.ref)
        inner = found.fields if isinstance(found, Model) else ()
        if any(_is_ambiguous(field.type, names, seen | {type_.ref}) for field in inner):
            return True
    return any(_is_ambiguous(it, names, seen) for it in type_.args)


def _is_tagged(type_: Type, names: Names) -> bool:
    """Return whether a union is one of models that each say in their first field which they are."""
    models = [names.graph.lookup(it.ref) for it in type_.args if it.ref]
    tags = [it.fields[0].type for it in models if isinstance(it, Model) and it.fields]
    return len(tags) == len(type_.args) and all(it.head == "Literal" for it in tags) and len(set(tags)) == len(tags)


def _plural(word: str) -> str:
    if word.endswith("s") and word[-2:-1] not in "aius":
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def _either(constraints: Mapping[str, Json], inclusive: str, strict: str) -> Json:
    return constraints.get(inclusive, constraints.get(strict))


def _steps(name: str, bound: Json, step: Json) -> Json:
    """Return a bound of a multiple as a bound of how often it has the step, rounded to the inside."""
    if name not in _ROUNDED:
        return bound
    return int((Decimal(str(bound)) / Decimal(str(step))).to_integral_value(_ROUNDED[name]))


_MOST_STEPS = 1_000_000
_ROUNDED = {"ge": ROUND_CEILING, "gt": ROUND_FLOOR, "le": ROUND_FLOOR, "lt": ROUND_CEILING}


def _whole_bounds(constraints: Mapping[str, Json]) -> tuple[Json, Json]:
    low, high = constraints.get("ge"), constraints.get("le")
    if low is None and (above := constraints.get("gt")) is not None:
        low = _steps("gt", above, 1)
        low = low + 1 if isinstance(low, int) else None
    if high is None and (below := constraints.get("lt")) is not None:
        high = _steps("lt", below, 1)
        high = high - 1 if isinstance(high, int) else None
    return (None if low is None else _steps("ge", low, 1)), (None if high is None else _steps("le", high, 1))


def _arguments(pairs: list[tuple[str, Json]]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in pairs if value is not None)
