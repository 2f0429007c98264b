"""The build tools that omnibuild is measured against: their environment, files that say the same work, commands."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import NotMeasuredError, Side, run
from workspace import PACKAGE, Document, make

REQUIREMENTS = Path(__file__).with_name("peers.txt")

_DODO = """\
import json
from pathlib import Path

DOIT_CONFIG = {"backend": "json", "dep_file": "doit.json"}


def touch(targets):
    for target in targets:
        Path(target).touch()


def task_make():
    for edge in json.loads(Path("edges.json").read_text()):
        yield {"name": edge["name"], "file_dep": edge["inputs"], "targets": edge["outputs"], "actions": [touch]}
"""

# All that SCons' manual advises for speed: no tools, cached dependencies, contents only of what has another time.
_SCONSTRUCT = """\
import json
from pathlib import Path

SetOption("implicit_cache", 1)
SetOption("max_drift", 1)
environment = Environment(tools=[], IMPLICIT_COMMAND_DEPENDENCIES=False)
environment.Decider("content-timestamp")


def touch(target, source, env):
    for it in target:
        Path(str(it)).touch()


for edge in json.loads(Path("edges.json").read_text()):
    environment.Command(edge["outputs"], edge["inputs"], Action(touch, None))
"""


@dataclass(frozen=True)
class Edge:
    """One step of a build: what it reads, and what it writes."""

    name: str
    inputs: Sequence[str]
    outputs: Sequence[str]


@dataclass(frozen=True)
class BuildTool:
    """A peer for builds with nothing to do: the file that it reads, how it is called, and what it says then."""

    file: str
    text: Callable[[Sequence[Edge]], str]
    command: Callable[[Path], list[str]]
    idle: Callable[[str, int], bool]
    """Says whether the output, with so many edges, is that of a run that had nothing to do."""
    largest: int = 1_000_000
    """The largest workspace, in nodes, for which it is tried: some would take hours."""


def _ninja(edges: Sequence[Edge]) -> str:
    rules = [f"build {' '.join(it.outputs)}: make {' '.join(it.inputs)}" for it in edges]
    return "\n".join(["rule make", "  command = touch $out", *rules, ""])


def _make(edges: Sequence[Edge]) -> str:
    lines = ["MAKEFLAGS += --no-builtin-rules --no-builtin-variables", ".SUFFIXES:", ".PHONY: all"]
    lines += [f"all: {' '.join(edge.outputs)}" for edge in edges]
    for edge in edges:
        # `&:` says that one run of the recipe makes all of them.
        lines.append(f"{' '.join(edge.outputs)} &: {' '.join(edge.inputs)}\n\t@touch {' '.join(edge.outputs)}")
    return "\n".join([*lines, ""])


def _doit_is_idle(said: str, edges: int) -> bool:
    lines = said.splitlines()
    return len(lines) == edges and all(line.startswith("-- ") for line in lines)


TOOLS = {
    "ninja": BuildTool(
        "build.ninja",
        _ninja,
        lambda programs: [str(programs / "ninja")],
        lambda said, _: said.strip() == "ninja: no work to do.",
    ),
    "make": BuildTool(
        "Makefile",
        _make,
        lambda _: [system_make()],
        lambda said, _: said.strip() == "make: Nothing to be done for 'all'.",
    ),
    "doit": BuildTool(
        "dodo.py",
        lambda _: _DODO,
        lambda programs: [str(programs / "doit")],
        _doit_is_idle,
        largest=1000,
    ),
    "scons": BuildTool(
        "SConstruct",
        lambda _: _SCONSTRUCT,
        lambda programs: [str(programs / "scons"), "-Q"],
        lambda said, _: said.strip() == "scons: `.' is up to date.",
        largest=1000,
    ),
}


def edges(documents: Iterable[Document], built: Path) -> list[Edge]:
    """Return the steps that make what omnibuild has built: one a document, and one for the files around them.

    A step depends on its own spec and body, and on one file of each step that it needs.
    """
    by_folder: dict[str, list[str]] = {}
    rest: list[str] = []
    base = f"out/src/{PACKAGE}/"
    for path in sorted(it.relative_to(built).as_posix() for it in (built / "out").rglob("*") if it.is_file()):
        folder = "/".join(path.removeprefix(base).split("/")[:2])
        # What lies in nodes/ or shared/ itself belongs to no document.
        is_of_document = path.startswith(base) and path.count("/") > base.count("/") + 1
        (by_folder.setdefault(folder, []) if is_of_document else rest).append(path)
    found = [Edge("project", ["omnibuild.toml"], rest)]
    first: dict[str, str] = {}
    for document in documents:
        outputs = by_folder.pop(document.folder)
        first[document.name] = outputs[0]
        found.append(Edge(document.name, [*document.files, *(first[it] for it in document.needs)], outputs))
    if by_folder:
        raise NotMeasuredError(f"no spec of the synthetic workspace makes {', '.join(sorted(by_folder)[:3])}")
    return found


def prepared(tool: BuildTool, programs: Path, folder: Path, nodes: int, steps: Sequence[Edge]) -> Side:
    """Write a tree of a tool's own, with the same specs; build it once; return the run that has nothing to do."""
    make(folder, nodes)
    for parent in {(folder / output).parent for step in steps for output in step.outputs}:
        parent.mkdir(parents=True, exist_ok=True)
    (folder / tool.file).write_text(tool.text(steps))
    (folder / "edges.json").write_text(json.dumps([vars(it) for it in steps]))
    command = tool.command(programs)
    run(Side(command, folder, lambda said: "it had nothing to do" if tool.idle(said, len(steps)) else None))
    missing = [it for step in steps for it in step.outputs if not (folder / it).is_file()]
    if missing:
        raise NotMeasuredError(f"{command[0]} did not make {len(missing)} files")
    return Side(command, folder, lambda said: None if tool.idle(said, len(steps)) else "it had something to do")


