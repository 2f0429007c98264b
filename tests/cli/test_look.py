"""list, graph, gates, schema, completion, run and the help."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

import click
import pytest

from omnibuild.cli.app import VERBS
from omnibuild.cli.verb import Verb
from omnibuild.core.values import Level
from omnibuild.gates import ALL
from tests.cli.conftest import BROKEN, Answer, Space, omnibuild


@pytest.mark.parametrize("verb", [*VERBS, "cache stats", "cache gc", "cache verify"])
def test_every_verb_teaches(verb: str) -> None:
    first, *rest = verb.split()
    command = import_module(f"omnibuild.cli.{first}").command
    for word in rest:
        command = command.commands[word]
    assert isinstance(command, Verb)
    assert command.short_help
    assert command.short_help.endswith(".")
    answer = omnibuild(*verb.split(), "--help")
    assert answer.code == 0
    assert "Examples:" in answer.out
    assert "--json" in answer.out or isinstance(command, click.Group)
    for line, _ in command.examples:
        assert f"  {line}\n" in answer.out  # in one line, to be copied
        assert f"omnibuild {verb}" in line or f"run {verb}" in line or "omnibuild --" in line


def test_the_overview_names_every_verb() -> None:
    out = omnibuild("--help").out
    assert all(re.search(rf"^  {verb} +\S.*\.$", out, re.MULTILINE) for verb in VERBS)


def test_an_unknown_verb_has_a_hint() -> None:
    answer = omnibuild("biuld")
    assert answer.code == 2
    assert "did you mean `build`?" in answer.err


def test_list_shows_kind_version_and_description(space: Space) -> None:
    out = space("list").out.splitlines()
    assert out[0].split()[:4] == ["money", "shared", "What", "money"]
    assert out[1].startswith("pricer  compute  1.0.0  Price a number")


def test_list_marks_what_is_broken_and_what_needs_it(space: Space) -> None:
    space.write("specs/money.yaml", "shared: money\nmodles: {}\nmodels: {}\n")
    answer = space("list")
    assert answer.code == 0
    assert re.search(r"^money +broken +specs/money.yaml:\d+:\d+: ", answer.out, re.MULTILINE)
    states = {it["name"]: it["state"] for it in space("list", "--json").json["nodes"]}
    assert states["money"] == "broken"
    assert states["pricer"] != "ok"


@pytest.mark.parametrize(
    ("selector", "names"),
    [("pricer", ["pricer"]), ("+pricer", ["money", "pricer"]), ("tag:pricing", ["pricer"]), ("kind:shared", ["money"])],
)
def test_list_takes_selectors(selector: str, names: list[str], space: Space) -> None:
    assert [it["name"] for it in space("list", selector, "--json").json["nodes"]] == names


@pytest.mark.parametrize("verb", ["list", "graph", "build", "check", "plan"])
def test_a_selector_of_nothing_is_a_mistake_of_use(verb: str, space: Space) -> None:
    answer = space(verb, "pricr")
    assert answer.code == 2
    assert "did you mean `pricer`?" in answer.out + answer.err


def test_the_graph_has_four_forms(space: Space) -> None:
    assert "needs money (models)" in space("graph").out
    assert '"pricer" -> "money"' in space("graph", "--format", "dot").out
    assert space("graph", "--format", "mermaid").out.startswith("graph LR\n")
    assert space("graph", "--json").json == space("graph", "--format", "json").json
    assert space("graph", "--json").json["edges"] == [{"from": "pricer", "to": "money", "why": "models"}]


def test_the_graph_leaves_broken_nodes_out_and_says_so(space: Space) -> None:
    space.write("specs/broken.yaml", BROKEN)
    answer = space("graph", "--json")
    assert [it["name"] for it in answer.json["nodes"]] == ["money", "pricer"]
    assert "broken" in answer.err


def test_gates_show_the_effective_level(space: Space) -> None:
    toml = (space.root / "omnibuild.toml").read_text()
    space.write("omnibuild.toml", f'{toml}[gates]\nG8 = "off"\n')
    levels = {it["code"]: it["level"] for it in space("gates", "--json").json["gates"]}
    assert list(levels) == [it.code for it in ALL]
    assert levels["G8"] == Level.OFF
    assert levels["G13"] == Level.OFF  # the mode is fast
    strict = {it["code"]: it["level"] for it in space("gates", "--json", "--mode", "strict").json["gates"]}
    assert strict["G7"] == Level.BLOCK
    assert len(space("gates").out.splitlines()) == len(ALL)


def test_one_gate_in_full(call: Callable[..., Answer]) -> None:
    answer = call("gates", "g11")
    assert answer.out.startswith("G11 imports: blocks")
    assert "Why: " in answer.out
    unknown = call("gates", "G99")
    assert unknown.code == 2
    assert "there is no gate G99" in unknown.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str) -> None:
    answer = omnibuild("completion", shell)
    assert answer.code == 0
    assert f"_OMNIBUILD_COMPLETE={shell}_complete" in answer.out


def test_run_prints_the_result(space: Space) -> None:
    space("build")
    request = '{"quantity": 2, "piece": {"value": "1.50"}}'
    assert space.process("run", "pricer", "--input", "-", stdin=request).json == {"total": "3.00"}
    file = space.write("order.json", request)
    answer = space.process("run", "pricer", "-i", str(file), "--json")
    assert answer.json == {"status": "ok", "node": "pricer", "output": {"total": "3.00"}, "problems": []}


def test_run_tells_what_failed(space: Space) -> None:
    assert "run `omnibuild build` first" in space.process("run", "pricer", "-i", "-", stdin="{}").err
    space("build")
    answer = space.process("run", "pricer", "-i", "-", stdin='{"quantity": 0}')
    assert answer.code == 1
    assert answer.out == ""
    assert "quantity" in answer.err
    as_json = space.process("run", "pricer", "-i", "-", "--json", stdin='{"quantity": 0}')
    assert as_json.code == 1
    assert as_json.json["status"] == "failed"
    assert as_json.json["output"] is None


@pytest.mark.parametrize(("request_", "told"), [("{", "not JSON"), ("[1]", "must be a JSON object")])
def test_an_input_that_cannot_be_one_is_a_mistake_of_use(request_: str, told: str, space: Space) -> None:
    answer = space.process("run", "pricer", "-i", "-", stdin=request_)
    assert answer.code == 2
    assert told in answer.err


def test_a_wrong_input_file_is_shown_with_its_line(space: Space) -> None:
    file = space.write("order.json", '{\n  "quantity": 2,\n}\n')
    answer = space.process("run", "pricer", "-i", str(file))
    assert answer.code == 2
    assert "order.json:" in answer.err
    assert " | " in answer.err


def test_a_missing_variable_is_told_before_the_run(space: Space) -> None:
    space.write("specs/taxer.yaml", _TAXER)
    space.write("specs/taxer.py", _BODY)
    assert space("build").code == 0
    answer = space.process("run", "taxer", "-i", "-", stdin='{"net": 1}')
    assert answer.code == 2
    assert "`taxer` needs a variable that is not set: TAX_RATE" in answer.err
    answer = space.process("run", "taxer", "-i", "-", stdin='{"net": 1}', TAX_RATE="7")
    assert answer.json == {"tax": 7}, answer.err


_TAXER = """node: taxer
kind: effect
description: Take the tax on a price as it is today.
env: {TAX_RATE: {required: true, description: The rate in percent.}}
input: {net: int}
output: {tax: int}
"""
_BODY = """from acme.nodes.node_taxer_effect.environment import Environment
from acme.nodes.node_taxer_effect.models import ModelTaxerInput, ModelTaxerOutput


def handle(request: ModelTaxerInput, environment: Environment) -> ModelTaxerOutput:
    return ModelTaxerOutput(tax=request.net * int(environment.tax_rate))
"""
