from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.assemble.template import Plain, Templates, _dumped, to_scalar, to_yaml
from omnibuild.core.ports import TemplateSource
from omnibuild.core.values import Json, Place, Problem

WORDS = st.text() | st.text("ab :-#\n\t'\"é✓\u2028\x85😀\ufeff{}[],&*!|>%@`?\\", max_size=130)


@dataclass
class Sources:
    """Templates in memory."""

    own: Mapping[str, str]
    overriding: Mapping[str, str] = field(default_factory=dict)

    def builtin(self, name: str) -> TemplateSource | None:
        return TemplateSource(self.own[name], f"builtin/{name}") if name in self.own else None

    def builtins(self) -> Sequence[str]:
        return sorted(self.own)

    def override(self, name: str) -> TemplateSource | None:
        return TemplateSource(self.overriding[name], f"templates/{name}") if name in self.overriding else None

    def overrides(self) -> Sequence[str]:
        return sorted(self.overriding)


BASE = "{% block header %}\n{% endblock %}\n{% block body %}\nname: {{ name }}\n{% endblock %}\n"


def templates(**overriding: str) -> Templates:
    return Templates(Sources({"a": BASE, "b": "{{ x | yaml }}\n"}, overriding))


def test_a_template_renders() -> None:
    assert templates().render("a", {"name": "pricer"}) == "name: pricer\n"
    assert templates().render("b", {"x": {"k": [1, True, None]}}) == "k:\n- 1\n- true\n- null\n"


def test_an_override_extends_what_it_stands_for() -> None:
    own = '{% extends "omnibuild/a" %}\n{% block header %}\n# {{ name }}\n{% endblock %}\n'

    assert templates(a=own).render("a", {"name": "pricer"}) == "# pricer\nname: pricer\n"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("\n\n{{ nam }}", 3, "the template a cannot be rendered: 'nam' is undefined", "it can use name"),
        ("{% if %}", 1, "the template a is not Jinja2: Expected an expression, got 'end of statement block'", ""),
        ("\n{% include 'c' %}", 1, "the template a wants a template `c` that does not exist", ""),
        ("\n{{ 1 / 0 }}", 2, "the template a cannot be rendered: division by zero", ""),
    ],
)
def test_mistakes_are_told_at_the_template_s_line(text: str, line: int, message: str, hint: str) -> None:
    problem = templates(a=text).render("a", {"name": "x"})

    assert problem == Problem("G5", message, Place("templates/a", line, 1), hint)


def test_a_mistake_in_what_is_included_is_told_there() -> None:
    problem = templates(a="{% include 'c' %}", c="\n\n{{ oops }}").render("a", {})

    assert isinstance(problem, Problem)
    assert problem.at == Place("templates/c", 3, 1)


def test_the_digest_follows_what_is_extended_and_included() -> None:
    plain, same = templates().digest("a"), Templates(Sources({"a": BASE})).digest("a")
    first = templates(a="{% include 'c' %}", c="1").digest("a")

    assert plain == same
    assert first != templates(a="{% include 'c' %}", c="2").digest("a")
    assert first == templates(a="{% include 'c' %}", c="1", d="3").digest("a")
    assert templates().digest("none") == templates().digest("nothing")
    assert templates(a='{% extends "omnibuild/a" %}').digest("a") != plain
    assert templates(a="{% if %}").digest("a") not in (plain, first)


def test_blocks_that_do_not_exist_or_are_missing() -> None:
    found = list(templates(a='{% extends "omnibuild/a" %}\n\n{% block boddy %}{% endblock %}', b="x", z="y").check())

    assert [(it.message, it.at, it.hint) for it in found] == [
        ("omnibuild/a has no block `boddy`", Place("templates/a", 3, 1), "did you mean `body`?")
    ]
    (missing,) = templates(a="{% block header %}{% endblock %}").check()
    assert missing.message == "this template lacks the block `body`"
    assert missing.hint == 'begin it with {% extends "omnibuild/a" %} to keep what you do not override'


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


@pytest.mark.parametrize(
    "text",
    ["{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ cycler.__init__.__globals__.os }}", "{{ it.clear() }}"],
)
def test_a_template_runs_no_python(text: str) -> None:
    problem = Templates(Sources({"a": text})).render("a", {"it": {"b": 1}})

    assert isinstance(problem, Problem)
    assert problem.code == "G5"


def test_a_template_whose_name_is_only_known_later_may_be_any_override() -> None:
    first = templates(a="{% include name %}", c="1").digest("a")

    assert templates(a="{% include name %}", c="2").digest("a") != first
    assert templates(a="{% include 'd' %}", c="2").digest("a") == templates(a="{% include 'd' %}", c="1").digest("a")


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


PLAIN = ("contract.yaml.j2", "metadata.yaml.j2", "header.py.j2", "package/calls.py.j2", "package/retries.py.j2")


@pytest.mark.parametrize("name", PLAIN)
def test_what_only_puts_values_in_needs_no_engine(name: str) -> None:
    import jinja2

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
    import jinja2

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
