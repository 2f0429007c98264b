"""A blueprint as the documents that its recipe makes of it, and the way back from these to what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from omnibuild.core.ports import TemplateSources
from omnibuild.core.values import Json, Path, Pointer, Problem
from omnibuild.spec import document
from omnibuild.spec.blueprint import Parameters
from omnibuild.spec.columns import quoted
from omnibuild.spec.document import Document
from omnibuild.spec.recipe import Recipe, read_recipe
from omnibuild.spec.written_fields import WrittenField

type Render = Callable[[str, Mapping[str, object]], str | Problem]
"""Renders a template by its name: `assemble.template.Templates.render`."""

_VOCABULARY = frozenset(WrittenField.model_fields)
"""Keys that stand in every field: alone, they do not tell where something comes from."""


@dataclass(frozen=True, slots=True)
class Made:
    """One document that a recipe made: as text, and as read. Its pointers begin with its name."""

    template: str
    text: str
    document: Document


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a recipe made of a blueprint; `tables` is SQL that makes the tables which the nodes use."""

    blueprint: Document
    made: tuple[Made, ...] = ()
    tables: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    """The names of what it would make, as far as they are known where it could not be made."""

    def owns(self, pointer: Pointer) -> bool:
        """Return whether a pointer leads into a document that was made."""
        here = (pointer.file, pointer.document) == (self.blueprint.at.file, self.blueprint.at.document)
        return here and bool(pointer.path) and any(it.document.name == pointer.path[0] for it in self.made)

    def origin(self, pointer: Pointer) -> Pointer | None:
        """Return what a place in a made document stems from in the blueprint; None if that is not known."""
        made = next((it.document.data for it in self.made if it.document.name == pointer.path[0]), {})
        path = pointer.path[1:]
        for end in range(len(path), 0, -1):
            found = _source(path[:end], made, self.blueprint.data)
            if found:
                return replace(pointer, path=(*found, *path[end:]))
            if end == len(path) and (part := _part(_at(made, path)[0], pointer.offset, self.blueprint.data)):
                return replace(pointer, path=part[0], offset=part[1])
        return None


def expand(
    blueprint: Document, package: str, sources: TemplateSources, render: Render
) -> tuple[Expansion, list[Problem]]:
    """Return the documents that a blueprint stands for, or what is wrong with it or with its recipe.

    `package` is the workspace's, which templates can use beside the blueprint's name and parameters.
    """
    nothing = Expansion(blueprint, expected=tuple(_expected(blueprint.name, sources.builtins())))
    at = blueprint.at.to("recipe")
    name = blueprint.data.get("recipe")
    if not isinstance(name, str):
        hint = "write `recipe: crud`, or the name of a folder of templates/recipes"
        # That the key is missing is for gate G1 to say.
        return nothing, [] if name is None else [Problem("recipe", f"`{name}` is not the name of a recipe", at, hint)]
    recipe, problems = read_recipe(name, at, sources)
    if recipe is None or problems:
        return nothing, problems
    parameters = Parameters(blueprint, recipe)
    variables = parameters.read()
    variables |= {"name": blueprint.name, "package": package, "pascal": _pascal, "quoted": quoted}
    if parameters.problems:
        return replace(nothing, expected=tuple(_expected(blueprint.name, recipe.documents))), parameters.problems
    return _made(blueprint, recipe, lambda template: render(template, variables))


def _made(
    blueprint: Document, recipe: Recipe, render: Callable[[str], str | Problem]
) -> tuple[Expansion, list[Problem]]:
    problems: list[Problem] = []
    made: list[Made] = []
    for template in recipe.documents:
        text = render(template)
        if isinstance(text, Problem):
            problems.append(text)
            continue
        documents, wrong = document.read(template, text)
        problems += (_of_template(it, template, text, blueprint) for it in wrong)
        for it in documents:
            at = blueprint.at.to(it.name)
            made.append(Made(template, text.strip("\n"), Document(it.declares, it.name, it.data, at)))
    tables = [render(it) for it in recipe.tables]
    problems += (it for it in tables if isinstance(it, Problem))
    expected = tuple(_expected(blueprint.name, recipe.documents))
    written = tuple(it.strip() for it in tables if isinstance(it, str))
    return Expansion(blueprint, tuple(made), written, expected), problems


def _expected(name: str, templates: Iterable[str]) -> Iterator[str]:
    """Yield the names of what templates make that are named after it: `user_reader` by `reader.yaml.j2`."""
    yield name
    for template in templates:
        yield f"{name}_{template.rpartition('/')[2].partition('.')[0]}"


def _of_template(problem: Problem, template: str, text: str, blueprint: Document) -> Problem:
    """Return a problem with the YAML that a template made as one of the blueprint that names the recipe."""
    line = getattr(problem.at, "line", 0)
    lines = text.splitlines()
    shown = f", in the line `{lines[line - 1].strip()}`" if 0 < line <= len(lines) else ""
    message = f"{template} did not make a document of it: {problem.message}{shown}"
    return Problem("recipe", message, blueprint.at.to("recipe"), problem.hint, blueprint.name)


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


# --------------------------------------------------------------------------------- the way back


def _source(path: Path, made: Json, blueprint: Json) -> Path | None:
    """Return the one place of a blueprint that has the same key and value, with most of the way to it in common."""
    value, there = _at(made, path)
    if not there:
        return None
    best: list[Path] = []
    length = 0
    for found in _paths(blueprint, ()):
        shared = _shared(path, found)
        if shared < max(length, 1) or found[0] in ("blueprint", "recipe") or _at(blueprint, found)[0] != value:
            continue
        telling = any(isinstance(it, str) and it not in _VOCABULARY for it in found[len(found) - shared :])
        if telling or found == path:
            best = [found] if shared > length else [*best, found]
            length = shared
    return best[0] if len(best) == 1 else None


def _part(text: Json, offset: int, blueprint: Json) -> tuple[Path, int] | None:
    """Return the longest text of a blueprint that a made text has at an offset, and the offset in it."""
    if not isinstance(text, str):
        return None
    best: tuple[int, Path, int] | None = None
    for path in _paths(blueprint, ()):
        part = _at(blueprint, path)[0]
        if not isinstance(part, str) or path[0] in ("blueprint", "recipe"):
            continue
        for found in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text) if part else ():
            if found.start() <= offset < found.end() and (best is None or len(part) > best[0]):
                best = (len(part), path, offset - found.start())
    return best[1:] if best else None


def _at(value: Json, path: Path) -> tuple[Json, bool]:
    """Return what a path leads to, and whether it leads anywhere."""
    for step in path:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                return None, False
    return value, True


def _paths(value: Json, path: Path) -> Iterator[Path]:
    """Yield the paths to everything in a value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _shared(one: Path, other: Path) -> int:
    """Return how many steps two paths have in common at their ends."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))
