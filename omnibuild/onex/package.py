"""The package around the nodes: pyproject.toml with the entry points, py.typed, and `__init__` files."""

from __future__ import annotations

from omnibuild.assemble.module import module
from omnibuild.assemble.template import Templates
from omnibuild.core.values import Json, NodeSpec, Problem, Settings
from omnibuild.onex.metadata import COMPATIBLE_CORE
from omnibuild.onex.names import Names, folder, kebab
from omnibuild.onex.part import Part

TEMPLATES = ("pyproject.toml.j2",)


def package_parts(names: Names, settings: Settings, templates: Templates) -> tuple[list[Part], list[Problem]]:
    """Return the files that belong to no single node, or what is wrong with their templates."""
    text = templates.render("pyproject.toml.j2", variables(names, settings))
    if isinstance(text, Problem):
        return [], [text]
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
    return parts, []


def variables(names: Names, settings: Settings) -> dict[str, Json]:
    """Return what the template of pyproject.toml can use."""
    nodes = [spec for spec in names.graph.specs.values() if isinstance(spec, NodeSpec)]
    entry_points: dict[str, Json] = {folder(spec): names.package_of(spec.name) for spec in nodes}
    dependencies: list[Json] = []
    dependencies += sorted([f"omnibase-core{COMPATIBLE_CORE}", "pydantic>=2.9", *settings.dependencies])
    return {
        "name": kebab(names.package),
        "package": names.package,
        "entry_points": dict(sorted(entry_points.items())),
        "dependencies": dependencies,
    }
