"""Names on the command line: what the shell offers when a node is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_DECLARED = re.compile(r"^(node|shared|blueprint):\s*['\"]?([a-z][a-z0-9_]*)", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*([a-z]+)", re.MULTILINE)
_DOMAIN = re.compile(r"^domain:\s*([a-z0-9_]+)", re.MULTILINE)


class NodeType(click.types.StringParamType):
    """A node's name."""

    name = "node"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names in the workspace's specs that begin so."""
        del param
        return [CompletionItem(it) for it in sorted(set(_names(_texts(ctx)))) if it.startswith(incomplete)]


class SelectorType(click.types.StringParamType):
    """A selector: a name with or without `+`, or one that asks for a kind, a domain, a change."""

    name = "selector"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names, kinds and domains in the workspace's specs that begin so."""
        del param
        plus = "+" if incomplete.startswith("+") else ""
        texts = _texts(ctx)
        kinds = (f"kind:{it}" for text in texts for it in _KIND.findall(text))
        domains = (f"domain:{it}" for text in texts for it in _DOMAIN.findall(text))
        found = {f"{plus}{it}" for it in (*_names(texts), *kinds, *domains, "changed", "stale", "failed")}
        return [CompletionItem(it) for it in sorted(found) if it.startswith(incomplete)]


def _names(texts: list[str]) -> Iterator[str]:
    return (found[1] for text in texts for found in _DECLARED.findall(text))


def _texts(ctx: click.Context) -> list[str]:
    """Return the specs as text: a shell that waits for an offer wants no YAML read, and no error shown."""
    from omnibuild.workspace import ConfigurationError, Workspace

    folder = ctx.params.get("folder") or (ctx.parent.params.get("folder") if ctx.parent else None) or Path()
    try:
        space = Workspace.open(folder)
    except ConfigurationError:
        return []
    files = sorted((space.root / space.settings.specs).rglob("*.y*ml"))
    return [it.read_text(errors="replace") for it in files if it.is_file() and not it.name.startswith(".")]
