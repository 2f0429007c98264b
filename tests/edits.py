"""What people do to a workspace between two builds: to its sources, its output and its cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import strategies as st

from tests.drawn import KINDS, NAMES, ORDINARY, SMALL, Doc, Drawn
from tests.workspaces import Sandbox


@dataclass(frozen=True)
class Edit:
    """One edit: of what kind, which one of the documents or files it hits, and a number to change something to."""

    what: str
    which: int = 0
    value: int = 0


@dataclass
class Bench:
    """A workspace that is worked on: what its sources are made from, and what was done to the other folders."""

    sandbox: Sandbox
    drawn: Drawn
    strays: set[str] = field(default_factory=set)
    edited: set[str] = field(default_factory=set)
    damaged: bool = False

    def apply(self, edit: Edit) -> None:
        """Make an edit, as far as there is anything that it can be made to."""
        if edit.what in SOURCES:
            names = sorted(self.drawn.docs)
            if names:
                self.drawn = SOURCES[edit.what](self.drawn, names[edit.which % len(names)], edit.value)
            self.lay()
        else:
            OTHERS[edit.what](self, edit.which)

    def lay(self) -> None:
        """Make the workspace hold exactly the files that are drawn; what is as it should be is not touched."""
        files, root = self.drawn.files(), self.sandbox.root
        for folder in ("specs", "templates"):
            for old in [it for it in (root / folder).rglob("*") if it.is_file()]:
                if old.relative_to(root).as_posix() not in files:
                    old.unlink()
        for file, text in files.items():
            if not (root / file).exists() or self.sandbox.read(file) != text:
                self.sandbox.write(file, text)

    def output(self, which: int) -> Path | None:
        """Return one of the files that omnibuild wrote."""
        found = sorted(
            it
            for it in self.sandbox.out.rglob("*")
            if it.is_file() and it.name != ".omnibuild.json" and self.relative(it) not in self.strays
        )
        return found[which * 7 % len(found)] if found else None

    def relative(self, path: Path) -> str:
        return path.relative_to(self.sandbox.out).as_posix()

    def cached(self, part: str = "") -> Sequence[Path]:
        """Return the files of the cache."""
        return sorted(it for it in (self.sandbox.root / "cache" / part).rglob("*") if it.is_file())


# ------------------------------------------------------------------------------------ to the sources


def _changed(drawn: Drawn, name: str, **changes: object) -> Drawn:
    return replace(drawn, docs={**drawn.docs, name: replace(drawn.docs[name], **changes)})  # type: ignore[arg-type]


def _rename(drawn: Drawn, name: str, value: int) -> Drawn:
    free = [it for it in NAMES if it not in drawn.docs]
    if not free:
        return drawn
    new = free[value % len(free)]

    def known(it: str) -> str:
        return new if it == name else it

    docs = {
        known(it): replace(doc, needs=known(doc.needs), listens=known(doc.listens)) for it, doc in drawn.docs.items()
    }
    return replace(drawn, docs=docs, broken=frozenset(map(known, drawn.broken)))


def _refer(drawn: Drawn, name: str, value: int) -> Drawn:
    return _changed(drawn, name, needs=["", *sorted(drawn.docs)][value % (len(drawn.docs) + 1)])


def _listen(drawn: Drawn, name: str, value: int) -> Drawn:
    return _changed(drawn, name, listens=["", *sorted(drawn.docs)][value % (len(drawn.docs) + 1)])


def _delete(drawn: Drawn, name: str, _: int) -> Drawn:
    rest = {it: doc for it, doc in drawn.docs.items() if it != name}
    return replace(drawn, docs=rest) if rest else drawn


def _add(drawn: Drawn, name: str, value: int) -> Drawn:
    free = next((it for it in NAMES if it not in drawn.docs), None)
    kinds = ("compute", "file", "body", "shared")
    return replace(drawn, docs={**drawn.docs, free: Doc(kinds[value % 4], needs=name)}) if free else drawn


SOURCES: dict[str, Callable[[Drawn, str, int], Drawn]] = {
    "expression": lambda drawn, name, value: _changed(drawn, name, factor=value % 3 + 1),
    "field": lambda drawn, name, value: _changed(drawn, name, fields=value % 2 + 1),
    "part": lambda drawn, name, value: _changed(drawn, name, parts=value % 3 + 1),
    "description": lambda drawn, name, value: _changed(drawn, name, words=("Keep", "Drop", "Take")[value % 3]),
    "policy": lambda drawn, name, value: _changed(drawn, name, seconds=5 + value % 3),
    "kind": lambda drawn, name, value: _changed(drawn, name, kind=KINDS[value % 5]),
    "move": lambda drawn, name, value: _changed(drawn, name, folder=("", "deep/")[value % 2]),
    "refer": _refer,
    "listen": _listen,
    "rename": _rename,
    "delete": _delete,
    "add": _add,
    "break": lambda drawn, name, _: replace(drawn, broken=drawn.broken | {name}),
    "mend": lambda drawn, *_: replace(drawn, broken=frozenset()),
    "header": lambda drawn, _, value: replace(drawn, header=value % 3),
    "helper": lambda drawn, _, value: replace(drawn, helper=value),
    "package": lambda drawn, _, value: replace(drawn, package=("acme", "other")[value % 2]),
    "size": lambda drawn, _, value: replace(drawn, size=(ORDINARY, SMALL)[value % 2]),
    "warned": lambda drawn, _, value: replace(drawn, warned=bool(value % 2)),
    "jobs": lambda drawn, _, value: replace(drawn, jobs=max(1, value % 6 - 2)),
}

# ------------------------------------------------------------------------- to the output and the cache


def _touch(bench: Bench, which: int) -> None:
    files = sorted((bench.sandbox.root / "specs").rglob("*.*"))
    if files:
        os.utime(files[which % len(files)])


def _edit_output(bench: Bench, which: int) -> None:
    """Change an output in a way that neither its size nor its place shows."""
    path = bench.output(which)
    if path and (data := path.read_bytes()):
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        bench.edited.add(bench.relative(path))


def _delete_output(bench: Bench, which: int) -> None:
    if path := bench.output(which):
        path.unlink()


def _delete_all_output(bench: Bench, _: int) -> None:
    shutil.rmtree(bench.sandbox.out, ignore_errors=True)
    bench.strays.clear()


def _stray(bench: Bench, which: int) -> None:
    if path := bench.output(which):
        stray = path.with_name("stray.txt")
        stray.write_text("mine\n")
        bench.strays.add(bench.relative(stray))


def _tidy(bench: Bench, _: int) -> None:
    for stray in bench.strays:
        (bench.sandbox.out / stray).unlink(missing_ok=True)
    bench.strays.clear()


def _drop(part: str) -> Callable[[Bench, int], None]:
    def drop(bench: Bench, _: int) -> None:
        shutil.rmtree(bench.sandbox.root / "cache" / part, ignore_errors=True)
        bench.damaged = True

    return drop


def _forget(bench: Bench, _: int) -> None:
    (bench.sandbox.root / "cache/state").unlink(missing_ok=True)


def _truncate(part: str) -> Callable[[Bench, int], None]:
    def truncate(bench: Bench, which: int) -> None:
        if files := bench.cached(part):
            path = files[which % len(files)]
            os.truncate(path, path.stat().st_size * (which % 3) // 3)
            bench.damaged = True

    return truncate


OTHERS: dict[str, Callable[[Bench, int], None]] = {
    "nothing": lambda *_: None,
    "touch": _touch,
    "edit output": _edit_output,
    "delete output": _delete_output,
    "delete all output": _delete_all_output,
    "stray": _stray,
    "tidy": _tidy,
    "drop cache": _drop(""),
    "drop store": _drop("store"),
    "forget": _forget,
    "truncate": _truncate(""),
    "truncate store": _truncate("store"),
}

_OFTEN = ("expression", "field", "part", "description", "policy", "refer", "rename", "delete", "add")
EDITS = st.builds(
    Edit,
    st.sampled_from((*SOURCES, *OTHERS, *_OFTEN, *_OFTEN, "break", "mend", "mend")),
    st.integers(0, 40),
    st.integers(0, 12),
)
STEPS = st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=4)
