"""omnibuild cache: what the cache holds, what may go, whether it is sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from omnibuild.cli import FINE, PROBLEMS
from omnibuild.cli.answer import show_json
from omnibuild.cli.call import Call
from omnibuild.cli.console import Console, counted, sized
from omnibuild.cli.progress import counting, waiting
from omnibuild.cli.verb import Verb, VerbGroup, as_json
from omnibuild.core.problem_json import problem_json
from omnibuild.core.values import Json, Level, Problem

if TYPE_CHECKING:
    from omnibuild.adapters.cache_parts import Leftover
    from omnibuild.adapters.store_eviction import Evicted
    from omnibuild.adapters.store_index import Census


class _Size(click.ParamType[int]):
    """A size such as 200MB, as [cache] max_size has it."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return how many bytes that is."""
        from omnibuild.spec.settings import size_in_bytes

        try:
            return size_in_bytes(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group(
    "cache",
    cls=VerbGroup,
    subcommand_metavar="WHAT ...",
    short_help="Show, tidy and verify the cache.",
    help="""Show, tidy and verify the cache.

    The cache holds the traces of finished nodes and their files, so that nothing is built twice, and the stage
    and the notes of mypy, so that checks are fast. All of it can go at any time: the next build makes it again.
    Only the copies of edited files in cache/overwritten/ are yours, and are left alone.
    """,
    examples=(
        ("omnibuild cache stats", "how much it holds, and how near the limit is"),
        ("omnibuild cache gc --max-size 200MB", "make it small, before CI keeps it"),
        ("omnibuild cache verify", "after CI has restored it"),
    ),
)
def command() -> None:
    """Lead to one of the three."""


@command.command(
    "stats",
    cls=Verb,
    short_help="Show how much the cache holds, part by part, and how near the limit is.",
    help="""Show how much the cache holds, part by part, and how near the limit is.

    The limit is [cache] max_size in omnibuild.toml, and is that of the store: traces, and contents by their
    digest. A content is shared if several traces use it; one that none uses goes with `omnibuild cache gc`.
    """,
    examples=(
        ("omnibuild cache stats", "for people"),
        ("omnibuild cache stats --json | jq .parts.store", "for scripts: bytes"),
    ),
)
@as_json
@click.pass_obj
def stats(call: Call, as_json: bool) -> None:
    """Print the statistics."""
    from omnibuild.adapters.cache_parts import sizes
    from omnibuild.adapters.store_index import census

    space = call.workspace()
    cache = space.root / space.settings.cache
    with counting("read") as said:
        found = census(cache / "store", said)
    parts, limit = sizes(cache), space.settings.max_size
    if as_json:
        show_json(_stats_json(parts, found, limit))
    else:
        _tell_stats(call.console(space.root), f"{space.settings.cache}/", parts, found, limit)


def _stats_json(parts: Mapping[str, int], found: Census, limit: int) -> dict[str, Json]:
    contents: dict[str, Json] = {"total": found.contents, "shared": found.shared, "unused": found.unused}
    return {
        "bytes": sum(parts.values()),
        "parts": dict(parts),
        "entries": found.entries,
        "traces": found.traces,
        "nodes": found.nodes,
        "contents": contents,
        "damaged": found.damaged,
        "used": found.used,
        "limit": limit,
        "problems": [problem_json(it) for it in _unreadable(found.unreadable)],
    }


def _tell_stats(console: Console, name: str, parts: Mapping[str, int], found: Census, limit: int) -> None:
    console.problems(_unreadable(found.unreadable))
    share = f"{found.used / limit:.1%} of {sized(limit)}, the limit" if limit else "its limit is 0"
    rows = [(name, sized(sum(parts.values())), "")]
    rows += [(f"  {part}", sized(size), share if part == "store" else "") for part, size in parts.items()]
    longest = max(len(size) for _, size, _ in rows)
    console.table([(part, size.rjust(longest), more) for part, size, more in rows])
    console.say(
        f"{counted(found.traces, 'trace')} of {counted(found.nodes, 'node')}; "
        f"{counted(found.contents, 'content')}: {found.shared} shared, {found.unused} unused"
    )
    if found.damaged:
        entries = counted(found.damaged, "damaged entry", "damaged entries")
        console.say(f"{entries}: `omnibuild cache verify` says which")


@command.command(
    "gc",
    cls=Verb,
    short_help="Remove what nothing needs, then what was unused longest, down to the limit.",
    help="""Remove what nothing needs, then what was unused longest, down to the limit.

    What nothing needs: traces that have lost contents, contents that no trace uses, damaged entries, and what
    other versions of the tools have left in the stage and in the notes of mypy. Builds keep to the limit by
    themselves, [cache] max_size; this is for more than that.
    """,
    examples=(
        ("omnibuild cache gc", "down to [cache] max_size"),
        ("omnibuild cache gc --max-size 200MB", "down to 200 MB, once"),
        ("omnibuild cache gc --max-size 0", "empty the store; unlike `clean --cache`, keep the stage and mypy's notes"),
    ),
)
@click.option("--max-size", type=_Size(), metavar="SIZE", help="Down to this size, such as 200MB or 1.5GiB.")
@as_json
@click.pass_obj
def gc(call: Call, max_size: int | None, as_json: bool) -> None:
    """Tidy up, and say what that freed."""
    from omnibuild.adapters.cache_parts import leftovers, remove
    from omnibuild.adapters.store_eviction import Evicted, collect

    space = call.workspace(listen=waiting(call.console(), as_json=as_json))
    cache = space.root / space.settings.cache
    limit = space.settings.max_size if max_size is None else max_size
    evicted, left = Evicted(), tuple(leftovers(cache))
    if cache.is_dir():
        with space.alone(), counting("tidy") as said:
            evicted = collect(cache / "store", limit, said)
            for it in left:
                remove(it)
    if as_json:
        show_json(_gc_json(evicted, left, limit))
    else:
        _tell_gc(call.console(space.root), evicted, left, limit)


def _gc_json(evicted: Evicted, left: Sequence[Leftover], limit: int) -> dict[str, Json]:
    removed: dict[str, Json] = {
        "traces": evicted.traces,
        "contents": evicted.contents,
        "files": evicted.files,
        "leftovers": len(left),
    }
    problems: list[Json] = [problem_json(it) for it in _unreadable(evicted.unreadable)]
    freed = evicted.freed + sum(it.size for it in left)
    return {"freed": freed, "removed": removed, "used": evicted.left, "limit": limit, "problems": problems}


def _tell_gc(console: Console, evicted: Evicted, left: Sequence[Leftover], limit: int) -> None:
    console.problems(_unreadable(evicted.unreadable))
    counts = ((evicted.traces, "trace"), (evicted.contents, "content"), (evicted.files, "file of no entry"))
    told = [counted(number, word) for number, word in counts if number]
    if left:
        parts = ", ".join(sorted({it.part for it in left}))
        told.append(f"{counted(len(left), 'leftover')} of other versions ({parts})")
    freed = evicted.freed + sum(it.size for it in left)
    console.say(f"freed {sized(freed)}{f': {", ".join(told)}' if told else ''}")
    console.say(f"the store holds {sized(evicted.left)}; its limit is {sized(limit)}")


@command.command(
    "verify",
    cls=Verb,
    short_help="Read every entry of the store and check its digest.",
    help="""Read every entry of the store and check its digest.

    Ends with 1 and a list if an entry is damaged. Builds check what they read as well, and take what is damaged
    for missing; this looks at everything. With --repair, what is damaged is removed, and nothing else.
    """,
    examples=(
        ("omnibuild cache verify", "is it sound?"),
        ("omnibuild cache verify --repair", "remove what is damaged: it will be built again"),
    ),
)
@click.option("--repair", is_flag=True, help="Remove what is damaged.")
@as_json
@click.pass_obj
def verify(call: Call, repair: bool, as_json: bool) -> None:
    """Look at every entry."""
    from omnibuild.adapters.store_eviction import verify as look

    space = call.workspace(listen=waiting(call.console(), as_json=as_json))
    folder = space.root / space.settings.cache / "store"
    entries, problems = 0, list[Problem]()
    if folder.is_dir():
        with space.alone(), counting("verify") as said:
            entries, damage = look(folder, said, repair=repair)
            problems = [_damaged(it, repaired=repair) for it in damage]
    if as_json:
        status = "failed" if problems and not repair else "ok"
        show_json({"status": status, "entries": entries, "problems": [problem_json(it) for it in problems]})
    else:
        console = call.console(space.root)
        console.problems(problems)
        console.say(_verdict(len(problems), repaired=repair))
    click.get_current_context().exit(PROBLEMS if problems and not repair else FINE)


def _verdict(damaged: int, *, repaired: bool) -> str:
    if not damaged:
        return "the cache is sound: every entry has the digest that it was kept under"
    return f"{counted(damaged, 'damaged entry', 'damaged entries')}{' removed' if repaired else ''}"


def _damaged(what: str, *, repaired: bool) -> Problem:
    hint = "it was removed" if repaired else "`omnibuild cache verify --repair` removes it; builds do without it"
    return Problem("cache", what, hint=hint, level=Level.WARN if repaired else Level.BLOCK)


def _unreadable(why: str) -> list[Problem]:
    hint = "the next build begins with an empty one"
    return [Problem("cache", f"the store cannot be read: {why}", hint=hint, level=Level.WARN)] if why else []
