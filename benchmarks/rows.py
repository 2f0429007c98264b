"""What is measured: one function a benchmark, each with its goals, which are ratios but for memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import peers
import table
from bench import Bench, all_built, say
from measure import Side, interleaved, run
from table import Row
from watching import watched
from workspace import CONSTANT, EXPRESSION, make

REPOSITORY = Path(__file__).resolve().parents[1]
SMALL, LARGE = 1000, 10_000
"""The sizes that goals are about, in nodes; with all checks, nothing larger than the first one is built."""


def nothing_to_do(bench: Bench) -> Iterator[Row]:
    """Measure builds that have nothing to do, against the classic build tools on the same files."""
    goals = {(SMALL, "ninja"): 1.6, (LARGE, "ninja"): 1.0, (SMALL, "doit"): 0.25, (SMALL, "scons"): 0.03}
    for nodes in bench.sizes:
        found = bench.idle(nodes)
        for name in peers.TOOLS:
            if name in found:
                goal = goals.get((nodes, name))
                yield table.ratio("nothing to do", nodes, found["omnibuild"], name, found[name], goal=goal)
            elif why := bench.left_out.get((nodes, name)):
                yield table.left_out("nothing to do", nodes, name, why)


def one_change(bench: Bench) -> Iterator[Row]:
    """Measure builds after one changed spec, and one changed body, against the start of Python."""
    for nodes in bench.sizes:
        middle = nodes // 20 * 10  # of the ten nodes from there on, the fourth is a compute node, the fifth has a body
        sides = {
            "one spec changed, `--mode fast`": _changed(bench, nodes, f"node_{middle + 3}.yaml", EXPRESSION),
            "one body changed, `--mode fast`": _changed(bench, nodes, f"node_{middle + 4}.py", CONSTANT),
        }
        python = Side([bench.python, "-c", "pass"], bench.scratch, lambda said: "it said something" if said else None)
        say(f"one change, {nodes:,} nodes")
        found = interleaved({**sides, "python": python}, bench.repeats(nodes))
        for name in sides:
            goal = 20 if nodes == SMALL else None
            yield table.ratio(name, nodes, found[name], "`python -c pass`", found["python"], goal=goal)


def _changed(bench: Bench, nodes: int, name: str, text: str) -> Side:
    """Return the build after a change that was never there before, so that no cache knows what comes of it."""
    folder, documents = bench.built(nodes)
    file, total = folder / "specs" / name, len(documents)
    original = file.read_text()
    variants = iter(range(1, 1_000_000))
    expected = f"{total} nodes: 1 built, {total - 1} up-to-date"
    return bench.ours(
        folder,
        lambda said: None if said.rstrip().endswith(expected) else "it did not build just one node",
        ["build", "--mode", "fast"],
        lambda: file.write_text(original.replace(text, f"{text} + {next(variants)} * 0")),
    )


def _built_one(nodes: str) -> str | None:
    return None if '"built": 1,' in nodes and '"failed": 0,' in nodes else "it did not build just one node"


def watch(bench: Bench) -> Iterator[Row]:
    """Measure how long a watch takes from a changed spec to its answer, against a build after the same change."""
    for nodes in bench.sizes:
        name = f"node_{nodes // 20 * 10 + 3}.yaml"
        once = _changed(bench, nodes, name, EXPRESSION)
        arguments = ["watch", "--mode", "fast", "--json"]
        ours = bench.ours(once.folder, _built_one, arguments, once.prepare)
        say(f"watch, {nodes:,} nodes")
        found = watched(ours, bench.repeats(nodes))
        builds = interleaved({"omnibuild build": once}, bench.repeats(nodes))["omnibuild build"]
        what, goal = "one spec changed under `watch --mode fast`", 1.5 if nodes == SMALL else None
        yield table.ratio(what, nodes, found, "`omnibuild build --mode fast`", builds, goal=goal)


def cold(bench: Bench) -> Iterator[Row]:
    """Measure builds without caches, time per node, against code generators, time per input."""
    for nodes in bench.sizes:
        found = bench.cold(nodes)
        for position, peer in enumerate(bench.generators()):
            goal = 0.1 if position == 0 and nodes == SMALL else None
            per = (nodes, peer.pieces)
            what = "cold, `--mode fast`, per node"
            yield table.ratio(what, nodes, found["omnibuild"], peer.what, found[peer.what], goal=goal, per=per)


def balanced(bench: Bench) -> Iterator[Row]:
    """Measure builds without caches that check types and run examples, against mypy alone on what they make."""
    for nodes in (it for it in bench.sizes if it <= SMALL):
        folder = bench.scratch / f"balanced_{nodes}"
        say(f"cold build with all checks, {nodes:,} nodes")
        make(folder, nodes)
        sides = {"omnibuild": _checked_build(bench, folder), "mypy": bench.type_check(folder, ["out/src"])}
        found = interleaved(sides, min(bench.runs, bench.slow_runs), warm_ups=0)
        shutil.rmtree(folder)
        goal = 1.4 if nodes == SMALL else None
        what = "cold, `--mode balanced`"
        yield table.ratio(what, nodes, found["omnibuild"], "`mypy --strict` alone", found["mypy"], goal=goal)


def _checked_build(bench: Bench, folder: Path) -> Side:
    return bench.ours(folder, all_built, ["build", "--mode", "balanced"], lambda: bench.empty(folder))


def first_build(bench: Bench) -> Iterator[Row]:
    """Measure the first build of this repository's own specs, against mypy alone on their models and handlers."""
    say("first build of this repository's specs")
    folder = bench.scratch / "repository"
    for name in ("specs", "templates"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "omnibuild.toml", folder)
    ours = _checked_build(bench, folder)
    run(ours)
    files = [it.relative_to(folder) for it in (folder / "out/src").rglob("*.py")]
    wanted = sorted(str(it) for it in files if it.parent.name in ("models", "handlers") or "shared" in it.parts)
    found = interleaved({"omnibuild": ours, "mypy": bench.type_check(folder, wanted)}, bench.runs, warm_ups=0)
    peer = "`mypy --strict` on models and handlers"
    what = "first build of this repository's specs, `--mode balanced`"
    yield table.ratio(what, None, found["omnibuild"], peer, found["mypy"], goal=2)


