"""A plain template gives what the engine would give."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.assemble.plain import Plain
from omnibuild.assemble.yaml_text import to_yaml

PLAIN = ("contract.yaml.j2", "metadata.yaml.j2", "header.py.j2", "package/calls.py.j2", "package/retries.py.j2")


@pytest.mark.parametrize("name", PLAIN)
def test_what_only_puts_values_in_needs_no_engine(name: str) -> None:
    text = (Path(__file__).parents[2] / "templates" / name).read_text()
    plain = Plain.read(text)
    engine = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
    engine.filters["yaml"] = to_yaml
    values = {"contract": {"name": "it", "more": ["a: b", {}]}, "metadata": {"x": None}, "node": "it", "package": "p"}

    assert plain is not None
    assert plain.render(values) == engine.from_string(text).render(values)


TAGS = ("{% block a %}", "{% block b %}", "{% endblock %}", "{{ it }}", "{{ it | yaml }}", "{# Why. #}")
PIECES = (*TAGS, "\n", "  ", "x", "\n\n", "}", "a: b", "\t")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_plain_template_gives_what_the_engine_gives(text: str) -> None:
    plain = Plain.read(text)
    if plain is None:
        return
    engine = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
    engine.filters["yaml"] = to_yaml
    try:
        expected = engine.from_string(text).render(it={"a": [1]})
    except jinja2.TemplateSyntaxError:
        return  # a block that is not closed: omnibuild's own templates close theirs
    assert plain.render({"it": {"a": [1]}}) == expected
