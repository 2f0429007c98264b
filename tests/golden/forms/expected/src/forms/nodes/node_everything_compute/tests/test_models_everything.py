"""What everything is asked and answers survives JSON."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import HttpUrl

from forms.nodes.node_everything_compute.models import (
    EnumColour,
    ModelEverythingInput,
    ModelEverythingOutput,
    ModelGroups,
    ModelLeaf,
    ModelNumbers,
    ModelTexts,
    ModelTimes,
    ModelTree,
)

TREES = st.builds(ModelTree, label=st.text(max_size=20), children=st.just([]), parent=st.none())
NUMBERS = st.builds(
    ModelNumbers,
    whole=st.integers(min_value=0, max_value=20).map(lambda count: count * 5),
    share=st.floats(
        min_value=0, max_value=1, exclude_min=True, exclude_max=True, allow_nan=False, allow_infinity=False
    ),
    price=st.integers(min_value=0, max_value=1000000).map(lambda count: count * Decimal("0.05")),
    exact=st.decimals(min_value="0.1", max_value="99.95", allow_nan=False, allow_infinity=False).filter(
        lambda value: Decimal("0.1") < value < Decimal("99.95")
    ),
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    some=st.integers(min_value=1) | st.none(),
)
TIMES = st.builds(
    ModelTimes,
    at=st.datetimes(),
    on=st.dates(),
    from_=st.times(),
    lasts=st.timedeltas(timedelta(), timedelta(days=3650)),
    pauses=st.timedeltas(timedelta(), timedelta(days=3650)),
    since=st.datetimes(),
)
TEXTS = st.builds(
    ModelTexts,
    code=st.from_regex(re.compile(r"^[A-Z]{3}-\d+$", re.ASCII), fullmatch=True, alphabet=st.characters(codec="ascii")),
    quoted=st.text(),
    lines=st.text(),
    raw=st.text().map(str.encode),
    id=st.uuids(),
    path=st.sampled_from([Path("notes.txt"), Path("a/b")]),
    link=st.just(HttpUrl("https://example.org/")),
    anything=st.none() | st.booleans() | st.text(),
)
LEAFS = st.builds(ModelLeaf, label=st.text())
GROUPS = st.builds(
    ModelGroups,
    names=st.lists(st.text(), max_size=5),
    unique=st.sets(st.integers()),
    fixed=st.frozensets(st.text()),
    pair=st.tuples(st.integers(), st.text()),
    many=st.lists(st.decimals(allow_nan=False, allow_infinity=False)).map(tuple),
    map=st.dictionaries(st.text(), st.lists(LEAFS)),
    colours=st.lists(st.sampled_from(EnumColour)),
    leaf=LEAFS,
    kind=st.sampled_from(["one", "two", 3]),
    either=st.integers() | st.text(),
    mixed=st.lists(st.integers() | st.text()),
    nested=st.dictionaries(st.text(), st.lists(st.text())),
    choices=st.sets(st.sampled_from(["a", "b"])),
    maybe=st.lists(st.text()) | st.none(),
    empty=st.dictionaries(st.text(), st.integers()),
)
EVERYTHING_INPUTS = st.builds(
    ModelEverythingInput, tree=TREES, numbers=NUMBERS, times=TIMES, texts=TEXTS, groups=GROUPS
)
EVERYTHING_OUTPUTS = st.builds(
    ModelEverythingOutput,
    total=st.decimals(allow_nan=False, allow_infinity=False),
    label=st.text(),
    colour=st.sampled_from(EnumColour) | st.none(),
    until=st.datetimes(),
)


@given(EVERYTHING_INPUTS)
def test_input_survives_json(value: ModelEverythingInput) -> None:
    """Any input is the same after a journey through JSON."""
    assert ModelEverythingInput.model_validate_json(value.model_dump_json()) == value


@given(EVERYTHING_OUTPUTS)
def test_output_survives_json(value: ModelEverythingOutput) -> None:
    """Any output is the same after a journey through JSON."""
    assert ModelEverythingOutput.model_validate_json(value.model_dump_json()) == value
