"""Semantic versions as ONEX writes them."""

from __future__ import annotations

from omnibuild.core.values import Json


def semver(version: str) -> dict[str, Json]:
    """Return a semantic version as a mapping."""
    major, minor, patch = map(int, version.split("."))
    return {"major": major, "minor": minor, "patch": patch}
