from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from omnibuild.compile import compile_drafts
from omnibuild.core.ports import Failure, Trial
from omnibuild.core.values import Draft, Finding, Mode
from tests.workspaces import Sandbox

FINDING = Finding("src/acme/nodes/node_pricer_compute/node.py", 1, 1, "", "wrong")
TRIAL = Trial(imports=(Failure("acme", "wrong"),))


class Diary:
    """A stage that writes down in which order it is asked for what."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def lay(self, files: Mapping[str, str]) -> None:
        self.lines.append(f"lay {len(files)}")

    @contextmanager
    def checking_types(self, paths: Sequence[str]) -> Iterator[Callable[[], Sequence[Finding]]]:
        self.lines.append(f"start {len(paths)}")

        def findings() -> Sequence[Finding]:
            self.lines.append("findings")
            return [FINDING] if paths else ()

        try:
            yield findings
        finally:
            self.lines.append("end")

    def try_out(self, *_: object, **__: object) -> Trial:
        self.lines.append("try out")
        return TRIAL


@pytest.mark.parametrize(
    ("codes", "order", "findings", "trial"),
    [
        ({"G13", "G14"}, ["lay 1", "start 1", "try out", "findings", "end"], [FINDING], TRIAL),
        ({"G13"}, ["lay 1", "start 1", "findings", "end"], [FINDING], Trial()),
        ({"G15"}, ["lay 1", "start 0", "try out", "findings", "end"], (), TRIAL),
    ],
)
def test_code_is_tried_out_while_its_types_are_checked(
    chain: Sandbox, codes: set[str], order: list[str], findings: Sequence[Finding], trial: Trial
) -> None:
    found = chain.open(Mode.BALANCED).survey()
    draft = Draft("pricer", {FINDING.file: "", "src/acme/nodes/node_pricer_compute/contract.yaml": ""})
    stage = Diary()

    compiled = compile_drafts(stage, {"x": ""}, [(found.graph.specs["pricer"], draft)], found.names, codes)

    assert stage.lines == order
    assert (compiled.findings, compiled.trial) == (findings, trial)
