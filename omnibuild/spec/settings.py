"""omnibuild.toml to settings: every key known, every value checked, overrides by environment."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Level, Mode, Path, Place, Problem, RemoteMode, Settings
from omnibuild.spec.remote_settings import holds_secret, remote_fault
from omnibuild.spec.workspace_names import folder_faults, package_fault

FILE = "omnibuild.toml"
_SIZES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_FOLDERS = ("specs", "templates", "cache", "out")
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
    type_checker: Literal["mypy", "ty"] = "mypy"


class _Cache(_Section):
    max_size: Annotated[str, Field(pattern=_SIZE)] = "2GiB"
    remote: str = ""
    remote_mode: RemoteMode = RemoteMode.READ


class _File(_Section):
    workspace: _Workspace
    build: _Build = _Build()
    gates: dict[str, Level] = {}
    check: _Check = _Check()
    cache: _Cache = _Cache()


def read_settings(
    text: str, environment: str | None = None, gates: Mapping[str, bool] | None = None
) -> tuple[Settings | None, list[Problem]]:
    """Return the settings that omnibuild.toml declares, with those of `[env.NAME]` on top.

    Every environment is checked, whichever is asked for. `gates` are the codes that there are, and
    whether each can be set; without them, `[gates]` may name any.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, [_syntax(str(error))]
    environments = data.pop("env", {})
    wrong = _not_tables(environments, text)
    if wrong:
        return None, wrong
    problems = _faults(data, (), text, gates)
    for name, over in environments.items():
        found = _faults(_merged(data, over), ("env", name), text, gates)
        problems += [it for it in found if it.message not in {other.message for other in problems}]
    if environment is not None and environment not in environments:
        near = nearest(environment, environments)
        hint = f"did you mean `{near}`?" if near else f"add [env.{environment}] to {FILE}"
        problems.append(Problem("environment", f"there is no environment `{environment}`", Place(FILE, 1, 1), hint))
    if problems:
        return None, problems
    chosen = _merged(data, environments[environment]) if environment is not None else data
    return _settings(_File.model_validate(chosen)), []


def _not_tables(environments: Json, text: str) -> list[Problem]:
    hint = "write [env.NAME.build] and so on, with what is other there"
    if not isinstance(environments, dict):
        return [Problem("value", "`env` must be a table of environments", _place(("env",), text), hint)]
    return [
        Problem("value", f"`env.{name}` must be a table", _place(("env", name), text), hint)
        for name, it in environments.items()
        if not isinstance(it, dict)
    ]


def _faults(data: Mapping[str, Json], above: Path, text: str, gates: Mapping[str, bool] | None) -> list[Problem]:
    """Return what is wrong with settings; `above` is the environment that they are of."""
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        return [_problem(it["type"], it["loc"], it["msg"], text, above) for it in error.errors()]
    problems = []
    if fault := package_fault(file.workspace.package):
        at = _place((*above, "workspace", "package"), text)
        problems.append(Problem("value", f"`workspace.package`: {fault}", at, "choose another name"))
    for key, fault in folder_faults({it: getattr(file.workspace, it) for it in _FOLDERS}):
        at = _place((*above, "workspace", key), text)
        hint = "specs, templates, cache and out are folders of their own in the workspace"
        problems.append(Problem("value", f"`workspace.{key}`: {fault}", at, hint))
    if wrong := remote_fault(file.cache.remote):
        # The line is shown with the place, and a password must not be.
        shown = None if holds_secret(file.cache.remote) else _place((*above, "cache", "remote"), text)
        problems.append(Problem("value", f"`cache.remote`: {wrong[0]}", shown, wrong[1]))
    for code in file.gates if gates is not None else ():
        problems += _gate(code, gates or {}, _place((*above, "gates", code), text))
    return problems


def _gate(code: str, known: Mapping[str, bool], at: Place) -> list[Problem]:
    if code not in known:
        near = code.upper() if code.upper() in known else nearest(code, known)
        hint = f"did you mean `{near}`?" if near else "`omnibuild gates` lists them"
        return [Problem("unknown-key", f"there is no gate `{code}`", at, hint)]
    if not known[code]:
        hint = "leave it out: nothing works without this gate"
        return [Problem("value", f"the level of `{code}` cannot be changed", at, hint)]
    return []


def _settings(file: _File) -> Settings:
    return Settings(
        **{**dict(file.workspace), "dependencies": tuple(file.workspace.dependencies)},
        mode=file.build.mode,
        jobs=file.build.jobs,
        gates=file.gates,
        type_checker=file.check.type_checker,
        max_size=size_in_bytes(file.cache.max_size),
        remote=file.cache.remote,
        remote_mode=file.cache.remote_mode,
    )


def size_in_bytes(text: str) -> int:
    """Return how many bytes a size such as `200MB` is. Raises ValueError if it is none."""
    if not re.fullmatch(_SIZE, text):
        raise ValueError(f"`{text}` is not a size: write a number and one of {', '.join(filter(None, _SIZES))}")
    number = text.rstrip("BGKMi").rstrip()
    return int(float(number) * _SIZES[text.removeprefix(number).strip()])


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


def _problem(kind: str, loc: Path, message: str, text: str, above: Path) -> Problem:
    place = _place((*above, *loc), text)
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
    """Return where a key stands: TOML readers keep no marks, so its section is looked for, then the key.

    What an environment does not say itself stands where all environments have it from.
    """
    wanted = tuple(map(str, loc))
    section: tuple[str, ...] = ()
    best, best_length = Place(FILE, 1, 1), 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        found = None if header else re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if header:
            section = _names(header[1])
        here = (*section, *_names(found[1])) if found else section
        if (header or found) and wanted[: len(here)] == here and len(here) > max(best_length, len(wanted) - 2):
            best, best_length = Place(FILE, number, len(line) - len(line.lstrip()) + 1), len(here)
    if not best_length and wanted[0] == "env" and len(wanted) > 2:
        return _place(wanted[2:], text)
    return best


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(it.strip().strip("\"'") for it in dotted.split("."))
