"""The contract that an adopted node was made of: an input of the build, so that nobody edits it past its spec."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from omnibuild.core.values import NodeSpec, Problem, Spec


def read_original(spec: Spec, text: Callable[[str], str | Problem | None]) -> Spec:
    """Return the spec with the text of the contract that it names; what cannot be read has none, as gate G19 says."""
    if not isinstance(spec, NodeSpec) or not spec.adopted:
        return spec
    file = spec.adopted.sections.get("from")
    found = text(file) if isinstance(file, str) else None
    return replace(spec, adopted=replace(spec.adopted, original=found)) if isinstance(found, str) else spec
