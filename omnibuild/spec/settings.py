"""omnibuild.toml to settings: every key known, every value checked, overrides by environment."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Level, Mode, Path, Place, Problem, RemoteMode, Settings
from omnibuild.spec.remote_settings import holds_secret, remote_fault
from omnibuild.spec.variables import ENVIRONMENT, set_by_variables, variable
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


SECTIONS: Mapping[str, tuple[str, ...]] = {
    name: tuple(it.annotation.model_fields)
    for name, it in _File.model_fields.items()
    if isinstance(it.annotation, type) and issubclass(it.annotation, _Section)
} | {"gates": ()}
"""The keys of every section of omnibuild.toml; those of `gates` are the codes of the gates."""

_HINTS = {
    "workspace.package": "such as acme, or order_nodes",
    "cache.max_size": f"write a number and one of {', '.join(filter(None, _SIZES))}",
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with the setting at a path; the sentence about it begins with the setting's name if it is `named`.

    A value that is `secret` must not be shown, and neither must the line that it is in.
    """

    code: str
    path: Path
    message: str
    hint: str = ""
    named: bool = True
    secret: bool = False

    @property
    def sentence(self) -> str:
        return f"`{'.'.join(map(str, self.path))}`: {self.message}" if self.named else self.message


def read_settings(
    text: str,
    environment: str | None = None,
    gates: Mapping[str, bool] | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[Settings | None, list[Problem]]:
    """Return the settings that omnibuild.toml declares, with those of `[env.NAME]` and of variables on top.

    Every environment is checked, whichever is asked for: by `environment`, else by a variable of `environ`.
    `gates` are the codes that there are, and whether each can be set; without them, `[gates]` may name any.
    There are no settings if a problem blocks.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, [_syntax(str(error))]
    environments = data.pop("env", {})
    wrong = _not_tables(environments, text)
    if wrong:
        return None, wrong
    problems = [_in_file(it, (), text) for it in _faults(data, gates)]
    for name, over in environments.items():
        found = [_in_file(it, ("env", name), text) for it in _faults(merged(data, over), gates)]
        problems += [it for it in found if it.message not in {other.message for other in problems}]
    asked = asked_environment(environment, environ or {})
    if asked is not None and asked not in environments:
        problems.append(_no_environment(asked, environments, by_variable=environment is None))
    if problems:
        return None, problems
    chosen = merged(data, environments[asked]) if asked is not None else data
    return _with_variables(chosen, environ or {}, gates)


def asked_environment(environment: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the name of the environment that is asked for: what a call says goes above the variable."""
    return environment if environment is not None else environ.get(ENVIRONMENT) or None


def _no_environment(name: str, known: Mapping[str, Json], *, by_variable: bool) -> Problem:
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"add [env.{name}] to {FILE}"
    if by_variable:
        return Problem("environment", f"`{ENVIRONMENT}`: there is no environment `{name}`", hint=hint)
    return Problem("environment", f"there is no environment `{name}`", Place(FILE, 1, 1), hint)


def _with_variables(
    chosen: Mapping[str, Json], environ: Mapping[str, str], gates: Mapping[str, bool] | None
) -> tuple[Settings | None, list[Problem]]:
    """Return the settings with those of variables on top, and the problems, or the warnings if there are none."""
    over, warnings = set_by_variables(environ, SECTIONS, gates)
    whole = merged(chosen, over)
    problems = [_in_variable(it, over) for it in _faults(whole, gates)]
    if problems:
        return None, problems
    return _settings(_File.model_validate(whole)), warnings


def _in_variable(fault: _Fault, over: Mapping[str, Any]) -> Problem:
    """Return what is wrong with a variable, or with a setting of omnibuild.toml since there is that variable."""
    section, key = str(fault.path[0]), str(fault.path[1])
    own = over.get(section, {})
    name = variable(section, key if key in own else next(iter(own)))
    return Problem(fault.code, f"`{name}`: {fault.message if key in own else fault.sentence}", hint=fault.hint)


def _not_tables(environments: Json, text: str) -> list[Problem]:
    hint = "write [env.NAME.build] and so on, with what is other there"
    if not isinstance(environments, dict):
        return [Problem("value", "`env` must be a table of environments", place_of(("env",), text), hint)]
    return [
        Problem("value", f"`env.{name}` must be a table", place_of(("env", name), text), hint)
        for name, it in environments.items()
        if not isinstance(it, dict)
    ]


def _faults(data: Mapping[str, Json], gates: Mapping[str, bool] | None) -> Iterator[_Fault]:
    """Yield what is wrong with settings."""
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        yield from (_fault(it["type"], it["loc"], it["msg"]) for it in error.errors())
        return
    if fault := package_fault(file.workspace.package):
        yield _Fault("value", ("workspace", "package"), fault, "choose another name")
    for key, fault in folder_faults({it: getattr(file.workspace, it) for it in _FOLDERS}):
        hint = "specs, templates, cache and out are folders of their own in the workspace"
        yield _Fault("value", ("workspace", key), fault, hint)
    if wrong := remote_fault(file.cache.remote):
        yield _Fault("value", ("cache", "remote"), *wrong, secret=holds_secret(file.cache.remote))
    for code in file.gates if gates is not None else ():
        yield from _gate(code, gates or {})


def _gate(code: str, known: Mapping[str, bool]) -> Iterator[_Fault]:
    at = ("gates", code)
    if code not in known:
        near = code.upper() if code.upper() in known else nearest(code, known)
        hint = f"did you mean `{near}`?" if near else "`omnibuild gates` lists them"
        yield _Fault("unknown-key", at, f"there is no gate `{code}`", hint, named=False)
    elif not known[code]:
        hint = "leave it out: nothing works without this gate"
        yield _Fault("value", at, f"the level of `{code}` cannot be changed", hint, named=False)


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


def defaults() -> dict[str, dict[str, Json]]:
    """Return the settings that hold where nothing is set, section by section; `workspace.package` has none."""
    file = _File.model_validate({"workspace": {"package": "any"}}).model_dump(mode="json")
    del file["workspace"]["package"]
    return file


def typed(data: Mapping[str, Json]) -> dict[str, Json]:
    """Return sound settings with each value of its own type: what variables say is text."""
    return _File.model_validate(data).model_dump(mode="json")


def size_in_bytes(text: str) -> int:
    """Return how many bytes a size such as `200MB` is. Raises ValueError if it is none."""
    if not re.fullmatch(_SIZE, text):
        raise ValueError(f"`{text}` is not a size: write a number and one of {', '.join(filter(None, _SIZES))}")
    number = text.rstrip("BGKMi").rstrip()
    return int(float(number) * _SIZES[text.removeprefix(number).strip()])


def merged(base: Mapping[str, Json], over: Mapping[str, Json]) -> dict[str, Json]:
    """Return settings with others on top, key by key."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _syntax(message: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    place = Place(FILE, int(found[1]), int(found[2])) if found else Place(FILE, 1, 1)
    return Problem("toml", f"this is not TOML: {message.partition(' (at')[0]}", place)


def _fault(kind: str, path: Path, message: str) -> _Fault:
    name = ".".join(map(str, path))
    if kind == "extra_forbidden":
        known = _keys(path[:-1])
        near = nearest(str(path[-1]), known)
        hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(known)}"
        return _Fault("unknown-key", path, f"the key `{name}` means nothing here", hint, named=False)
    if kind == "missing":
        least = 'the least is: [workspace] package = "acme"'
        return _Fault("missing-key", path, f"`{name}` is missing", least, named=False)
    return _Fault("value", path, f"{message[0].lower()}{message[1:]}", _HINTS.get(name, ""))


def _in_file(fault: _Fault, above: Path, text: str) -> Problem:
    """Return a fault as a problem at its place; `above` is the environment that it is of."""
    at = None if fault.secret else place_of((*above, *fault.path), text)
    return Problem(fault.code, fault.sentence, at, fault.hint)


def _keys(loc: Path) -> list[str]:
    if not loc:
        return [*_File.model_fields, "env"]
    section = _File.model_fields[str(loc[0])].annotation
    return list(section.model_fields) if isinstance(section, type) and issubclass(section, _Section) else []


def place_of(loc: Path, text: str) -> Place:
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
        return place_of(wanted[2:], text)
    return best


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(it.strip().strip("\"'") for it in dotted.split("."))
