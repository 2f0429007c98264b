"""Variables of the environment to settings: `[build] mode` is OMNIBUILD_BUILD_MODE, and so on for every setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omnibuild.core.nearest import nearest
from omnibuild.core.values import Json, Level, Problem

PREFIX = "OMNIBUILD_"

ENVIRONMENT = "OMNIBUILD_ENV"
"""Names the environment of omnibuild.toml that is meant, as `--env` does."""

TOKEN = "OMNIBUILD_CACHE_TOKEN"  # noqa: S105  # the name of a variable
USER = "OMNIBUILD_CACHE_USER"
PASSWORD = "OMNIBUILD_CACHE_PASSWORD"  # noqa: S105  # the name of a variable
USER_CACHE = "OMNIBUILD_USER_CACHE"
"""Says where the seeds are kept that all workspaces of a user share, or `off`."""

OTHERS = (ENVIRONMENT, TOKEN, USER, PASSWORD, USER_CACHE)
"""The variables that mean something, and are no settings."""

_LISTS = frozenset({("workspace", "dependencies")})


def variable(section: str, key: str) -> str:
    """Return the variable that goes above a setting of omnibuild.toml."""
    return f"{PREFIX}{section}_{key}".upper()


def set_by_variables(
    environ: Mapping[str, str], sections: Mapping[str, Sequence[str]], gates: Mapping[str, bool] | None
) -> tuple[dict[str, dict[str, Json]], list[Problem]]:
    """Return what variables set, section by section as omnibuild.toml would, and a warning for each unknown one.

    `sections` are the keys of each; those of `gates` are the codes that there are, any if there is None.
    """
    codes = [it.removeprefix(f"{PREFIX}GATES_") for it in environ if it.startswith(f"{PREFIX}GATES_")]
    every = {**sections, "gates": [*(codes if gates is None else gates)]}
    known = {variable(section, key): (section, key) for section, keys in every.items() for key in keys}
    over: dict[str, dict[str, Json]] = {}
    warnings = []
    for name in sorted(it for it in environ if it.startswith(PREFIX) and it not in OTHERS):
        if name in known:
            section, key = known[name]
            over.setdefault(section, {})[key] = _value(environ[name], is_list=known[name] in _LISTS)
        else:
            warnings.append(_unknown(name, (*known, *OTHERS)))
    return over, warnings


def _value(text: str, *, is_list: bool) -> Json:
    """Return a value as omnibuild.toml would have it; several stand in lines, or in one with spaces between them."""
    if not is_list:
        return text
    return [it.strip() for it in (text.splitlines() if "\n" in text.strip() else text.split()) if it.strip()]


def _unknown(name: str, known: Sequence[str]) -> Problem:
    near = name.upper() if name.upper() in known else nearest(name, known)
    hint = (
        f"did you mean {near}?" if near else "[build] mode is OMNIBUILD_BUILD_MODE; `omnibuild config` shows them all"
    )
    return Problem("variable", f"the variable {name} means nothing to omnibuild", hint=hint, level=Level.WARN)
