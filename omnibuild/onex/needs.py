"""What a body's imports show: which other nodes it needs, and which do not exist."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Need, Problem
from omnibuild.spec.body import BodyImport, BodyShape
from omnibuild.spec.document import Document


def body_needs(
    name: str, shape: BodyShape, package: str, packages: Mapping[str, str]
) -> tuple[list[Need], list[Problem]]:
    """Return the needs of the spec `name` that its body's imports show, and what is wrong with them.

    `packages` are the generated packages and the specs that they belong to.
    """
    needs: list[Need] = []
    problems: list[Problem] = []
    homes = (f"{package}.nodes", f"{package}.shared")
    for it, path in [(line, path) for line in shape.imports for path in line.paths]:
        if path in (package, *homes):
            problems.append(_whole(name, it, path))
        elif path.startswith(tuple(f"{home}." for home in homes)):
            above = package.count(".") + 3
            wanted, inner = ".".join(path.split(".")[:above]), path.split(".")[above:]
            owner = packages.get(wanted)
            if owner is None:
                problems.append(_unknown(name, it, wanted, packages))
            elif owner != name:
                # Models are all in the interface; whatever else is imported runs the other node's code.
                models = wanted.startswith(f"{package}.shared.") or inner[:1] == ["models"]
                needs.append(Need(owner, "models" if models else "body", it.at))
    return needs, list(dict.fromkeys(problems))


def promised_package(it: Document, package: str) -> str:
    """Return the package that a document makes, before it is known whether the document is sound."""
    if it.declares == "shared":
        return f"{package}.shared.{it.name}"
    return f"{package}.nodes.node_{it.name}_{it.data.get('kind', '')}"


def _whole(name: str, it: BodyImport, path: str) -> Problem:
    message = f"`{path}` as a whole does not say what of it is needed"
    hint = f"import the names: `from {path}.… import …`"
    return Problem("body", message, it.at, hint, name)


def _unknown(name: str, it: BodyImport, wanted: str, packages: Mapping[str, str]) -> Problem:
    near = nearest(wanted, packages)
    hint = f"did you mean `{near}`?" if near else "no spec makes this package"
    return Problem("unknown-reference", f"there is no package `{wanted}`", it.at, hint, name)
