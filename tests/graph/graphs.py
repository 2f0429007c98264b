"""Graphs of shared documents, from who needs whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from omnibuild.core.values import Field, Model, Pointer, Ref, SharedSpec, Type


def at(name: str) -> Pointer:
    return Pointer(f"specs/{name}.yaml", 0, ())


def specs(needs: Mapping[str, Sequence[str]]) -> dict[str, SharedSpec]:
    """Return documents whose model `Part` refers to those of others."""
    result = {}
    for name, needed in needs.items():
        fields = [
            Field(
                f"f{number}",
                Type("ref", ref=Ref(other, "Part")),
                at(name).to("models", "Part", f"f{number}"),
                f"{other}.Part",
            )
            for number, other in enumerate(needed)
        ]
        model = Model(Ref(name, "Part"), tuple(fields), at(name).to("models", "Part"))
        result[name] = SharedSpec(name, at(name), "It.", (model,), (), (), tags=(f"t{len(name)}",))
    return result


NAMES = ("a", "b", "c", "dd", "ee", "f")
NEEDS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3), min_size=1)
"""Any graph, with cycles and with needs of what is not there."""

ACYCLIC = st.lists(st.sets(st.integers(0, 5)), min_size=6, max_size=6).map(
    lambda rows: {
        name: sorted(NAMES[it] for it in row if it < number)
        for number, (name, row) in enumerate(zip(NAMES, rows, strict=True))
    }
)
"""Graphs without cycles, where everything is there."""
