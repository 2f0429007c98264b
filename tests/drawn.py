"""Workspaces that hypothesis draws: a few words for each document, from which its files are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

_ANIMALS = (
    "ant bee cat dog eel fox gnu hen ibis jay kite lynx mole newt owl pig quail ram seal toad "
    "urchin vole wasp yak zebra crab duck frog goat hare"
)
NAMES = tuple(_ANIMALS.split())
KINDS = ("shared", "compute", "file", "body", "reducer", "caller")
ORDINARY, SMALL = "2GiB", "40KB"
"""How large the cache may grow: enough for everything, and too little for a handful of nodes."""


@dataclass(frozen=True)
class Doc:
    """A document in a few words; it refers to documents that may not be there."""

    kind: str
    fields: int = 1
    parts: int = 1
    needs: str = ""
    listens: str = ""
    factor: int = 1
    words: str = "Keep"
    seconds: int = 5
    folder: str = ""


@dataclass(frozen=True)
class Drawn:
    """All that the sources of a workspace are written from."""

    docs: Mapping[str, Doc]
    package: str = "acme"
    mode: str = "fast"
    jobs: int = 1
    size: str = ORDINARY
    warned: bool = False
    header: int = 0
    helper: int = 1
    broken: frozenset[str] = field(default_factory=frozenset)

    def files(self) -> dict[str, str]:
        """Return the files of the workspace, path to text."""
        files = {"omnibuild.toml": self._settings(), "helper.py": f'"""Numbers."""\n\nFACTOR = {self.helper}\n'}
        if self.header:
            text = f"# Header {self.header}.\n"
            files["templates/header.py.j2"] = (
                f'{{% extends "omnibuild/header.py.j2" %}}\n{{% block header %}}\n{text}{{% endblock %}}\n'
            )
        for name, doc in self.docs.items():
            files |= self._document(name, doc)
        return files

    def _settings(self) -> str:
        level = "warn" if self.warned else "off"
        return (
            f'[workspace]\npackage = "{self.package}"\ndependencies = ["helper"]\n'
            f'[build]\nmode = "{self.mode}"\njobs = {self.jobs}\n[cache]\nmax_size = "{self.size}"\n'
            f'[gates]\nG7 = "off"\nG8 = "{level}"\nG18 = "off"\n'
        )

    def _document(self, name: str, doc: Doc) -> dict[str, str]:
        home = f"specs/{doc.folder}{name}"
        part = {f"p{number}": "int" for number in range(doc.parts)} | (
            {"inner": f"{doc.needs}.Part"} if doc.needs else {}
        )
        head = f"description: {doc.words} what was given, in this order.\nmodels: {{Part: {_written(part)}}}\n"
        if name in self.broken:
            return {f"{home}.yaml": f"node: {name}\nkind: [\n"}
        if doc.kind == "shared":
            return {f"{home}.yaml": f"shared: {name}\n{head}"}
        kind = {"file": "effect", "body": "effect", "caller": "orchestrator"}.get(doc.kind, doc.kind)
        text = f"node: {name}\nkind: {kind}\n{head}policy: {{timeout: {doc.seconds}s, idempotent: true}}\n"
        if doc.listens:
            text += f"events: {{consumes: [{doc.listens}]}}\n"
        if doc.kind == "reducer":
            return {f"{home}.yaml": text + _machine(doc)}
        given = {f"f{number}": "int" for number in range(doc.fields)}
        given |= {"part": f"{doc.needs}.Part"} if doc.needs else {}
        text += f"input: {_written(given)}\noutput: {{y: int}}\n" + self._logic(doc)
        return {f"{home}.yaml": text} | ({f"{home}.py": self._body(name, doc)} if doc.kind == "body" else {})

    def _logic(self, doc: Doc) -> str:
        match doc.kind:
            case "compute":
                return f"logic: {{y: f0 * {doc.factor}}}\n"
            case "file":
                operation = "operations:\n  - file: {in: env.FOLDER, read: str(f0)}\n    as: got\n"
                return f"env: {{FOLDER: {{required: true}}}}\n{operation}logic: {{y: len(got) * {doc.factor}}}\n"
            case "caller" if doc.needs:
                called = self.docs.get(doc.needs)
                given = {f"f{number}": "f0" for number in range(called.fields if called else 1)}
                given |= {"part": "part.inner"} if called and called.needs else {}
                step = f"{{step: one, call: {doc.needs}, with: {_written(given)}}}"
                return f"steps:\n  - {step}\nlogic: {{y: one.y * {doc.factor}}}\n"
            case "caller":
                return f"steps: []\nlogic: {{y: f0 * {doc.factor}}}\n"
            case _:
                return ""

    def _body(self, name: str, doc: Doc) -> str:
        """Return a body; with some factors it imports a module of the workspace, or another node's handler."""
        model = f"Model{name.capitalize()}"
        lines = ["import helper", f"from {self.package}.nodes.node_{name}_effect.models import {model}Input"]
        lines[-1] += f", {model}Output"
        factor = "helper.FACTOR" if doc.factor == 3 else str(doc.factor)
        called = self.docs.get(doc.needs)
        if doc.factor == 2 and called and called.kind == "compute":
            home = f"{self.package}.nodes.node_{doc.needs}_compute.handlers.handler_{doc.needs}"
            handler = f"Handler{doc.needs.capitalize()}"
            lines += [f"from {home} import {handler}", "", f"CALLED = {handler}"]
        lines += ["", "", f"def handle(request: {model}Input) -> {model}Output:"]
        lines += ['    """Do it."""', f"    return {model}Output(y=request.f0 * {factor})", ""]
        return "\n".join(lines if doc.factor == 3 else lines[1:])


def _written(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def _machine(doc: Doc) -> str:
    message = {f"f{number}": "int" for number in range(doc.fields)}
    message |= {"part": f"{doc.needs}.Part"} if doc.needs else {}
    return (
        f"messages: {{Added: {_written(message)}}}\nstates: [open, shut]\nterminal: [shut]\n"
        "state: {total: {type: int, default: 0}}\n"
        f"transitions:\n  - {{when: Added, from: open, to: shut, set: {{total: event.f0 * {doc.factor}}}}}\n"
    )


def _documents(count: int) -> st.SearchStrategy[dict[str, Doc]]:
    """Return a strategy for so many documents, of which each may refer to earlier ones."""
    return st.fixed_dictionaries({name: _one(NAMES[:number]) for number, name in enumerate(NAMES[:count])})


def _one(before: tuple[str, ...]) -> st.SearchStrategy[Doc]:
    others = st.sampled_from(("", *before))
    return st.builds(
        Doc,
        st.sampled_from(KINDS),
        st.integers(1, 2),
        st.integers(1, 2),
        others,
        st.sampled_from(("", "", "")) if not before else st.sampled_from(("", "", *before[-1:])),
        st.integers(1, 3),
        st.sampled_from(("Keep", "Drop")),
        st.integers(5, 6),
        st.sampled_from(("", "deep/")),
    ).map(_sound)


def _sound(doc: Doc) -> Doc:
    """Return a document that is right by itself: an orchestrator calls somebody."""
    return replace(doc, kind="compute") if doc.kind == "caller" and not doc.needs else doc


WORKSPACES = st.builds(
    Drawn,
    docs=st.sampled_from((1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 8, 8, 12, 30)).flatmap(_documents),
    jobs=st.sampled_from((1, 1, 1, 1, 1, 2, 3)),
    size=st.sampled_from((ORDINARY, ORDINARY, ORDINARY, SMALL)),
    header=st.sampled_from((0, 0, 0, 1)),
)
