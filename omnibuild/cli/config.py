"""omnibuild config: every effective setting, and where it comes from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import harmless
from omnibuild.cli.verb import Verb, as_json, mode
from omnibuild.core.nearest import nearest
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Problem, Settings
from omnibuild.spec.sources import Setting, effective
from omnibuild.workspace import FILE, Workspace


@click.command(
    "config",
    cls=Verb,
    short_help="Show every effective setting, and where it comes from.",
    help="""Show every effective setting, and where it comes from.

    From below to above: the default, omnibuild.toml, [env.NAME] in it for --env NAME or OMNIBUILD_ENV=NAME, the
    setting's variable (OMNIBUILD_BUILD_MODE for [build] mode, OMNIBUILD_GATES_G8 for [gates] G8), an option. With a
    KEY, print the value alone; a section's name selects its settings. The level of a gate is the one that the mode
    leads to.
    """,
    examples=(
        ("omnibuild config", "all of them"),
        ("omnibuild --env production config", "as that environment has them"),
        ("omnibuild config build.mode", "one value, for scripts"),
        ("omnibuild config cache --json", "a section, with its variables"),
    ),
)
@click.argument("key", metavar="[KEY]", required=False)
@mode
@as_json
@click.pass_obj
def command(call: Call, key: str | None, mode: str | None, as_json: bool) -> None:
    """Print the settings, or some of them."""
    space = call.workspace(mode=mode)
    chosen = _chosen(_effective(call, space, mode), key)
    one = chosen[0] if [it.name for it in chosen] == [key] else None
    if as_json:
        settings: list[Json] = [_json(it) for it in chosen]
        warnings: list[Json] = [problem_json(it) for it in space.notices]
        show_json(_json(one) if one else {"settings": settings, "problems": warnings})
        return
    console = call.console(space.root)
    _warn(call, space.notices)
    if one:
        console.say(_plain(one.value))
    else:
        console.table([(it.name, harmless(_shown(it.value)), str(it.source)) for it in chosen])


def _effective(call: Call, space: Workspace, mode: str | None) -> tuple[Setting, ...]:
    options: dict[str, tuple[str, Json]] = {"build.mode": ("--mode", mode)} if mode else {}
    text = (space.root / FILE).read_text(encoding="utf-8-sig")
    return effective(text, call.environment, os.environ, options=options, gates=_levels(space.settings))


def _levels(settings: Settings) -> Mapping[str, Json]:
    """Return the level of every gate that can be set."""
    from omnibuild.gates import ALL, levels

    found = levels(settings)
    return {it.code: found[it.code].value for it in ALL if not it.fixed}


def _chosen(settings: Sequence[Setting], key: str | None) -> Sequence[Setting]:
    """Return the setting that a key names, those of a section, or all."""
    if key is None:
        return settings
    found = [it for it in settings if key in (it.name, it.section)]
    if not found:
        near = nearest(key, [*(it.name for it in settings), *(it.section for it in settings)])
        hint = f"did you mean `{near}`?" if near else "`omnibuild config` shows them all"
        raise click.UsageError(f"there is no setting `{key}`: {hint}")
    return found


def _warn(call: Call, warnings: Sequence[Problem]) -> None:
    if warnings:
        call.console().problems(warnings, err=True)


def _plain(value: Json) -> str:
    """Return a value for a script: what is in a list stands in lines."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _shown(value: Json) -> str:
    """Return a value as omnibuild.toml would have it, without quotes around what is plain."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _json(setting: Setting) -> dict[str, Json]:
    source, at = setting.source, setting.source.at
    return {
        "key": setting.name,
        "value": setting.value,
        "source": source.layer.value,
        "name": source.name,
        "file": at.file if at else "",
        "line": at.line if at else 0,
        "variable": setting.variable,
    }
