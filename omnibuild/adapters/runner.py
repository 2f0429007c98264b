"""The files by which a step of a workflow tells its runner things, as GitHub Actions has them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping


def append_summary(text: str) -> bool:
    """Add Markdown to the summary of the job; return whether there is one."""
    return _append("GITHUB_STEP_SUMMARY", text)


def append_outputs(values: Mapping[str, str | int | list[str]]) -> bool:
    """Add outputs that later steps can ask for, lists as JSON; return whether there is anybody to ask."""
    # No value can end itself: nobody knows the delimiter in advance.
    end = secrets.token_hex(16)
    texts = {name: json.dumps(it) if isinstance(it, list) else str(it) for name, it in values.items()}
    return _append("GITHUB_OUTPUT", "".join(f"{name}<<{end}\n{text}\n{end}\n" for name, text in texts.items()))


def _append(variable: str, text: str) -> bool:
    path = os.environ.get(variable)
    if not path:
        return False
    with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as file:  # noqa: PTH123
        file.write(text)
    return True
