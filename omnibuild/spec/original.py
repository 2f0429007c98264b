"""The contract that an adopted node was made of: an input of the build, so that nobody edits it past its spec."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from omnibuild.core.values import Level, NodeSpec, Problem, Spec


def read_original(spec: Spec, text: Callable[[str], str | Problem | None]) -> tuple[Spec, list[Problem]]:
    """Return the spec with the text of the contract that it names, or why that cannot be read."""
    if not isinstance(spec, NodeSpec) or not spec.adopted:
        return spec, []
    file = spec.adopted.sections.get("from")
    if not isinstance(file, str):
        return spec, []
    found, at = text(file), spec.at.to("adopted", "from")
    if isinstance(found, Problem):
        return spec, [replace(found, at=at, level=Level.WARN)]
    if found is None:
        hint = "remove `from` if the generated contract has taken its place"
        return spec, [Problem("original", f"there is no {file}", at, hint, level=Level.WARN)]
    return replace(spec, adopted=replace(spec.adopted, original=found)), []
