"""The documents as tests read them: their code blocks, their commands, and walks through them as a reader's."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.workspaces import REPOSITORY

DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])
SHELLS = ("console", "bash", "sh")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (\S+/\S+\.\w+)(, as omnibuild wrote it)?\n")
_STEP = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its language, its text, and where the text begins in the document."""

    language: str
    text: str
    start: int

    @property
    def first(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]

    @property
    def file(self) -> str | None:
        """The file that the block is, if its first line names one."""
        found = _FILE.match(self.text)
        return found[1] if found else None

    @property
    def is_made(self) -> bool:
        """Whether it shows a file that omnibuild has written."""
        found = _FILE.match(self.text)
        return bool(found and (found[2] or found[1].startswith("out/")))


def code(text: str, begin: int = 0, end: int | None = None) -> Iterator[Block]:
    """Yield the code blocks between two places of a document."""
    for found in _BLOCK.finditer(text, begin, len(text) if end is None else end):
        yield Block(found[1], found[2], found.start(2))


def blocks(text: str, *languages: str) -> Iterator[str]:
    """Yield the texts of the code blocks in one of these languages."""
    return (it.text for it in code(text) if it.language in languages)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of every call of omnibuild in the shell blocks of a document."""
    for block in blocks(text, *SHELLS):
        console = "$ " in block
        for line in block.replace("\\\n", " ").splitlines():
            if console and not line.startswith("$ "):
                continue
            for part in re.split(r"&&|\|\||;|\|", line.removeprefix("$ ")):
                words = shlex.split(part, comments=True) if "omnibuild" in part else []
                while words and re.match(r"[A-Z_]+=", words[0]):
                    del words[0]
                if words and words[0].rpartition("/")[2] == "omnibuild":
                    yield words[1:]


# ---------------------------------------------------------------------------------------- walks

_KEPT_OUT = {"PIP_REQUIRE_VIRTUALENV": "1", "VIRTUAL_ENV": ""}
"""What keeps a document from installing anything on the machine that tests it."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A part of a document whose blocks are done one after another.

    `heading` is the one that the part stands under, the beginning up to the first one if it is empty,
    the whole document if it is `*`. Before it the lines of `before` are run. `files` are written when the
    reader is in the workspace: at once, or behind the first `cd` of the part. Blocks are left out that begin
    with one of the lines of `without`.
    """

    document: str
    heading: str = "*"
    before: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def blocks(self, text: str) -> list[Block]:
        """Return the code blocks of the part."""
        return [it for it in code(text, *self._part(text)) if it.first not in self.without]

    def _part(self, text: str) -> tuple[int, int]:
        """Return where the part begins and ends."""
        if self.heading == "*":
            return 0, len(text)
        begin = text.index(f"\n{self.heading}\n") + 1 if self.heading else 0
        end = text.find("\n## ", begin + 1)
        return begin, len(text) if end < 0 else end + 1


@dataclass(frozen=True, slots=True)
class Correction:
    """What the document should say from one place to another, and how that differs from what it says."""

    start: int
    end: int
    text: str
    difference: str


@dataclass(slots=True)
class Reader:
    """Somebody who does what a document says: writes its files, runs its commands, looks at what comes of them."""

    here: Path
    files: dict[str, str]
    differences: list[str] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    """The differences that can be written into the document."""

    def do(self, block: Block) -> None:
        """Do what one block says."""
        if block.file and block.is_made:
            self._look(block.file, block)
        elif block.file:
            self._write({block.file: block.text})
        elif block.language == "console":
            for found in _STEP.finditer(block.text):
                self._step(found[1], found[2], block.start + found.start(2))
        elif block.language in SHELLS:
            for line in block.text.replace("\\\n", " ").splitlines():
                done = self.run(line)
                if done.returncode:
                    self.differences.append(f"{line}\nends with {done.returncode}\n{done.stdout}{done.stderr}")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run one command where the reader is."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.here,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY), **_KEPT_OUT},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def enter(self, folder: str = "") -> None:
        """Go to a folder; the files that are wanted in the workspace are written there."""
        self.here = self.here / folder
        self._write(self.files)
        self.files = {}

    def _step(self, command: str, printed: str, start: int) -> None:
        if command.startswith("cd "):
            self.enter(command.removeprefix("cd "))
            return
        done = self.run(command)
        if re.fullmatch(pattern(printed), steady(done.stdout)):
            return
        difference = f"not what the document shows:\n$ {command}\n{done.stdout}{done.stderr}"
        if "…\n" in printed:
            self.differences.append(difference)
        else:
            self.corrections.append(Correction(start, start + len(printed), done.stdout, difference))

    def _look(self, file: str, block: Block) -> None:
        """Compare a generated file with the block that shows it below its name."""
        path = self.here / file
        made = path.read_text() if path.exists() else ""
        if block.text != f"{block.first}\n{made}":
            difference = f"not what the document shows: {file}\n{made}"
            end = block.start + len(block.text)
            self.corrections.append(Correction(block.start, end, f"{block.first}\n{made}", difference))

    def _write(self, files: Mapping[str, str]) -> None:
        for file, text in files.items():
            path = self.here / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def take(walk: Walk, root: Path, *, regen: bool = False) -> list[str]:
    """Do what a part of a document says, in this folder; return what differs.

    With `regen` the document is corrected, and what is returned is what cannot be.
    """
    document = REPOSITORY / walk.document
    text = document.read_text()
    reader = Reader(root, dict(walk.files))
    for line in walk.before:
        if line.startswith("cd "):
            reader.here = reader.here / line.removeprefix("cd ")
            continue
        done = reader.run(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    part = walk.blocks(text)
    assert part, walk
    if not any("$ cd " in it.text for it in part):
        reader.enter()
    for block in part:
        reader.do(block)
    if not regen:
        return reader.differences + [it.difference for it in reader.corrections]
    for it in reversed(reader.corrections):
        text = text[: it.start] + it.text + text[it.end :]
    document.write_text(text)
    return reader.differences


def pattern(printed: str) -> str:
    """Return the pattern of a shown output: a line `…` stands for any lines."""
    parts = ("(?:.*\n)*?" if line == "…\n" else re.escape(steady(line)) for line in printed.splitlines(keepends=True))
    return "".join(parts)


def steady(text: str) -> str:
    """Return a text without what differs from run to run: digests, versions of tools, times, sizes of files."""
    text = re.sub(r"\d+\.\d+\.\d+", "#.#.#", re.sub(r"\b[0-9a-f]{12}\b", "#", text))
    return re.sub(r"  +", "  ", re.sub(r"\bin \d+\.\d+s\b", "in #s", text))
