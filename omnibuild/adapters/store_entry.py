"""One entry of the store: nothing is believed that does not have its digest."""

from __future__ import annotations

import json

from omnibuild.cache.trace import from_json
from omnibuild.core.values import Trace, digest


def read_trace(data: bytes, node: str, key: str) -> Trace:
    """Return the trace that stands in an entry. Raises ValueError if it is damaged or another one's."""
    sum_, _, text = data.decode().partition("\n")
    if digest(text) != sum_:
        raise ValueError(f"the trace of {node} is damaged")
    trace = from_json(json.loads(text))
    if (trace.manifest.node, trace.manifest.key) != (node, key):
        raise ValueError(f"the trace of {node} is another one's")
    return trace


def read_content(data: bytes, expected: str) -> str:
    """Return the text that stands in an entry. Raises ValueError if it has another digest."""
    if digest(data) != expected:
        raise ValueError(f"the content {expected[:12]} is damaged")
    return data.decode()
