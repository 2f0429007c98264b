"""Jinja2 templates for what is not Python, and for boilerplate that a workspace may override.

A workspace's `templates/NAME` takes the place of the template NAME that comes with omnibuild; it can
extend that one as `omnibuild/NAME` and override single blocks. Errors are reported at the template's
own line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from omnibuild.assemble.plain import FILTERS, Plain
from omnibuild.core.nearest import nearest
from omnibuild.core.ports import TemplateSource, TemplateSources
from omnibuild.core.values import Json, Place, Problem, digest_json

if TYPE_CHECKING:
    import jinja2

BUILTIN = "omnibuild/"
"""The prefix by which an override extends the template that it stands for."""


_EXTENDS = re.compile(r"\{%-?\s*extends\b")
_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)")


class Templates:
    """Renders templates; a workspace's own come first."""

    def __init__(self, sources: TemplateSources) -> None:
        self._sources = sources
        self._plain: dict[str, Plain | None] = {}

    @cached_property
    def _environment(self) -> jinja2.Environment:
        import jinja2
        import jinja2.sandbox

        # A template makes text: the sandbox keeps it from running what its variables lead to.
        environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(self._load),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # what is made is YAML, TOML and Python, not HTML
        )
        environment.filters.update(FILTERS)
        return environment

    def _source(self, name: str) -> TemplateSource | None:
        if name.startswith(BUILTIN):
            return self._sources.builtin(name.removeprefix(BUILTIN))
        return self._sources.override(name) or self._sources.builtin(name)

    def _load(self, name: str) -> tuple[str, str, None] | None:
        source = self._source(name)
        return (source.text, source.file, None) if source else None

    def render(self, name: str, variables: Mapping[str, object]) -> str | Problem:
        """Return the rendered text, or what is wrong with the template and where."""
        plain = self._as_plain(name)
        if plain and all(it in variables for it, _ in plain.values):
            return plain.render(variables)
        import jinja2

        try:
            return self._environment.get_template(name).render(variables)
        except jinja2.TemplateSyntaxError as error:
            place = Place(error.filename or name, error.lineno, 1)
            return Problem("G5", f"the template {name} is not Jinja2: {error.message}", place)
        except jinja2.TemplateNotFound as error:
            return Problem(
                "G5", f"the template {name} wants a template `{error.name}` that does not exist", self._at(name)
            )
        except Exception as error:  # noqa: BLE001 - a template can raise anything; its author needs to see it
            place = self._raised(error.__traceback__) or self._at(name)
            known = ", ".join(sorted(variables))
            message = f"the template {name} cannot be rendered: {error}"
            return Problem(
                "G5", message, place, f"it can use {known}" if isinstance(error, jinja2.UndefinedError) else ""
            )

    def is_overridden(self, name: str) -> bool:
        """Return whether the workspace has a template of this name."""
        return self._sources.override(name) is not None

    def _as_plain(self, name: str) -> Plain | None:
        """Return a template that comes with omnibuild, and does no more than putting values in."""
        if name not in self._plain:
            source = None if self.is_overridden(name) else self._sources.builtin(name)
            self._plain[name] = Plain.read(source.text) if source else None
        return self._plain[name]

    def digest(self, name: str) -> str:
        """Return the digest of a template and of all that it extends, includes or imports."""
        texts: dict[str, Json] = {}
        source = self._source(name)
        if source and self._as_plain(name):
            return digest_json({name: source.text})
        import jinja2
        import jinja2.meta

        waiting = [name]
        while waiting:
            current = waiting.pop()
            source = self._source(current)
            if current in texts or source is None:
                continue
            texts[current] = source.text
            try:
                found = jinja2.meta.find_referenced_templates(self._environment.parse(source.text))
            except jinja2.TemplateSyntaxError:
                continue
            for it in found:
                # A name that is only known when the template renders may be that of any of them.
                waiting += self._sources.overrides() if it is None else [it]
        return digest_json(texts)

    @cached_property
    def are_overridden(self) -> bool:
        """Whether the workspace has templates of its own."""
        return bool(self._sources.overrides())

    def check(self) -> Iterator[Problem]:
        """Yield what is wrong with the workspace's own templates without rendering them."""
        for name in self._sources.overrides():
            override, builtin = self._sources.override(name), self._sources.builtin(name)
            if override is None or builtin is None:
                continue
            blocks, own = _blocks(builtin.text), _blocks(override.text)
            if not _EXTENDS.search(override.text):
                for block in blocks:
                    if block not in own:
                        hint = f'begin it with {{% extends "{BUILTIN}{name}" %}} to keep what you do not override'
                        yield Problem(
                            "G5", f"this template lacks the block `{block}`", Place(override.file, 1, 1), hint
                        )
                continue
            for block, line in own.items():
                if block not in blocks:
                    near = nearest(block, blocks)
                    hint = f"did you mean `{near}`?" if near else f"its blocks are {', '.join(blocks)}"
                    yield Problem("G5", f"{BUILTIN}{name} has no block `{block}`", Place(override.file, line, 1), hint)

    def _at(self, name: str) -> Place:
        source = self._source(name)
        return Place(source.file if source else name, 1, 1)

    def _raised(self, trace: TracebackType | None) -> Place | None:
        """Return the innermost template line that an exception passed; Jinja marks its frames."""
        place = None
        while trace:
            if "__jinja_exception__" in trace.tb_frame.f_globals:
                place = Place(trace.tb_frame.f_code.co_filename, trace.tb_lineno, 1)
            trace = trace.tb_next
        return place


def _blocks(text: str) -> dict[str, int]:
    return {found[1]: text.count("\n", 0, found.start()) + 1 for found in _BLOCK.finditer(text)}
