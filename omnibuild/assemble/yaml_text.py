"""JSON values as YAML: what generated documents hold, the same text whichever library is there."""

from __future__ import annotations

import re

import yaml

from omnibuild.core.values import Json

_SPELLED_OTHERWISE = re.compile("[\\x85\\u2028\\u2029\\ufeff\\U00010000-\\U0010ffff]")
"""What libyaml and PyYAML themselves write in two ways, unless it is escaped in double quotes."""

_NUMBER = re.compile(r"0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
"""A text that is a number to YAML 1.2, though not always to 1.1, which the libraries write."""

_KEY = re.compile(r"[ -~]{1,99}")
_ENDLESS = 10**9


def to_yaml(value: Json) -> str:
    """Return a JSON value as YAML in block style, keys in the order given, that 1.1 and 1.2 read alike."""
    lines: list[str] = []
    if isinstance(value, dict) and value and _plainly(value, "", "", lines):
        return "\n".join(lines)
    return _dumped(value, default_flow_style=False, width=100).removesuffix("\n").removesuffix("\n...")


_PLAIN_TEXT = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_.,/()+=<>;%&*@'\"$^~|!?-]| (?! ))*(?<! )")
"""A text that stands for itself in YAML, unless it is a word with a meaning of its own."""

_QUOTED_TEXT = re.compile(r"[>|@%&*!][A-Za-z0-9_.,<>=~-]+")
"""A text that begins with what means something in YAML, such as the versions that are compatible."""

_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"))
_LINE = 80
"""The longest line that no writer of YAML thinks of folding."""


def _plainly(value: dict[str, Json] | list[Json], first: str, margin: str, lines: list[str]) -> bool:
    """Add what a collection is in block style, `first` before its first line; return whether it is that simple."""
    is_list = isinstance(value, list)
    for key, it in enumerate(value) if isinstance(value, list) else value.items():
        before = first + ("-" if is_list else f"{key}:")
        if not is_list and not (_stands_for_itself(key) and len(str(key)) < _LINE):
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
            sound = shown is not None and (" " not in shown or len(before) + len(shown) < _LINE)
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
        case str() if _QUOTED_TEXT.fullmatch(value):
            return f"'{value}'"
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
            return _SPELLED_OTHERWISE.search(value) is not None or not value.replace("\n", "").isprintable()
        case list():
            return any(map(_differs, value))
        case dict():
            return any(not _KEY.fullmatch(key) or _differs(it) for key, it in value.items())
        case _:
            return False


class _Never:
    """Writes the same value twice where it stands twice, and never an alias."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


class _Dumper(_Never, yaml.SafeDumper): ...


class _FastDumper(_Never, yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper): ...  # type: ignore[misc]


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _SPELLED_OTHERWISE.search(text) else "'" if _NUMBER.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
_FastDumper.add_representer(str, _text)
