"""G10: folders, files and classes are called what the spec's names promise."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from omnibuild.core.values import Enum, Level, Model, NodeSpec, Problem
from omnibuild.gates.gate import Gate, NodeSubject, Step
from omnibuild.gates.names import camel, class_of, folder, handler_class
from omnibuild.gates.source import classes, is_test, modules, short


def check(subject: NodeSubject) -> Iterator[Problem]:
    """Yield a problem for every name that those who import the package would look for in vain."""
    yield from _folders(subject)
    declared: set[str] = set()
    things: tuple[Model | Enum, ...] = (*subject.spec.models, *subject.spec.enums)
    replacing = {class_of(it, subject.spec) for it in things if it.replaces}
    for file, tree in modules(subject.draft):
        name = PurePosixPath(file).stem
        if _holds_a_class(subject, PurePosixPath(file)) and not is_test(file):
            yield from _one_class(subject, file, name, tree)
            declared |= {it.name for it in classes(tree)}
        elif replacing and not is_test(file):
            declared |= {it.name for it in classes(tree)} & replacing
    yield from _undeclared(subject, declared)
    if subject.node and not subject.node.adopted:  # an adopted node's code stays where it is
        yield from _node_files(subject, subject.node)


def _holds_a_class(subject: NodeSubject, file: PurePosixPath) -> bool:
    """Return whether a file is a model's or an enum's; one that takes the place of another may be called anything."""
    if file.stem.startswith(("model_", "enum_")):
        return True
    home = "models" if subject.node else folder(subject.spec)
    return file.parent.name == home and file.stem != "__init__"


def _folders(subject: NodeSubject) -> Iterator[Problem]:
    parent = "nodes" if subject.node else "shared"
    expected = folder(subject.spec)
    above = f"/{subject.settings.package.replace('.', '/')}/{parent}/"
    found = {f"/{it}".partition(above)[2].partition("/")[0] for it in subject.draft.files if above in f"/{it}"}
    for name in sorted(found - {expected}):
        yield _problem(subject, f"the folder `{parent}/{name}` should be `{parent}/{expected}`")
    if not found:
        yield _problem(subject, f"the folder `{parent}/{expected}` is missing")


def _one_class(subject: NodeSubject, file: str, stem: str, tree: ast.Module) -> Iterator[Problem]:
    found = [it.name for it in classes(tree)]
    expected = camel(stem)
    if len(found) != 1:
        yield _problem(subject, f"`{short(file)}` holds {_listed(found)}, but should hold `{expected}` alone", file)
    elif found[0].casefold() != expected.casefold():
        yield _problem(subject, f"`{short(file)}` holds `{found[0]}`, not `{expected}`", file)


def _undeclared(subject: NodeSubject, declared: set[str]) -> Iterator[Problem]:
    generated = (model for model in subject.spec.models if not model.source)
    things: tuple[Model | Enum, ...] = (*generated, *subject.spec.enums)
    for thing in things:
        expected = class_of(thing, subject.spec)
        if expected not in declared:
            yield Problem(GATE.code, f"no file holds the class `{expected}` of `{thing.ref.name}`", thing.at, _HINT)


def _node_files(subject: NodeSubject, node: NodeSpec) -> Iterator[Problem]:
    kind_class = f"Node{camel(node.name)}{node.kind.capitalize()}"
    expected = {"node.py": kind_class}
    if not {"handler", "handlers"} & dict(node.sections).keys():
        expected[f"handlers/handler_{node.name}.py"] = handler_class(node)
    trees = dict(modules(subject.draft))
    for name, wanted in expected.items():
        file = next((it for it in subject.draft.files if it.endswith(f"/{folder(node)}/{name}")), None)
        if file is None:
            yield _problem(subject, f"`{name}` is missing, which should hold `{wanted}`")
        elif file in trees and wanted not in {it.name for it in classes(trees[file])}:
            found = _listed([it.name for it in classes(trees[file])])
            yield _problem(subject, f"`{short(file)}` holds {found}, but not `{wanted}`", file)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "no class"


_HINT = "names follow from the spec's; a template of the workspace or a change by hand may have broken one"


def _problem(subject: NodeSubject, message: str, file: str = "") -> Problem:
    return Problem(GATE.code, message, subject.origin(file) if file else subject.spec.at, _HINT)


GATE = Gate(
    code="G10",
    name="class and file names",
    what="`nodes/node_<name>_<kind>/` holds `node.py` with `Node<Name><Kind>`, `handlers/handler_<name>.py` with "
    "`Handler<Name>`, and one class a file: `model_<x>.py` with `Model<X>`, `enum_<x>.py` with `Enum<X>`.",
    why="ONEX, the contracts and other nodes find modules and classes by these names.",
    example="models/model_order_line.py: class OrderLine(BaseModel): ...",
    step=Step.DRAFT,
    level=Level.BLOCK,
    check=check,
)
