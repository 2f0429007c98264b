"""The property behind the cache: after any edits, an incremental build gives what a clean build gives."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workspaces import Sandbox, blocking, workspace

NAMES = ("alpha", "beta", "gamma", "delta")


@dataclass(frozen=True)
class Doc:
    """A document in a few words; it refers to documents before it, which may not be there."""

    kind: str
    fields: int = 1
    needs: str = ""
    factor: int = 1
    words: str = "Keep"
    folder: str = ""

    def files(self, name: str, all_: Mapping[str, Doc]) -> dict[str, str]:
        needed = all_.get(self.needs)
        ref = f"{self.needs}.{'Part' if needed and needed.kind == 'shared' else 'Output'}"
        fields = {f"f{number}": "int" for number in range(self.fields)} | ({"part": ref} if self.needs else {})
        written = ", ".join(f"{key}: {value}" for key, value in fields.items())
        home = f"specs/{self.folder}{name}"
        if self.kind == "shared":
            return {f"{home}.yaml": f"shared: {name}\ndescription: {self.words} it.\nmodels: {{Part: {{{written}}}}}\n"}
        text = (
            f"node: {name}\nkind: {self.kind}\ndescription: {self.words} what was given, in this order.\n"
            f"input: {{{written}}}\noutput: {{y: int}}\n"
        )
        if self.kind == "compute":
            return {f"{home}.yaml": text + f"logic: {{y: f0 * {self.factor}}}\n"}
        models = f"acme.nodes.node_{name}_effect.models"
        model = f"Model{name.capitalize()}"
        body = (
            f"from {models} import {model}Input, {model}Output\n\n\n"
            f"def handle(request: {model}Input) -> {model}Output:\n"
            f"    return {model}Output(y=request.f0 + {self.factor})\n"
        )
        return {f"{home}.yaml": text, f"{home}.py": body}


def docs(name: str) -> st.SearchStrategy[Doc]:
    return st.builds(
        Doc,
        st.sampled_from(["shared", "compute", "effect"]),
        st.integers(1, 2),
        st.sampled_from(["", *NAMES[: NAMES.index(name)]]),
        st.integers(1, 2),
        st.sampled_from(["Keep", "Drop"]),
        st.sampled_from(["", "deep/"]),
    )


WORKSPACES = st.fixed_dictionaries({name: st.none() | docs(name) for name in NAMES})
EDITS = st.lists(
    st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), st.none() | docs(name))),
    min_size=1,
    max_size=3,
)


def lay(sandbox: Sandbox, state: Mapping[str, Doc | None]) -> None:
    """Make the workspace hold exactly these documents."""
    present = {name: doc for name, doc in state.items() if doc}
    files = {file: text for name, doc in present.items() for file, text in doc.files(name, present).items()}
    for old in (sandbox.root / "specs").rglob("*.*"):
        if old.relative_to(sandbox.root).as_posix() not in files:
            old.unlink()
    for file, text in files.items():
        sandbox.write(file, text)


def clean(state: Mapping[str, Doc | None]) -> tuple[dict[str, str] | None, list[tuple[str, str]]]:
    """Return what a build of nothing but the specs gives, and its problems."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = workspace(Path(folder), {})
        lay(sandbox, state)
        report = sandbox.build()
        return (sandbox.tree() if report.ok else None), [(str(it.at), it.message) for it in report.problems]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(WORKSPACES, EDITS)
def test_an_incremental_build_gives_what_a_clean_one_gives(
    first: Mapping[str, Doc | None], edits: list[tuple[str, Doc | None]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sandbox = workspace(Path(folder), {})
        state, before = dict(first), dict[str, str]()
        for name, doc in [("", None), *edits]:
            if name:
                state[name] = doc
            lay(sandbox, state)
            report = sandbox.build()
            expected, problems = clean(state)
            assert [(str(it.at), it.message) for it in report.problems] == problems
            assert report.ok == (expected is not None), blocking(report)
            assert sandbox.tree() == (before if expected is None else expected)
            assert sandbox.check().ok == report.ok
            before = sandbox.tree()
