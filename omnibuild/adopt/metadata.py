"""metadata.yaml beside a contract: the words that people look for a node by."""

from __future__ import annotations

import yaml


def read_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a metadata.yaml, each once; none if the text is not what it should be."""
    if "tags" not in text:
        return ()
    try:
        found = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    tags = found.get("tags") if isinstance(found, dict) else None
    return tuple(dict.fromkeys(it for it in tags if isinstance(it, str) and it)) if isinstance(tags, list) else ()
