from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from omnibuild.assemble.template import Templates
from omnibuild.core.ports import TemplateSource
from omnibuild.core.values import Place, Problem


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
