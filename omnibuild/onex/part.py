"""One generated file before it is laid out, and where its parts come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from omnibuild.core.values import Body, Pointer


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a draft: its path below `out/`, its text, the origins of what it defines.

    `body` is the hand-written Python that was spliced into it.
    """

    path: str
    text: str
    origins: Mapping[tuple[str, ...], Pointer] = field(default_factory=dict)
    body: Body | None = None
