"""Measures omnibuild against its peers, side by side, and writes benchmarks/RESULTS.md.

    python benchmarks/run.py                              all of it, which takes an hour or more
    python benchmarks/run.py --nodes 1000 --only noop     a part of it, in minutes

The peers are installed into an environment of their own, from benchmarks/peers.txt. The page says what is measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import peers
import table
from bench import Bench, say
from measure import NotMeasuredError
from rows import BENCHMARKS

PAGE = Path(__file__).with_name("RESULTS.md")
_TMPFS = Path("/dev/shm")  # noqa: S108 - only the default, and a folder of our own is made in it
_OWN_TOOLS = ("mypy", "ruff", "pydantic", "omnibase-core")


def main() -> None:
    """Measure what the command line asks for; the exit code is 1 if something could not be measured."""
    arguments = _arguments()
    omnibuild = arguments.omnibuild.absolute()
    python = omnibuild.with_name("python")
    for program in (omnibuild, python):
        if not program.is_file():
            sys.exit(f"benchmarks: there is no {program}: --omnibuild PATH names the command of an environment")
    scratch = Path(tempfile.mkdtemp(prefix="omnibuild-bench-", dir=arguments.scratch))
    try:
        say(f"work in {scratch}")
        programs = peers.environment(arguments.peers or scratch / "peers", str(python))
        bench = Bench(
            str(omnibuild), str(python), programs, scratch, arguments.nodes, arguments.runs, arguments.slow_runs
        )
        machine = _machine(bench)
        rows = _measured(bench, arguments.only or list(BENCHMARKS))
    finally:
        if not arguments.keep:
            shutil.rmtree(scratch, ignore_errors=True)
    machine["load when it ended"] = _load()
    page = table.page(rows, _command(arguments), machine)
    # What a tool said when it failed may hold paths of this machine.
    for folder in (str(scratch), str(python.parent.parent), str(programs.parent)):
        page = page.replace(folder, "…")
    arguments.out.write_text(page, encoding="utf-8")
    print(table.table(rows))
    sys.exit(any(it.result.startswith(table.NOT_MEASURED) for it in rows))


def _measured(bench: Bench, names: Sequence[str]) -> list[table.Row]:
    """Run the benchmarks and return their rows; one that fails is a row that says so."""
    rows: list[table.Row] = []
    for name, benchmark in BENCHMARKS.items():
        if name in names:
            try:
                for row in benchmark(bench):
                    say(" | ".join(filter(None, row.cells())))
                    rows.append(row)
            except NotMeasuredError as wrong:
                say(f"{name}: {wrong}")
                rows.append(table.left_out(name, None, "", str(wrong)))
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=(__doc__ or "").partition("\n")[0])
    beside = Path(sys.executable).with_name("omnibuild")
    tmpfs = _TMPFS if os.access(_TMPFS, os.W_OK) else Path(tempfile.gettempdir())
    add = parser.add_argument
    add("--nodes", type=_sizes, default=[10, 100, 1000, 10_000], metavar="N,N…", help="sizes of workspaces")
    add("--runs", type=_count, default=5, metavar="N", help="how often each side runs")
    add("--slow-runs", type=_count, default=1, metavar="N", help="the same, for what takes minutes")
    add("--only", nargs="+", choices=list(BENCHMARKS), metavar="NAME", help=f"out of {', '.join(BENCHMARKS)}")
    add("--out", type=Path, default=PAGE, metavar="FILE", help="the page to write")
    add("--scratch", type=Path, default=tmpfs, metavar="DIR", help="where to work; a tmpfs, if there is one")
    add("--peers", type=Path, metavar="DIR", help="the peers' environment, made if it is not there")
    add("--omnibuild", type=Path, default=beside, metavar="FILE", help="the command to measure")
    add("--keep", action="store_true", help="leave the folder that was worked in")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(it) for it in text.split(",")})
    if any(it < 10 or it % 10 for it in sizes):
        raise argparse.ArgumentTypeError("sizes are multiples of ten, since ten nodes are of all kinds")
    return sizes


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _command(arguments: argparse.Namespace) -> str:
    """Return the command that measures the same again, without the paths of this machine."""
    words = ["python", "benchmarks/run.py", "--nodes", ",".join(map(str, arguments.nodes))]
    words += ["--runs", str(arguments.runs), "--slow-runs", str(arguments.slow_runs)]
    return shlex.join([*words, "--only", *arguments.only] if arguments.only else words)


def _machine(bench: Bench) -> dict[str, str]:
    """Return what the figures depend on, by name."""
    own = peers.installed(bench.python, ["omnibuild", *_OWN_TOOLS])
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "files in": _file_system(bench.scratch),
        "python": platform.python_version(),
        "omnibuild": f"{own.pop('omnibuild')} with {_listed(own)}",
        "peers": _listed(peers.versions(bench.programs)),
        "load when it began": _load(),
    }


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _load() -> str:
    return " ".join(f"{it:.1f}" for it in os.getloadavg()) + " (of 1, 5 and 15 minutes)"


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _file_system(folder: Path) -> str:
    """Return the type of the file system that a folder lies on."""
    best, kind = "", "a file system of unknown type"
    try:
        mounts = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return kind
    for point, name in (line.split()[1:3] for line in mounts):
        if folder.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, name
    return kind


if __name__ == "__main__":
    main()
