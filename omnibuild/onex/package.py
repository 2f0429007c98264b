"""The package around the nodes: pyproject.toml with the entry points, py.typed, and `__init__` files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from omnibuild.assemble.module import module
from omnibuild.assemble.template import Templates
from omnibuild.core.values import Json, NodeSpec, Problem, Settings
from omnibuild.onex.metadata import COMPATIBLE_CORE
from omnibuild.onex.names import Names, folder, kebab
from omnibuild.onex.part import Part
from omnibuild.onex.ways import way_of

TEMPLATES = ("pyproject.toml.j2",)
_TEST_REQUIREMENTS = ("hypothesis>=6.100", "pytest>=8.4")


def package_parts(names: Names, settings: Settings, templates: Templates) -> tuple[list[Part], list[Problem]]:
    """Return the files that belong to no single node, or what is wrong with their templates."""
    text = templates.render("pyproject.toml.j2", variables(names, settings))
    if isinstance(text, Problem):
        return [], [text]
    support, problems = _support(names, templates)
    root = f"src/{names.package}"
    parts = [
        Part("pyproject.toml", text),
        Part(f"{root}/py.typed", ""),
        Part(
            f"{root}/__init__.py",
            module(f"The {names.package} package: ONEX nodes and the models they share.", None, []),
        ),
    ]
    kinds = {isinstance(spec, NodeSpec) for spec in names.graph.specs.values()}
    if True in kinds:
        parts.append(Part(f"{root}/nodes/__init__.py", module(f"The nodes of {names.package}.", None, [])))
    if False in kinds:
        text = module("Models that several nodes use.", None, [])
        parts.append(Part(f"{root}/shared/__init__.py", text))
    return [*parts, *support], problems


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
    return [spec for spec in names.graph.specs.values() if isinstance(spec, NodeSpec)]


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
    """Return what the template of pyproject.toml can use."""
    nodes = _nodes(names)
    needed = {it for spec in nodes for it in way_of(spec).requirements(spec)}
    tests: list[Json] = []
    tests += sorted({it for spec in nodes for it in way_of(spec).test_requirements(spec)} | set(_TEST_REQUIREMENTS))
    entry_points: dict[str, Json] = {folder(spec): names.package_of(spec.name) for spec in nodes}
    dependencies: list[Json] = []
    own = _merged([f"omnibase-core{COMPATIBLE_CORE}", "pydantic>=2.9"], needed, settings.dependencies)
    dependencies += own
    return {
        "name": kebab(names.package),
        "package": names.package,
        "entry_points": dict(sorted(entry_points.items())),
        "dependencies": dependencies,
        "test_dependencies": tests,
    }


def _merged(*groups: Iterable[str]) -> list[str]:
    """Return requirements, one a distribution; what the workspace says of one takes the place of ours."""
    found = {re.split(r"[\[<>=!~ ;]", it, maxsplit=1)[0].lower(): it for group in groups for it in sorted(group)}
    return sorted(found.values())
