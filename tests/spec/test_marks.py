from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.core.values import Json, Place, Pointer
from omnibuild.spec.marks import locate

TEXT = """\
# A comment.
node: pricer
input:
  lines: {type: "list[Line]", min_length: 1}
  price: Decimal
logic:
  total: >-
    quantity
    * price
  text: |
    one
     two
  quoted: 'it''s price'
examples:
  - name: first
  - {name: second, input: {a: 1}}
---
shared: money
models: {Amount: {value: Decimal}}
"""


def at(*path: str | int, document: int = 0, key: bool = False, offset: int = 0) -> str:
    place = locate(Pointer("it.yaml", document, path, key, offset), TEXT)
    assert place.file == "it.yaml"
    line = TEXT.splitlines()[place.line - 1]
    return f"{place.line}:{place.column} {line[place.column - 1 :][:8]}".rstrip()


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        ((), {}, "2:1 node: pr"),
        (("node",), {}, "2:7 pricer"),
        (("node",), {"key": True}, "2:1 node: pr"),
        (("input", "lines"), {}, '4:10 {type: "'),
        (("input", "lines", "type"), {}, '4:17 "list[Li'),
        (("input", "lines", "type"), {"offset": 5}, '4:23 Line]",'),
        (("input", "lines", "min_length"), {"key": True}, "4:31 min_leng"),
        (("input", "price"), {"offset": 3}, "5:13 imal"),
        (("logic", "total"), {}, "7:10 >-"),
        (("logic", "total"), {"offset": 4}, "8:9 tity"),
        (("logic", "total"), {"offset": 9}, "9:5 * price"),
        (("logic", "total"), {"offset": 11}, "9:7 price"),
        (("logic", "text"), {"offset": 5}, "12:6 two"),
        (("logic", "quoted"), {"offset": 1}, "13:13 t''s pri"),
        (("examples", 0, "name"), {}, "15:11 first"),
        (("examples", 1, "input", "a"), {}, "16:31 1}}"),
        (("examples", 1, "missing"), {}, "16:5 {name: s"),
        (("examples", 7), {}, "15:3 - name:"),
        (("nothing", "at", "all"), {}, "2:1 node: pr"),
        ((), {"document": 1}, "18:1 shared:"),
        (("models", "Amount", "value"), {"document": 1}, "19:26 Decimal}"),
        (("x",), {"document": 9}, "1:1 # A comm"),
    ],
)
def test_places(path: tuple[str | int, ...], options: dict[str, int], expected: str) -> None:
    assert at(*path, **options) == expected  # type: ignore[arg-type]


_WORDS = st.text(alphabet="abcXYZ_01 ", min_size=1, max_size=12).map(str.strip).filter(bool)
_TREES = st.recursive(
    _WORDS,
    lambda it: st.lists(it, min_size=1, max_size=3) | st.dictionaries(_WORDS, it, min_size=1, max_size=3),
    max_leaves=10,
)


def scalars(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    own = [(path, value)] if isinstance(value, str) else []
    return own + [found for key, item in items for found in scalars(item, (*path, key))]


@given(st.dictionaries(_WORDS, _TREES, min_size=1, max_size=4), st.sampled_from(["block", "flow", "json"]), st.data())
def test_a_pointer_leads_to_its_text(tree: dict[str, Json], style: str, data: st.DataObject) -> None:
    text = json.dumps(tree) if style == "json" else yaml.safe_dump(tree, default_flow_style=style == "flow", width=30)
    lines = text.splitlines()
    path, scalar = data.draw(st.sampled_from(scalars(tree)))
    pointer = Pointer("it.yaml", 0, path)

    place = locate(pointer, text)
    first = lines[place.line - 1][place.column - 1 :].lstrip("'\"")
    assert first.startswith(scalar.split()[0])

    offset = data.draw(st.integers(0, len(scalar) - 1).filter(lambda it: scalar[it] != " "))
    inside = locate(pointer.into(offset), text)
    assert lines[inside.line - 1][inside.column - 1 :].lstrip("'\"" if offset == 0 else "").startswith(scalar[offset])


def test_an_offset_that_escapes_hide_leads_to_the_scalar() -> None:
    text = 'node: "a\\tb c"\n'

    assert locate(Pointer("it.yaml", 0, ("node",), offset=3), text) == Place("it.yaml", 1, 7)
