"""Which of the steps run one after the other, and which at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omnibuild.onex.orchestrator.steps import Step


def segment(steps: Sequence[Step]) -> int:
    """Return how many of the steps, which are in order, come before all the others.

    Every later step needs each of them, directly or through others, so that no step waits for one that
    it does not need. A segment of one is called on its own, a larger one is a group that runs at the same time.
    """
    needs = _needs(steps)
    for size in range(1, len(steps)):
        first = frozenset(it.name for it in steps[:size])
        if all(first <= needs[it.name] for it in steps[size:]):
            return size
    return len(steps)


def _needs(steps: Sequence[Step]) -> Mapping[str, frozenset[str]]:
    """Return which of the steps each one needs, through others too."""
    needs: dict[str, frozenset[str]] = {}
    for step in steps:
        direct = step.reads & needs.keys()
        needs[step.name] = direct.union(*(needs[it] for it in direct))
    return needs
