"""Where every effective setting comes from: a default, omnibuild.toml, an environment in it, a variable, an option."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from omnibuild.core.values import Json, Place
from omnibuild.spec.settings import FILE, SECTIONS, asked_environment, defaults, merged, place_of, typed
from omnibuild.spec.variables import set_by_variables, variable


class Layer(StrEnum):
    """What sets settings; each goes above those before it."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    VARIABLE = "variable"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a setting comes from: the layer, the name of the environment, variable or option, and the line if any."""

    layer: Layer
    name: str = ""
    at: Place | None = None

    def __str__(self) -> str:
        """Return the source as people are told."""
        match self.layer:
            case Layer.DEFAULT:
                return self.layer.value
            case Layer.FILE:
                return self._line
            case Layer.ENVIRONMENT:
                return f"[env.{self.name}] at {self._line}"
            case _:
                return self.name

    @property
    def _line(self) -> str:
        return f"{self.at.file}:{self.at.line}" if self.at else FILE


@dataclass(frozen=True, slots=True)
class Setting:
    """One effective setting, its value as omnibuild.toml would have it."""

    section: str
    key: str
    value: Json
    source: Source

    @property
    def name(self) -> str:
        """The setting's name: `build.mode`."""
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        """The variable that goes above it."""
        return variable(self.section, self.key)


def effective(
    text: str,
    environment: str | None,
    environ: Mapping[str, str],
    *,
    options: Mapping[str, tuple[str, Json]],
    gates: Mapping[str, Json],
) -> tuple[Setting, ...]:
    """Return every setting of an omnibuild.toml that was read without problems, in the order of the sections.

    `options` are the settings that the command line gives, each with its option; `gates` are the levels
    that hold where nothing sets them, for all gates that can be set.
    """
    file = tomllib.loads(text)
    name = asked_environment(environment, environ)
    over = file.pop("env", {}).get(name, {})
    by_variables, _ = set_by_variables(environ, SECTIONS, dict.fromkeys(gates, True))
    values: Any = typed(merged(merged(merged({**defaults(), "gates": {**gates}}, file), over), by_variables))

    def source(section: str, key: str) -> Source:
        if (option := options.get(f"{section}.{key}")) is not None:
            return Source(Layer.OPTION, option[0])
        if key in by_variables.get(section, {}):
            return Source(Layer.VARIABLE, variable(section, key))
        if key in over.get(section, {}):
            return Source(Layer.ENVIRONMENT, name or "", place_of(("env", name or "", section, key), text))
        if key in file.get(section, {}):
            return Source(Layer.FILE, "", place_of((section, key), text))
        return Source(Layer.DEFAULT)

    found = []
    for section in SECTIONS:
        for key in SECTIONS[section] or gates:
            option = options.get(f"{section}.{key}")
            found.append(Setting(section, key, option[1] if option else values[section][key], source(section, key)))
    return tuple(found)
