from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from omnibuild.cache.comparison import compare

TREES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))


@given(TREES, TREES, TREES, st.sets(st.sampled_from("abcdef")))
def test_a_comparison_brings_the_tree_in_step(
    wanted: Mapping[str, str], ledger: Mapping[str, str], present: Mapping[str, str], scope: set[str]
) -> None:
    found = compare(wanted, ledger, present, scope.__contains__)

    after = dict(present) | {path: wanted[path] for path in found.write}
    after = {path: digest for path, digest in after.items() if path not in found.remove}
    assert {path: after[path] for path in wanted} == wanted
    others = {path: digest for path, digest in present.items() if path not in wanted}
    gone = {path for path in others if path not in after}
    assert gone == {path for path in others if path in ledger and path in scope}
    assert set(found.edited) == {
        it for it in (*found.write, *found.remove) if it in present and present[it] != ledger.get(it)
    }
    assert found.missing == {path for path in wanted if path not in present}
    assert found.ledger == dict(wanted) | {
        path: it for path, it in ledger.items() if path not in wanted and path not in scope
    }
    assert list(found.ledger) == sorted(found.ledger)


@given(TREES)
def test_what_is_in_step_needs_nothing(tree: Mapping[str, str]) -> None:
    found = compare(tree, tree, tree, lambda _: True)

    assert (found.write, found.remove, found.edited, found.changed) == ((), (), (), False)


def test_a_ledger_that_is_wrong_is_a_change_of_its_own() -> None:
    assert compare({"a": "1"}, {}, {"a": "1"}, lambda _: True).changed
    assert compare({"a": "1"}, {"a": "1", "b": "1"}, {"a": "1"}, lambda _: True).changed