def system_make() -> str:
    """Return the system's make. Raises NotMeasuredError if there is none that knows grouped targets."""
    found = shutil.which("make")
    version = _said([found, "--version"]) if found else ""
    if found is None or not (known := re.match(r"GNU Make (\d+)\.(\d+)", version)):
        raise NotMeasuredError("there is no GNU make here")
    if (int(known[1]), int(known[2])) < (4, 3):
        raise NotMeasuredError(f"{known[0]} does not know grouped targets; 4.3 does")
    return found


def environment(folder: Path, python: str) -> Path:
    """Make an environment with the peers in a folder, unless it is there, and return the folder of its programs."""
    programs, mark = folder / "bin", folder / "peers.sha256"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == digest:
        return programs
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise SystemExit("benchmarks: uv is needed to install the peers: pip install uv")
    install = [uv, "pip", "install", "--quiet", "--python", str(programs / "python"), "--compile-bytecode"]
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", python, str(folder)],
        [*install, "--require-hashes", "-r", str(REQUIREMENTS)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            raise SystemExit(f"benchmarks: the peers cannot be installed: {done.stderr.strip()}")
    mark.write_text(digest)
    return programs


def versions(programs: Path) -> Mapping[str, str]:
    """Return the versions of all peers, as they say it themselves."""
    names = ("ninja", "doit", "scons", "datamodel-code-generator", "copier")
    found = installed(str(programs / "python"), names)
    try:
        found["make"] = _said([system_make(), "--version"]).splitlines()[0].removeprefix("GNU Make ")
    except NotMeasuredError as missing:
        found["make"] = f"({missing})"
    return found


def installed(python: str, names: Iterable[str]) -> dict[str, str]:
    """Return the versions of distributions beside an interpreter."""
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]), sep='\\n')"
    wanted = list(names)
    return dict(zip(wanted, _said([python, "-I", "-c", code, *wanted]).split(), strict=True))


def _said(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise SystemExit(f"benchmarks: {Path(command[0]).name} does not work: {done.stderr.strip()}")
    return done.stdout
