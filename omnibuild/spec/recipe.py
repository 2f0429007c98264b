"""A recipe: the folder of templates that a blueprint names, and what its recipe.yaml says that a blueprint may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import Field as Key

from omnibuild.core.nearest import nearest
from omnibuild.core.ports import TemplateSources
from omnibuild.core.values import Enum, Model, Place, Pointer, Problem, Ref
from omnibuild.spec import document
from omnibuild.spec.conformity import check_field
from omnibuild.spec.document import Document
from omnibuild.spec.marks import locate
from omnibuild.spec.reading import Reading
from omnibuild.spec.validation import validate
from omnibuild.spec.written_fields import Fields, Written

HOME = "recipes/"
"""The folder of recipes, below the templates."""

FIELDS, ROW, COLUMN = "Fields", "Row", "Column"
"""Types of parameters beside those of the spec language: a model's fields, those of a table's row, one of these."""

_DECLARATION, _DOCUMENTS, _TABLE = "recipe.yaml", ".yaml.j2", ".sql.j2"


class WrittenRecipe(Written):
    """What recipe.yaml says."""

    description: str = Key(default="", description="What the recipe makes, in a sentence.")
    makes: list[str] = Key(default=[], description="Its templates in the order of what they make, without .yaml.j2.")
    models: dict[str, Fields] = Key(default={}, description="Models of the parameters.")
    parameters: Fields = Key(default={}, description="What a blueprint of this recipe says.")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe: its templates, and its parameters; None where it has no recipe.yaml that says which there are."""

    name: str
    documents: tuple[str, ...]
    """The templates of the documents that it makes, in order."""
    tables: tuple[str, ...] = ()
    """The templates of SQL that makes tables."""
    parameters: Model | None = None
    models: Mapping[str, Model] = field(default_factory=dict)

    def lookup(self, ref: Ref) -> Model | Enum | None:
        """Return a model of the parameters."""
        return self.models.get(ref.name)


def recipe_names(sources: TemplateSources) -> tuple[str, ...]:
    """Return the names of all recipes, sorted."""
    names = (it.removeprefix(HOME) for it in (*sources.builtins(), *sources.overrides()) if it.startswith(HOME))
    return tuple(sorted({it.partition("/")[0] for it in names if "/" in it}))


def read_recipe(name: str, at: Pointer, sources: TemplateSources) -> tuple[Recipe | None, list[Problem]]:
    """Return the recipe of a name, or what is wrong with it; `at` is where a blueprint names it."""
    known = recipe_names(sources)
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean `{near}`?" if near else f"there are {', '.join(known)}"
        return None, [Problem("recipe", f"there is no recipe `{name}`", at, hint)]
    home = f"{HOME}{name}/"
    files = sorted({it for it in (*sources.builtins(), *sources.overrides()) if it.startswith(home)})
    recipe = Recipe(
        name,
        tuple(it for it in files if it.endswith(_DOCUMENTS)),
        tuple(it for it in files if it.endswith(_TABLE)),
    )
    source = sources.override(f"{home}{_DECLARATION}") or sources.builtin(f"{home}{_DECLARATION}")
    if source is None:
        return recipe, []
    written, reading, problems = _declared(source.file, source.text)
    if written is None or reading is None:
        return None, problems
    recipe = _with_parameters(recipe, written, reading)
    made = tuple(f"{home}{it}{_DOCUMENTS}" for it in written.makes)
    for index, template in enumerate(made):
        if template not in files:
            reading.problem("recipe", f"there is no template {template}", reading.at.to("makes", index))
    problems += (replace(it, at=_placed(it, source.text)) for it in reading.problems)
    return replace(recipe, documents=made or recipe.documents), problems


def _with_parameters(recipe: Recipe, written: WrittenRecipe, reading: Reading) -> Recipe:
    models = {
        name: reading.model(Ref(recipe.name, name), fields, reading.at.to("models", name))
        for name, fields in written.models.items()
    }
    parameters = reading.model(Ref(recipe.name, "parameters"), written.parameters, reading.at.to("parameters"))
    recipe = replace(recipe, parameters=parameters, models=models)
    for model in (parameters, *models.values()):
        for it in model.fields:
            reading.problems += check_field(it, recipe.lookup)
    return recipe


def _declared(file: str, text: str) -> tuple[WrittenRecipe | None, Reading | None, list[Problem]]:
    found, problems = document.read(file, text)
    if len(found) != 1 or problems:
        problems = problems or [Problem("recipe", f"{file} is one YAML document", Pointer(file, 0, ()))]
        return None, None, [replace(it, at=_placed(it, text), node="") for it in problems]
    it = Document("recipe", found[0].name, found[0].data, found[0].at)
    written, wrong = validate(WrittenRecipe, it.data, it.at)
    return written, Reading(it), [replace(problem, at=_placed(problem, text)) for problem in wrong]


def _placed(problem: Problem, text: str) -> Place | None:
    return locate(problem.at, text) if isinstance(problem.at, Pointer) else problem.at