def memory(bench: Bench) -> Iterator[Row]:
    """Measure the most memory that omnibuild has."""
    for nodes in bench.sizes:
        idle, built = bench.idle(nodes)["omnibuild"], bench.cold(nodes)["omnibuild"]
        goals = (50, 300) if nodes == LARGE else (None, None)
        yield table.memory("memory, nothing to do", nodes, idle, idle.peak, goals[0])
        yield table.memory("memory, cold, `--mode fast`, largest process", nodes, built, built.peak, goals[1])
        yield table.memory("memory, cold, `--mode fast`, all processes", nodes, built, built.tree)


def growth(bench: Bench) -> Iterator[Row]:
    """Say what ten times as many nodes cost."""
    if SMALL in bench.sizes and LARGE in bench.sizes:
        for name, figures in (("cold, `--mode fast`", bench.cold), ("nothing to do", bench.idle)):
            large, small = figures(LARGE)["omnibuild"], figures(SMALL)["omnibuild"]
            yield table.ratio(f"growth, {name}", LARGE, large, f"omnibuild, {SMALL:,} nodes", small, goal=11)


BENCHMARKS: dict[str, Callable[[Bench], Iterable[Row]]] = {
    "cold": cold,
    "noop": nothing_to_do,
    "edit": one_change,
    "watch": watch,
    "balanced": balanced,
    "first": first_build,
    "memory": memory,
    "growth": growth,
}
"""By name, in the order in which they run: the earlier ones leave behind what the later ones begin with."""
