"""The package around the nodes: pyproject.toml with the entry points, README.md, py.typed, `__init__` files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from omnibuild.assemble.imports import Imports
from omnibuild.assemble.module import module
from omnibuild.assemble.template import Templates
from omnibuild.assemble.tree import assign, spaced
from omnibuild.core.values import Json, NodeSpec, Problem, Settings
from omnibuild.onex import readme
from omnibuild.onex.metadata import COMPATIBLE_CORE
from omnibuild.onex.names import Names, folder, kebab
from omnibuild.onex.part import Part
from omnibuild.onex.reference import existing_modules
from omnibuild.onex.ways import way_of

TEMPLATES = ("README.md.j2", "pyproject.toml.j2")
_TEST_REQUIREMENTS = ("hypothesis>=6.100", "pytest>=8.4")


def package_parts(names: Names, settings: Settings, templates: Templates) -> tuple[list[Part], list[Problem]]:
    """Return the files that belong to no single node, or what is wrong with their templates."""
    described, problems = _described(names, settings, templates)
    support, wrong = _support(names, templates)
    root = f"src/{names.package}"
    parts = [
        *described,
        Part(f"{root}/py.typed", ""),
        Part(f"{root}/__init__.py", _top(names)),
    ]
    kinds = {isinstance(spec, NodeSpec) for spec in names.standing.values()}
    if True in kinds:
        parts.append(Part(f"{root}/nodes/__init__.py", module(f"The nodes of {names.package}.", None, [])))
    if False in kinds:
        text = module("Models that several nodes use.", None, [])
        parts.append(Part(f"{root}/shared/__init__.py", text))
    return [*parts, *support], [*problems, *wrong]


def _top(names: Names) -> str:
    """Return the package's own module; where existing code has a part of the package, both parts are found."""
    text = f"The {names.package} package: ONEX nodes and the models they share."
    if not _shares(names):
        return module(text, None, [])
    imports = Imports(names.package)
    extended = assign("__path__", f"{imports.name('pkgutil', 'extend_path')}(__path__, __name__)")
    return module(text, imports, [spaced(extended)])


def _shares(names: Names) -> bool:
    """Return whether specs refer to existing code that is a part of the package, too."""
    return any(it.name.startswith(f"{names.package}.") for it in existing_modules(names.standing.values()))


def support(names: Names) -> list[str]:
    """Return the names of the modules that the nodes need beside them, sorted."""
    return sorted({name for spec in _nodes(names) for name in way_of(spec).support(spec)})


def support_template(name: str) -> str:
    """Return the template of a module that nodes need beside them."""
    return f"package/{name}.py.j2"


def requirements(spec: NodeSpec) -> frozenset[str]:
    """Return what a node's code and tests need to be installed."""
    way = way_of(spec)
    return way.requirements(spec) | way.test_requirements(spec)


def _nodes(names: Names) -> list[NodeSpec]:
    return [spec for spec in names.standing.values() if isinstance(spec, NodeSpec)]


def _described(names: Names, settings: Settings, templates: Templates) -> tuple[list[Part], list[Problem]]:
    """Return the files that templates make."""
    values = variables(names, settings)
    rendered = {name.removesuffix(".j2"): templates.render(name, values) for name in TEMPLATES}
    parts = [Part(name, text) for name, text in rendered.items() if isinstance(text, str)]
    return parts, [it for it in rendered.values() if isinstance(it, Problem)]


def _support(names: Names, templates: Templates) -> tuple[list[Part], list[Problem]]:
    parts: list[Part] = []
    problems: list[Problem] = []
    for name in support(names):
        text = templates.render(support_template(name), {"package": names.package})
        if isinstance(text, Problem):
            problems.append(text)
        else:
            parts.append(Part(f"src/{names.package}/{name}.py", text))
    return parts, problems


def variables(names: Names, settings: Settings) -> dict[str, Json]:
    """Return what the templates of pyproject.toml and README.md can use."""
    nodes = _nodes(names)
    needed = {it for spec in nodes for it in way_of(spec).requirements(spec)}
    tests: list[Json] = []
    tests += sorted({it for spec in nodes for it in way_of(spec).test_requirements(spec)} | set(_TEST_REQUIREMENTS))
    entry_points: dict[str, Json] = {folder(spec): names.package_of(spec.name) for spec in nodes}
    dependencies: list[Json] = []
    own = _merged([f"omnibase-core{COMPATIBLE_CORE}", "pydantic>=2.9"], needed, settings.dependencies)
    dependencies += own
    above = "/".join(".." for _ in settings.out.strip("/").split("/"))
    roots: list[Json] = []
    existing = existing_modules(names.standing.values())
    roots += sorted({f"{above}/src" if it.file.startswith("src/") else above for it in existing})
    return {
        "name": kebab(names.package),
        "package": names.package,
        "entry_points": dict(sorted(entry_points.items())),
        "dependencies": dependencies,
        "test_dependencies": tests,
        "existing_code": roots,
        "shares_package": _shares(names),
        "nodes": readme.nodes(names),
    }


def _merged(*groups: Iterable[str]) -> list[str]:
    """Return requirements, one a distribution; what the workspace says of one takes the place of ours."""
    found = {re.split(r"[\[<>=!~ ;]", it, maxsplit=1)[0].lower(): it for group in groups for it in sorted(group)}
    return sorted(found.values())
