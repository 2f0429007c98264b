"""omnibuild clean: take away what omnibuild wrote."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import click

from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console, counted, harmless
from omnibuild.cli.progress import waiting
from omnibuild.cli.verb import Verb, as_json
from omnibuild.core.values import Json
from omnibuild.workspace import Workspace


@click.command(
    "clean",
    cls=Verb,
    short_help="Remove what omnibuild wrote in out/; the cache too on request.",
    help="""Remove what omnibuild wrote in out/.

    A file that was edited by hand, and a file that omnibuild did not write, is left and named. With --cache the
    cache goes as well, but not the copies of edited files in it: nobody else has them. The next build makes
    everything again.
    """,
    examples=(
        ("omnibuild clean", "asks first"),
        ("omnibuild clean --cache --yes", "in scripts"),
    ),
)
@click.option("--cache", is_flag=True, help="Remove the cache, too.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def command(call: Call, cache: bool, yes: bool, as_json: bool) -> None:
    """Clean."""
    console = call.console()
    space = call.workspace(listen=waiting(console, as_json=as_json))
    if not yes:
        _ask(space, cache=cache)
    # Without a cache folder no build is at work, and to lock it would make one.
    with space.alone() if (space.root / space.settings.cache).is_dir() else nullcontext():
        _clean(space, console, cache=cache, as_json=as_json)


def _ask(space: Workspace, *, cache: bool) -> None:
    folders = [space.settings.out, *([space.settings.cache] if cache else [])]
    shown = " and ".join(f"{space.root / it}/" for it in folders)
    if not sys.stdin.isatty():
        raise click.UsageError(f"this removes what omnibuild wrote in {shown}: say --yes where nobody can be asked")
    click.confirm(f"Remove what omnibuild wrote in {shown}?", abort=True)


def _clean(space: Workspace, console: Console, *, cache: bool, as_json: bool) -> None:
    from omnibuild.adapters.cleaning import clean_cache, clean_output, looks_like_a_cache

    out, store = space.root / space.settings.out, space.root / space.settings.cache
    done = clean_output(out, store / "overwritten")
    ours = cache and store.is_dir() and looks_like_a_cache(store, space.root)
    left = clean_cache(store) if ours else ()
    if as_json:
        lists: dict[str, Json] = {
            "removed": list(done.removed),
            "edited": list(done.edited),
            "strays": list(done.strays),
            "cache": "removed" if ours else "kept",
            "left_in_cache": list(left),
        }
        show_json(lists)
        return
    console.say(f"{space.settings.out}/: {counted(len(done.removed), 'file')} removed")
    for path in done.edited:
        console.say(f"  left, since it was edited by hand: {space.settings.out}/{harmless(path)}")
    for path in done.strays:
        console.say(f"  left, since omnibuild did not write it: {space.settings.out}/{harmless(path)}")
    if cache:
        console.say(_cache_line(space, ours=ours, exists=store.is_dir(), left=left))


def _cache_line(space: Workspace, *, ours: bool, exists: bool, left: tuple[str, ...]) -> str:
    name = space.settings.cache
    if ours:
        return f"{name}/: removed{f', but for {harmless(", ".join(left))}' if left else ''}"
    if not exists:
        return f"{name}/: is not there" if not left else ""
    return f"{name}/: left, since it does not look like a cache of omnibuild's"
