"""What is to be done about a node: constructive traces, after "Build systems à la carte" (2018)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omnibuild.cache.manifest import differences
from omnibuild.core.values import Manifest, Status, Trace


@dataclass(frozen=True, slots=True)
class Decision:
    """The manifest, what it leads to (up-to-date, restored or built), why, and the trace if it is a hit."""

    manifest: Manifest
    status: Status
    because: tuple[str, ...]
    trace: Trace | None = None
    before: Manifest | None = None

    @property
    def node(self) -> str:
        """The node's name."""
        return self.manifest.node


def decide(manifest: Manifest, hit: Trace | None, latest: Trace | None, present: Mapping[str, str]) -> Decision:
    """Return what to do about a node.

    `hit` is the trace under the manifest's key, `latest` the one that was kept last, `present` the
    digests of the files below `out/`.
    """
    before = latest.manifest if latest else None
    if hit is None:
        changed = tuple(str(it) for it in differences(before, manifest)) if before else ()
        because = changed or (("its trace is gone",) if before else ("it was never built",))
        return Decision(manifest, Status.BUILT, because, before=before)
    missing = [path for path, _ in hit.files if path not in present]
    other = [path for path, digest in hit.files if path in present and present[path] != digest]
    if not missing and not other:
        return Decision(manifest, Status.UP_TO_DATE, (), hit, before)
    because = tuple(f"{path} is missing" for path in missing[:3]) + tuple(f"{path} differs" for path in other[:3])
    more = len(missing) + len(other) - len(because)
    return Decision(manifest, Status.RESTORED, (*because, *((f"and {more} more",) if more else ())), hit, before)


def needed(label: str) -> str:
    """Return the node that an entry of a manifest is about, nothing if it is about none."""
    what, _, name = label.partition(" of ")
    return name if what in ("interface", "code") else ""


def chain(name: str, decisions: Mapping[str, Decision]) -> tuple[str, ...]:
    """Return the way from a node to the one whose own change is behind the change of its interface."""
    decision = decisions.get(name)
    if decision is None or decision.before is None or decision.status is not Status.BUILT:
        return (name,)
    labels = [it.label for it in differences(decision.before, decision.manifest)]
    behind = next((name for name in map(needed, labels) if name), None)
    return (name, *(chain(behind, decisions) if behind else ()))
