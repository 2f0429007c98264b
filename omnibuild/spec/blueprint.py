"""What a blueprint says, held against what its recipe wants to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Field, Json, Model, Pointer, Problem, Ref, Type
from omnibuild.spec.columns import Column, column
from omnibuild.spec.conformity import check_field, check_value
from omnibuild.spec.constraints import fault
from omnibuild.spec.document import Document
from omnibuild.spec.reading import Reading
from omnibuild.spec.recipe import COLUMN, FIELDS, ROW, Recipe
from omnibuild.spec.validation import validate
from omnibuild.spec.written_fields import Fields, Written

_OWN = ("blueprint", "recipe")
_EXAMPLE, _ENUMS = "example", "enums"
"""Parameters that mean the same in every recipe: values for examples by field, and enums of the document."""


class Parameters:
    """Reads the parameters of one blueprint; collects problems."""

    def __init__(self, blueprint: Document, recipe: Recipe) -> None:
        self._blueprint = blueprint
        self._recipe = recipe
        self.problems: list[Problem] = []

    def read(self) -> dict[str, object]:
        """Return the variables of the recipe's templates: every parameter, those left out by their defaults."""
        data, at = self._blueprint.data, self._blueprint.at
        if self._recipe.parameters is None:
            return {key: value for key, value in data.items() if key not in _OWN}
        said = {key: value for key, value in data.items() if key not in _OWN}
        self._keys(self._recipe.parameters, said, at, f"the recipe `{self._recipe.name}`")
        return {field.name: self._value(field, said, at) for field in self._recipe.parameters.fields}

    def _keys(self, model: Model, said: Mapping[str, Json], at: Pointer, owner: str) -> None:
        """Report keys that mean nothing, and those that are missing."""
        names = [field.name for field in model.fields]
        for key in said:
            if key not in names:
                near = nearest(key, names)
                hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(names)}"
                self._problem("unknown-key", f"{owner} has no `{key}`", at.to(key, key=True), hint)
        for field in model.fields:
            if field.required and field.name not in said:
                hint = f"add `{field.name}:`{f' {field.description}' if field.description else ''}"
                self._problem("missing-key", f"{owner} wants `{field.name}`", at, hint)

    def _value(self, field: Field, said: Mapping[str, Json], above: Pointer) -> object:
        """Return what a parameter is, checked."""
        at = above.to(field.name)
        if field.name not in said:
            return field.default
        value = said[field.name]
        if field.type.ref and field.type.ref.name in (FIELDS, ROW):
            return self._fields(value, at, row=field.type.ref.name == ROW)
        if field.type.ref and field.type.ref.name == COLUMN:
            return self._column_name(value, at)
        nested = self._nested(field.type)
        if nested is not None and isinstance(value, dict):
            self._keys(nested, value, at, f"`{field.name}`")
            return {it.name: self._value(it, value, at) for it in nested.fields}
        problems = list(check_value(field.type, value, at, self._recipe.lookup))
        self.problems += problems
        if not problems and (wrong := fault(field, value)):
            self._problem("value", f"`{field.name}: {value}`: {wrong}", at, field.description)
        return value

    def _nested(self, type_: Type) -> Model | None:
        """Return the model of the recipe that a parameter is, if it is one."""
        refs = [arm.ref for arm in (type_.args if type_.head == "|" else (type_,)) if arm.ref]
        return self._recipe.models.get(refs[0].name) if refs else None

    def _fields(self, value: Json, at: Pointer, *, row: bool) -> object:
        """Return the fields of a model, as written, or as the columns of a table."""
        if not isinstance(value, dict):
            self._problem("wrong-type", f"`{at.path[-1]}` must be a mapping of fields", at, "write `name: TYPE`")
            return []
        written, problems = validate(_Fields, {"fields": value}, at)
        # What was validated stood below a key of our own.
        self.problems += (_raised(it, at) for it in problems)
        if written is None:
            return []
        reading = Reading(self._blueprint)
        fields = reading.model(Ref(self._blueprint.name, str(at.path[-1])), written.fields, at).fields
        self.problems += reading.problems
        wrong = [problem for it in fields for problem in check_field(it, self._recipe.lookup)]
        self.problems += wrong
        if not row:
            return value
        return self._columns(fields, value) if not (reading.problems or wrong) else []

    def _column_name(self, value: Json, at: Pointer) -> Json:
        """Return the name of a column, if the row has one of that name."""
        parameters = self._recipe.parameters
        rows = [it.name for it in parameters.fields if str(it.type).endswith(f".{ROW}")] if parameters else []
        names = [name for row in rows for name in self._mapping(row)]
        if value not in names:
            near = nearest(str(value), names)
            hint = f"did you mean `{near}`?" if near else f"the fields are {', '.join(names)}"
            self._problem("unknown-field", f"`{at.path[-1]}: {value}` is not a field", at, hint)
        return value

    def _columns(self, fields: tuple[Field, ...], written: Mapping[str, Json]) -> list[Column]:
        given = self._mapping(_EXAMPLE)
        declared = self._mapping(_ENUMS).items()
        enums = {name: [str(it) for it in members] for name, members in declared if isinstance(members, dict | list)}
        names = [field.name for field in fields]
        for name in given:
            if name not in names:
                near = nearest(name, names)
                hint = f"did you mean `{near}`?" if near else f"the fields are {', '.join(names)}"
                at = self._blueprint.at.to(_EXAMPLE, name, key=True)
                self._problem("unknown-key", f"there is no field `{name}`", at, hint)
        found = [column(it, written[it.name], enums, given) for it in fields]
        self.problems += (it for it in found if isinstance(it, Problem))
        return [it for it in found if isinstance(it, Column)]

    def _mapping(self, key: str) -> Mapping[str, Json]:
        value = self._blueprint.data.get(key)
        return value if isinstance(value, dict) else {}

    def _problem(self, code: str, message: str, at: Pointer, hint: str = "") -> None:
        self.problems.append(Problem(code, message, at, hint))


class _Fields(Written):
    """The fields of a model, as pydantic checks them."""

    fields: Fields


def _raised(problem: Problem, at: Pointer) -> Problem:
    if not isinstance(problem.at, Pointer):
        return problem
    below = problem.at.path[len(at.path) + 1 :]
    return replace(problem, at=replace(problem.at, path=(*at.path, *below)))
