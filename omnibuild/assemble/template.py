"""Jinja2 templates for what is not Python, and for boilerplate that a workspace may override.

A workspace's `templates/NAME` takes the place of the template NAME that comes with omnibuild; it can
extend that one as `omnibuild/NAME` and override single blocks. Errors are reported at the template's
own line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

import yaml

from omnibuild.core.nearest import nearest
from omnibuild.core.ports import TemplateSource, TemplateSources
from omnibuild.core.values import Json, Place, Problem, digest_json

if TYPE_CHECKING:
    import jinja2

BUILTIN = "omnibuild/"
"""The prefix by which an override extends the template that it stands for."""

_SPELLED_OTHERWISE = re.compile("[\\x85\\u2028\\u2029\\ufeff\\U00010000-\\U0010ffff]")
"""What libyaml and PyYAML themselves write in two ways, unless it is escaped in double quotes."""

_KEY = re.compile(r"[ -~]{1,99}")
_ENDLESS = 10**9

_EXTENDS = re.compile(r"\{%-?\s*extends\b")
_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)")


_PART = re.compile(
    r"""(?:^[ \t]*)?(?:\{%\s*(?:block\s+\w+|endblock)\s*%\}|\{\#[^-#][^#]*[^-#]\#\})\n?
    |\{\{\s*(?P<name>[a-z]+)(?:\s*\|\s*(?P<filter>[a-z]+))?\s*\}\}
    |(?P<text>[^{]+?(?=\n|\{|\Z)|\n)
    |(?P<other>.)""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
"""What a template consists of: tags of blocks and comments; values; text; and all that is not plain."""


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
        environment.filters.update(_FILTERS)
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
        return cls(tuple(texts), tuple(values)) if all(it in _FILTERS or not it for _, it in values) else None

    def render(self, variables: Mapping[str, object]) -> str:
        """Return the text with these values in it."""
        shown = [self.texts[0]]
        for (name, filter_), text in zip(self.values, self.texts[1:], strict=True):
            value = variables[name]
            shown += [_FILTERS[filter_](value) if filter_ else str(value), text]
        return "".join(shown)


def _blocks(text: str) -> dict[str, int]:
    return {found[1]: text.count("\n", 0, found.start()) + 1 for found in _BLOCK.finditer(text)}


def to_yaml(value: Json) -> str:
    """Return a JSON value as YAML in block style, keys in the order given, that 1.1 and 1.2 read alike."""
    lines: list[str] = []
    if isinstance(value, dict) and value and _plainly(value, "", "", lines):
        return "\n".join(lines)
    return _dumped(value, default_flow_style=False, width=100).removesuffix("\n").removesuffix("\n...")


_PLAIN_TEXT = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_.,/()+=<>;%&*@'\"$^~|!?-]| (?! ))*(?<! )")
"""A text that stands for itself in YAML, unless it is a word with a meaning of its own."""

_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"))
_LINE = 80
"""The longest line that no writer of YAML thinks of folding."""


def _plainly(value: dict[str, Json] | list[Json], first: str, margin: str, lines: list[str]) -> bool:
    """Add what a collection is in block style, `first` before its first line; return whether it is that simple."""
    is_list = isinstance(value, list)
    for key, it in enumerate(value) if isinstance(value, list) else value.items():
        before = first + ("-" if is_list else f"{key}:")
        if not is_list and not _stands_for_itself(key):
            return False
        first = margin
        if isinstance(it, list | dict) and it:
            if is_list:
                sound = _plainly(it, f"{before} ", f"{margin}  ", lines)
            else:
                lines.append(before)
                inner = margin if isinstance(it, list) else f"{margin}  "
                sound = _plainly(it, inner, inner, lines)
        else:
            shown = _plain_scalar(it)
            sound = shown is not None and len(before) + len(shown) < _LINE
            lines.append(f"{before} {shown}")
        if not sound:
            return False
    return True


def _plain_scalar(value: Json) -> str | None:
    """Return a scalar, or an empty collection, in YAML; None if it takes more to know how it is written."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return value if _stands_for_itself(value) else None
        case list() | dict():
            return "[]" if isinstance(value, list) else "{}"
        case _:
            return None


def _stands_for_itself(text: object) -> bool:
    return isinstance(text, str) and _PLAIN_TEXT.fullmatch(text) is not None and text.lower() not in _WORDS


def to_flow(value: Json) -> str:
    """Return a JSON value as YAML in one line, as it stands inside `{ }`."""
    return _dumped([value], default_flow_style=True, width=_ENDLESS).strip()[1:-1]


def to_scalar(text: str) -> str:
    """Return a text as YAML in one line, as it stands behind a key or a dash."""
    return _dumped({"it": text}, width=_ENDLESS).partition(": ")[2].removesuffix("\n")


def _dumped(value: Json, *, width: int, default_flow_style: bool | None = False, fast: bool = True) -> str:
    """Return a JSON value as YAML, the same whether libyaml is there or not."""
    chosen = _FastDumper if fast and not _differs(value) else _Dumper
    return yaml.dump(
        value, Dumper=chosen, sort_keys=False, allow_unicode=True, default_flow_style=default_flow_style, width=width
    )


def _differs(value: Json) -> bool:
    """Return whether libyaml may lay the value out otherwise than PyYAML itself."""
    match value:
        case str():
            return _SPELLED_OTHERWISE.search(value) is not None
        case list():
            return any(map(_differs, value))
        case dict():
            return any(not _KEY.fullmatch(key) or _differs(it) for key, it in value.items())
        case _:
            return False


_FILTERS: Mapping[str, Callable[[Any], str]] = {"yaml": to_yaml, "flow": to_flow, "scalar": to_scalar}


class _Never:
    """Writes the same value twice where it stands twice, and never an alias."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


class _Dumper(_Never, yaml.SafeDumper): ...


class _FastDumper(_Never, yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper): ...  # type: ignore[misc]


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _SPELLED_OTHERWISE.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
_FastDumper.add_representer(str, _text)
