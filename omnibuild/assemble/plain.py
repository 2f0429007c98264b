"""Templates that only put values in: they need no engine, which takes longer to load than they to render."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from omnibuild.assemble.yaml_text import to_flow, to_scalar, to_yaml

FILTERS: Mapping[str, Callable[[Any], str]] = {"yaml": to_yaml, "flow": to_flow, "scalar": to_scalar}
"""What templates can make of a value."""

_PART = re.compile(
    r"""(?:^[ \t]*)?(?:\{%\s*(?:block\s+\w+|endblock)\s*%\}|\{\#[^-#][^#]*[^-#]\#\})\n?
    |\{\{\s*(?P<name>[a-z]+)(?:\s*\|\s*(?P<filter>[a-z]+))?\s*\}\}
    |(?P<text>[^{\n]+?(?=\n|\{|\Z)|\n)
    |(?P<other>.)""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
"""What a template consists of: tags of blocks and comments; values; text; and all that is not plain."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A template that only puts values in: the texts between them, and each value's name and filter.

    It gives what Jinja2 would give, which need not be loaded for it.
    """

    texts: tuple[str, ...]
    values: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, text: str) -> Plain | None:
        """Return a template as a plain one, None if it does more."""
        texts, values = [""], list[tuple[str, str]]()
        for found in _PART.finditer(text):
            if found["name"]:
                values.append((found["name"], found["filter"] or ""))
                texts.append("")
            elif found["text"]:
                texts[-1] += found["text"]
            elif found["other"]:
                return None
        return cls(tuple(texts), tuple(values)) if all(it in FILTERS or not it for _, it in values) else None

    def render(self, variables: Mapping[str, object]) -> str:
        """Return the text with these values in it."""
        shown = [self.texts[0]]
        for (name, filter_), text in zip(self.values, self.texts[1:], strict=True):
            value = variables[name]
            shown += [FILTERS[filter_](value) if filter_ else str(value), text]
        return "".join(shown)
