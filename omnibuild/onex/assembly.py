"""A node's draft: every file of it, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from omnibuild.assemble.module import module
from omnibuild.assemble.template import Templates
from omnibuild.core.values import Draft, Json, Level, NodeSpec, Problem, Settings, Spec
from omnibuild.onex.contract import contract
from omnibuild.onex.environment import environment_part
from omnibuild.onex.handler import handler_parts
from omnibuild.onex.logic import LoweredLogic, lower_logic
from omnibuild.onex.metadata import metadata
from omnibuild.onex.models import model_parts
from omnibuild.onex.names import Names
from omnibuild.onex.node import node_part
from omnibuild.onex.package import package_parts
from omnibuild.onex.part import Part
from omnibuild.onex.tests import test_parts
from omnibuild.spec.body import read_body

PACKAGE = "."
"""The name under which the files that belong to no single node are built."""

TEMPLATES = ("contract.yaml.j2", "metadata.yaml.j2")
HEADER = "header.py.j2"


def assemble(spec: Spec, names: Names, templates: Templates) -> tuple[Draft | None, list[Problem]]:
    """Return the draft of a spec, or what keeps it from being assembled."""
    parts = model_parts(spec, names)
    problems: list[Problem] = []
    if isinstance(spec, NodeSpec):
        logic, problems = lower_logic(spec, spec.logic, names) if spec.logic else (None, [])
        if any(it.level is Level.BLOCK for it in problems):
            return None, problems
        described, wrong = _described(spec, names, templates)
        problems += wrong
        parts += [*_code(spec, logic, names), *described]
    return _draft(spec.name, parts, problems, templates)


def assemble_package(names: Names, settings: Settings, templates: Templates) -> tuple[Draft | None, list[Problem]]:
    """Return the draft of the files around the nodes."""
    parts, problems = package_parts(names, settings, templates)
    return _draft(PACKAGE, parts, problems, templates)


def _code(spec: NodeSpec, logic: LoweredLogic | None, names: Names) -> Iterable[Part]:
    package = names.path(names.package_of(spec.name), is_package=True)
    yield Part(package, module(spec.description, None, []), {(): spec.at.to("description")})
    yield from handler_parts(spec, logic, names)
    environment = environment_part(spec, names)
    if environment:
        yield environment
    yield node_part(spec, names)
    yield from test_parts(spec, names, is_async=_is_async(spec))


def _is_async(spec: NodeSpec) -> bool:
    if spec.body is None:
        return False
    shape, _ = read_body(spec.body, environment=bool(spec.env))
    return shape is not None and shape.is_async


def _described(spec: NodeSpec, names: Names, templates: Templates) -> tuple[list[Part], list[Problem]]:
    """Return the files that templates make."""
    values: dict[str, Json] = {"contract": contract(spec, names), "metadata": metadata(spec, names), "node": spec.name}
    parts: list[Part] = []
    problems: list[Problem] = []
    for template in TEMPLATES:
        text = templates.render(template, values)
        if isinstance(text, Problem):
            problems.append(text)
        else:
            path = f"{names.folder_path(spec.name)}/{template.removesuffix('.j2')}"
            parts.append(Part(path, text, {(): spec.at}))
    return parts, problems


def _draft(
    name: str, parts: Sequence[Part], problems: list[Problem], templates: Templates
) -> tuple[Draft | None, list[Problem]]:
    header = templates.render(HEADER, {})
    if isinstance(header, Problem):
        problems = [*problems, header]
        header = ""
    if any(it.level is Level.BLOCK for it in problems):
        return None, problems
    top = f"{header.strip()}\n\n" if header.strip() else ""
    files = {part.path: top + part.text if part.path.endswith(".py") else part.text for part in parts}
    origins = {part.path: part.origins for part in parts if part.origins}
    body = next(((part.path, part.body) for part in parts if part.body), None)
    return Draft(name, files, origins, body), problems
