"""The compile checks: the candidate tree is laid on a stage, type-checked, imported and run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnibuild.core.ports import Stage, Trial
from omnibuild.core.values import Draft, Finding, NodeSpec, Spec
from omnibuild.onex.names import Names
from omnibuild.onex.trial import example_runs, example_tests, narrowed, promised_classes


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compile checks found, for all nodes together."""

    findings: Sequence[Finding]
    trial: Trial

    def of(self, spec: Spec, draft: Draft) -> tuple[Sequence[Finding], Trial]:
        """Return what was found of one node; a finding that belongs to no file is everyone's."""
        own = [it for it in self.findings if it.file in draft.files or not it.file]
        return own, narrowed(self.trial, spec, draft)


def compile_drafts(
    stage: Stage,
    tree: Mapping[str, str],
    drafts: Sequence[tuple[Spec, Draft]],
    names: Names,
    codes: set[str],
) -> Compiled:
    """Check drafts inside the whole tree, in one process a tool; `codes` are the gates that want to know.

    Types are checked while the code is tried out: neither needs what the other finds.
    """
    stage.lay(tree)
    modules = sorted(path for _, it in drafts for path in it.files if path.endswith(".py"))
    with stage.checking_types(modules if "G13" in codes else ()) as findings:
        trial = _tried_out(stage, drafts, names, codes) if codes & {"G14", "G15", "G16"} else Trial()
        return Compiled(findings(), trial)


def _tried_out(stage: Stage, drafts: Sequence[tuple[Spec, Draft]], names: Names, codes: set[str]) -> Trial:
    nodes = [spec for spec, _ in drafts if isinstance(spec, NodeSpec)]
    classes: dict[str, Sequence[str]] = {}
    if "G14" in codes:
        for spec, draft in drafts:
            for module, promised in promised_classes(spec, draft, names).items():
                classes[module] = [*classes.get(module, ()), *promised]
    runs = [run for spec in nodes for run in example_runs(spec, names)] if "G15" in codes else []
    tests = [test for spec in nodes for test in example_tests(spec, names)] if "G15" in codes else []
    contracts = [f"{names.folder_path(spec.name)}/contract.yaml" for spec in nodes] if "G16" in codes else []
    return stage.try_out(classes, runs, contracts, tests)
