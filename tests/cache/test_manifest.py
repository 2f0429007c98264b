from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omnibuild.cache.manifest import Difference, differences, manifest
from omnibuild.core.values import Manifest, Pointer, SharedSpec
from tests.onex.declarations import names_of, node

ENTRIES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "3"])).map(lambda it: tuple(it.items()))


@given(ENTRIES, ENTRIES)
def test_the_differences_lead_from_one_to_the_other(
    before: tuple[tuple[str, str], ...], now: tuple[tuple[str, str], ...]
) -> None:
    changed = dict(before)
    for it in differences(Manifest("n", before), Manifest("n", now)):
        assert changed.get(it.label, "") == it.before
        assert it.before != it.now
        if it.now:
            changed[it.label] = it.now
        else:
            del changed[it.label]

    assert changed == dict(now)


@given(ENTRIES, ENTRIES)
def test_there_is_a_difference_where_the_key_is_another(
    before: tuple[tuple[str, str], ...], now: tuple[tuple[str, str], ...]
) -> None:
    one, other = Manifest("n", tuple(sorted(before))), Manifest("n", tuple(sorted(now)))

    assert (one.key == other.key) == (not list(differences(one, other)))
    assert Manifest("m", one.entries).key != one.key


def test_differences_say_what_became_of_a_label() -> None:
    before, now = (
        Manifest("n", (("a", "1"), ("b", "1"), ("c", "1"))),
        Manifest("n", (("b", "2"), ("a", "1"), ("d", "1"))),
    )

    found = list(differences(before, now))

    assert found == [Difference("b", "1", "2"), Difference("d", "", "1"), Difference("c", "1", "")]
    assert [str(it) for it in found] == ["b changed", "d is new", "c is gone"]


def test_a_manifest_has_sections_body_needs_and_what_is_common() -> None:
    text = "node: n\nkind: effect\ndescription: It does.\ninput: {}\noutput: {}\n"
    spec = node(names_of(text, {"n": "def handle(r): ...\n"}), "n")

    made = manifest(spec, {"money": "m", "a": "x"}, {"tool ruff": "1", "settings": "s"}.items())

    assert [label for label, _ in made.entries] == [
        "spec.description",
        "spec.input",
        "spec.kind",
        "spec.node",
        "spec.output",
        "body",
        "interface of a",
        "interface of money",
        "settings",
        "tool ruff",
    ]
    other = node(names_of(text, {"n": "def handle(r): return\n"}), "n")
    assert [
        str(it)
        for it in differences(
            made, manifest(other, {"money": "m", "a": "x"}, {"tool ruff": "2", "settings": "s"}.items())
        )
    ] == ["body changed", "tool ruff changed"]


def test_the_order_of_keys_in_a_document_does_not_count() -> None:
    at = Pointer("it.yaml", 0, ())
    one = SharedSpec("s", at, "", (), (), (("models", "1"), ("enums", "2")))
    other = SharedSpec("s", at, "", (), (), (("enums", "2"), ("models", "1")))

    assert manifest(one, {}, ()) == manifest(other, {}, ())
