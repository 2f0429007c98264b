"""What a body's imports show: which other nodes it needs, and which do not exist."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Need, Problem
from omnibuild.spec.body import BodyImport, BodyShape


def body_needs(
    name: str, shape: BodyShape, package: str, packages: Mapping[str, str]
) -> tuple[list[Need], list[Problem]]:
    """Return the needs of the spec `name` that its body's imports show, and what is wrong with them.

    `packages` are the generated packages and the specs that they belong to.
    """
    needs: list[Need] = []
    problems: list[Problem] = []
    for it in shape.imports:
        parts = it.module.split(".")
        if parts[0] != package or len(parts) < 3 or parts[1] not in ("nodes", "shared"):
            continue
        owner = packages.get(".".join(parts[:3]))
        if owner is None:
            problems.append(_unknown(name, it, packages))
        elif owner != name:
            needs.append(Need(owner, "body", it.at))
    return needs, problems


def _unknown(name: str, it: BodyImport, packages: Mapping[str, str]) -> Problem:
    wanted = ".".join(it.module.split(".")[:3])
    near = nearest(wanted, packages)
    hint = f"did you mean `{near}`?" if near else "no spec makes this package"
    return Problem("unknown-reference", f"there is no package `{wanted}`", it.at, hint, name)
