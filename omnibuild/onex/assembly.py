"""A node's draft: every file of it, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from omnibuild.assemble.layout import LaidOut
from omnibuild.assemble.module import module
from omnibuild.assemble.template import Templates
from omnibuild.core.values import Draft, Json, Level, NodeSpec, Problem, Settings, Spec
from omnibuild.onex.code import handlers_package
from omnibuild.onex.contract import contract
from omnibuild.onex.environment import environment_part
from omnibuild.onex.metadata import metadata
from omnibuild.onex.models import model_parts
from omnibuild.onex.names import Names
from omnibuild.onex.node import node_part
from omnibuild.onex.package import package_parts
from omnibuild.onex.part import Part
from omnibuild.onex.tests import round_trips, tests_package
from omnibuild.onex.ways import way_of

PACKAGE = "."
"""The name under which the files that belong to no single node are built."""

CONTRACT = "contract.yaml.j2"
TEMPLATES = (CONTRACT, "metadata.yaml.j2")
HEADER = "header.py.j2"


def assemble(spec: Spec, names: Names, templates: Templates) -> tuple[Draft | None, list[Problem]]:
    """Return the draft of a spec that has passed its checks, or what is wrong with the templates."""
    parts = model_parts(spec, names)
    if not isinstance(spec, NodeSpec):
        return _draft(spec.name, parts, [], templates)
    told = contract(spec, names)
    described, problems = _described(spec, names, templates, told)
    draft, problems = _draft(spec.name, [*parts, *_code(spec, names), *described], problems, templates)
    known = None if templates.is_overridden(CONTRACT) else told
    return (replace(draft, contract=known) if draft else None), problems


def assemble_package(names: Names, settings: Settings, templates: Templates) -> tuple[Draft | None, list[Problem]]:
    """Return the draft of the files around the nodes."""
    parts, problems = package_parts(names, settings, templates)
    return _draft(PACKAGE, parts, problems, templates)


def _code(spec: NodeSpec, names: Names) -> Iterable[Part]:
    way = way_of(spec)
    package = names.path(names.package_of(spec.name), is_package=True)
    yield Part(package, module(spec.description, None, []), {(): spec.at.to("description")})
    if way.is_kept:
        return
    handler = way.handler(spec, names)
    if handler:
        yield handlers_package(spec, names)
        yield handler
        yield from _optional(environment_part(spec, names))
    yield node_part(spec, names)
    tests = [*_optional(way.tests(spec, names)), *_optional(round_trips(spec, names))]
    if tests:
        yield tests_package(spec, names)
        yield from tests


def _optional(part: Part | None) -> Iterator[Part]:
    if part:
        yield part


def _described(
    spec: NodeSpec, names: Names, templates: Templates, told: dict[str, Json]
) -> tuple[list[Part], list[Problem]]:
    """Return the files that templates make."""
    values: dict[str, Json] = {"contract": told, "metadata": metadata(spec, names), "node": spec.name}
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
    loose = frozenset(it.path for it in parts if it.path.endswith(".py") and (top or not isinstance(it.text, LaidOut)))
    return Draft(name, files, origins, body, loose), problems
