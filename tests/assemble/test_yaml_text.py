"""JSON values as YAML: read back as they were, and the same whoever writes them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.assemble.yaml_text import _dumped, to_scalar, to_yaml
from omnibuild.core.values import Json

WORDS = st.text() | st.text("ab :-#\n\t'\"é✓\u2028\x85😀\ufeff{}[],&*!|>%@`?\\", max_size=130)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"))),
    lambda it: (
        st.lists(it, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)), it, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_yaml_is_read_back_as_it_was(value: Json) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


@pytest.mark.parametrize(
    "text", ["yes", "on", "1.0", "012", "null", "~", "2026-01-31", "12:30", "a: b", "# x", "- y", ""]
)
def test_texts_that_yaml_would_take_for_something_else_are_quoted(text: str) -> None:
    assert yaml.safe_load(to_yaml({"a": text})) == {"a": text}


def test_yaml_keeps_the_order_and_repeats_what_is_shared() -> None:
    shared: Json = {"b": 1}

    assert to_yaml({"z": shared, "a": shared}) == "z:\n  b: 1\na:\n  b: 1"


@given(
    st.recursive(
        st.none() | st.integers() | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from([(100, False), (10**9, True)]),
)
def test_yaml_is_the_same_with_and_without_libyaml(value: Json, form: tuple[int, bool]) -> None:
    def dumped(*, fast: bool) -> str:
        return _dumped([value], width=form[0], default_flow_style=form[1], fast=fast)

    assert dumped(fast=True) == dumped(fast=False)
    assert yaml.safe_load(dumped(fast=True)) == [value]


@pytest.mark.parametrize("text", ["😀", "a: 😀 b", "line\u2028line", "\x85", "\ufeffx", "", "é ü", "a\nb", "x" * 150])
def test_unusual_texts_survive_as_scalars(text: str) -> None:
    assert yaml.safe_load(f"key: {to_scalar(text)}") == {"key": text}
    assert yaml.safe_load(to_yaml(text)) == text


SIMPLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text("ab1 .,-_/:#'\"yYnNo~()*&!|>%@=<+", max_size=90)
    | WORDS
    | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_1yn", max_size=70), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["name", "node_type", "y", "handlers", "2"]), SIMPLE, min_size=1, max_size=4))
def test_what_is_simple_is_written_as_the_library_writes_it(value: dict[str, Json]) -> None:
    library = _dumped(value, default_flow_style=False, width=100).removesuffix("\n").removesuffix("\n...")

    assert to_yaml(value) == library
