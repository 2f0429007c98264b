"""What decides whether a node must be rebuilt: one walk, read as a key or as an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from omnibuild.core.values import Manifest, NodeSpec, Spec, digest

NONE = ""
"""The digest of what is not there."""


def manifest(
    spec: Spec,
    needs: Mapping[str, str],
    common: Iterable[tuple[str, str]],
    runs: Mapping[str, str] | None = None,
) -> Manifest:
    """Return a node's manifest.

    `needs` are the interface digests of what it needs, `runs` the digests of all that decides about the
    nodes whose code its own code runs, `common` what is the same for all or many nodes of a build: tools,
    settings, templates, gates, as pairs that all manifests share.
    """
    entries = [(f"spec.{key}", value) for key, value in sorted(spec.sections)]
    if isinstance(spec, NodeSpec) and spec.body:
        entries.append(("body", digest(spec.body.text)))
    if isinstance(spec, NodeSpec) and spec.adopted and "from" in spec.adopted.sections:
        entries.append(("original", NONE if spec.adopted.original is None else digest(spec.adopted.original)))
    modules = (*spec.imports, *(it for code in spec.code for it in code.modules))
    entries += sorted({f"code {it.name}": it.digest for it in modules}.items())
    entries += [(f"interface of {name}", value) for name, value in sorted(needs.items())]
    entries += [(f"code of {name}", value) for name, value in sorted((runs or {}).items())]
    entries += sorted(common)
    return Manifest(spec.name, tuple(entries))


@dataclass(frozen=True, slots=True)
class Difference:
    """A label whose digest is another than before; an empty digest stands for nothing."""

    label: str
    before: str
    now: str

    def __str__(self) -> str:
        if not self.before:
            return f"{self.label} is new"
        return f"{self.label} is gone" if not self.now else f"{self.label} changed"


def differences(before: Manifest, now: Manifest) -> Iterator[Difference]:
    """Yield what differs between two manifests of a node, in the order of the new one."""
    old, new = dict(before.entries), dict(now.entries)
    for label in (*new, *(it for it in old if it not in new)):
        if old.get(label) != new.get(label):
            yield Difference(label, old.get(label, NONE), new.get(label, NONE))
