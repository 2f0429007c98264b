from __future__ import annotations

import pytest

from omnibuild.adopt.metadata import read_tags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("tags: [b, a, b]", ("b", "a")),
        ("name: x\ntags:\n  - one\n  - 2\n  - ''\n", ("one",)),
        ("tags: one", ()),
        ("tags: [", ()),
        ("- tags", ()),
        ("name: x", ()),
        ("", ()),
    ],
)
def test_tags_are_texts_each_once(text: str, tags: tuple[str, ...]) -> None:
    assert read_tags(text) == tags
