"""omnibuild.toml to settings: every key known, every value checked, overrides by environment."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Level, Mode, Path, Place, Problem, Settings

FILE = "omnibuild.toml"
_SIZES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_SIZE = r"^\d+(\.\d+)?\s*(B|KB|MB|GB|KiB|MiB|GiB)?$"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Workspace(_Section):
    package: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    specs: str = "specs"
    templates: str = "templates"
    cache: str = "cache"
    out: str = "out"
    dependencies: list[str] = []


class _Build(_Section):
    mode: Mode = Mode.BALANCED
    jobs: int = Field(default=0, ge=0)


class _Check(_Section):
    type_checker: Literal["mypy"] = "mypy"


class _Cache(_Section):
    max_size: Annotated[str, Field(pattern=_SIZE)] = "2GiB"


class _File(_Section):
    workspace: _Workspace
    build: _Build = _Build()
    gates: dict[str, Level] = {}
    check: _Check = _Check()
    cache: _Cache = _Cache()


def read_settings(text: str, environment: str | None = None) -> tuple[Settings | None, list[Problem]]:
    """Return the settings that omnibuild.toml declares, with those of `[env.NAME]` on top."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(str(error))]
    environments = data.pop("env", {})
    if environment is not None:
        if environment not in environments:
            near = nearest(environment, environments)
            hint = f"did you mean `{near}`?" if near else f"add [env.{environment}] to {FILE}"
            return None, [Problem("environment", f"there is no environment `{environment}`", Place(FILE, 1, 1), hint)]
        data = _merged(data, environments[environment])
    try:
        return _settings(_File.model_validate(data)), []
    except ValidationError as error:
        return None, [_problem(it["type"], it["loc"], it["msg"], text) for it in error.errors()]


def _settings(file: _File) -> Settings:
    number, unit = re.fullmatch(r"([\d.]+)\s*(\w*)", file.cache.max_size).groups()  # type: ignore[union-attr]
    return Settings(
        **{**dict(file.workspace), "dependencies": tuple(file.workspace.dependencies)},
        mode=file.build.mode,
        jobs=file.build.jobs,
        gates=file.gates,
        type_checker=file.check.type_checker,
        max_size=int(float(number) * _SIZES[unit]),
    )


def _merged(base: Mapping[str, Json], over: Mapping[str, Json]) -> dict[str, Json]:
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _syntax(message: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    place = Place(FILE, int(found[1]), int(found[2])) if found else Place(FILE, 1, 1)
    return Problem("toml", f"this is not TOML: {message.partition(' (at')[0]}", place)


def _problem(kind: str, loc: Path, message: str, text: str) -> Problem:
    place = _place(loc, text)
    name = ".".join(map(str, loc))
    if kind == "extra_forbidden":
        known = _keys(loc[:-1])
        near = nearest(str(loc[-1]), known)
        hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(known)}"
        return Problem("unknown-key", f"the key `{name}` means nothing here", place, hint)
    if kind == "missing":
        return Problem("missing-key", f"`{name}` is missing", place, 'the least is: [workspace] package = "acme"')
    return Problem("value", f"`{name}`: {message[0].lower()}{message[1:]}", place)


def _keys(loc: Path) -> list[str]:
    if not loc:
        return [*_File.model_fields, "env"]
    section = _File.model_fields[str(loc[0])].annotation
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, _Section) else []


def _place(loc: Path, text: str) -> Place:
    """Return where a key stands: TOML readers keep no marks, so its section is looked for, then the key."""
    inside = len(loc) == 1
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\]]+)\]", line)
        if header:
            inside = header[1].split(".")[-1].strip() == str(loc[0])
            if inside and len(loc) == 1:
                return Place(FILE, number, line.index("[") + 1)
        elif inside and (found := re.match(rf"(\s*)\"?{re.escape(str(loc[-1]))}\"?\s*=", line)):
            return Place(FILE, number, len(found[1]) + 1)
    return Place(FILE, 1, 1)
