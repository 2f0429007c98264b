"""Specs with problems: all of them are told in one run, each at its own place, and nothing is written."""

from __future__ import annotations

import json

import pytest

from omnibuild.core.values import Mode, Problem, Report, Status
from tests.conftest import Make
from tests.workspaces import CHAIN, PRICER, Sandbox, blocking, place, statuses, told


def spec(name: str, rest: str, kind: str = "compute") -> str:
    return f"node: {name}\nkind: {kind}\ndescription: One of eight specs with a problem.\n{rest}"


LOGIC = "output: {y: int}\nlogic: {y: 1}\n"
PLAIN = "input: {n: int}\noutput: {n: int}\nlogic: {n: n}\n"

EIGHT = {
    "specs/a_unknown_key.yaml": spec("a_unknown_key", PLAIN + "tag: [one]\n"),
    "specs/b_wrong_type.yaml": spec("b_wrong_type", PLAIN + "tags: one\n"),
    "specs/c_duplicate_key.yaml": spec("c_duplicate_key", PLAIN + "logic: {n: n + 1}\n"),
    "specs/d_indentation.yaml": spec("d_indentation", "input:\n  n: int\n   m: int\noutput: {n: int}\n"),
    "specs/e_reference.yaml": spec("e_reference", PLAIN.replace("{n: int}", "{n: int, m: monei.Amount}", 1)),
    "specs/f_cycle.yaml": "---\n".join(
        spec(f"f_{one}", f"input: {{n: f_{other}.Output}}\noutput: {{n: int}}\nlogic: {{n: '1'}}\n")
        for one, other in (("one", "two"), ("two", "three"), ("three", "one"))
    ),
    "specs/g_name.yaml": spec("g_name", PLAIN.replace("{n: n}", "{n: n + m}")),
    "specs/h_example.yaml": spec("h_example", PLAIN + "examples:\n  - {name: four, input: {n: 4}, output: {n: 5}}\n"),
    "specs/money.yaml": "shared: money\ndescription: Money.\nmodels: {Amount: {value: Decimal}}\n",
}
"""Eight broken specs, one problem each, and one that is sound."""

PLACES = [
    ("specs/a_unknown_key.yaml:7:1", "unknown-key"),
    ("specs/b_wrong_type.yaml:7:7", "wrong-type"),
    ("specs/c_duplicate_key.yaml:7:1", "duplicate-key"),
    ("specs/d_indentation.yaml:6:5", "yaml"),
    ("specs/e_reference.yaml:4:20", "unknown-reference"),
    ("specs/f_cycle.yaml:4:12", "cycle"),
    ("specs/g_name.yaml:6:16", "expression"),
    ("specs/h_example.yaml:8:45", "G15"),
]


@pytest.fixture
def eight(checked: Make) -> Sandbox:
    return checked(EIGHT)


def of(report: Report, file: str) -> Problem:
    return next(it for it in blocking(report) if place(it).startswith(f"specs/{file}.yaml"))


def test_eight_problems_are_told_in_one_run_each_at_its_place(eight: Sandbox) -> None:
    report = eight.build(mode=Mode.BALANCED)

    assert told(report) == PLACES
    assert not report.ok
    assert (report.written, report.removed) == ((), ())
    assert not eight.out.exists()
    assert statuses(report) == {
        **dict.fromkeys(
            ["a_unknown_key", "b_wrong_type", "c_duplicate_key", "e_reference", "f_one", "g_name", "h_example"],
            Status.FAILED,
        ),
        **dict.fromkeys(["f_two", "f_three", "money"], Status.SKIPPED),
    }


def test_the_eight_problems_say_what_is_wrong_and_what_to_do(eight: Sandbox) -> None:
    report = eight.build(mode=Mode.BALANCED)

    def says(file: str) -> tuple[str, str]:
        problem = of(report, file)
        return problem.message, problem.hint

    assert says("a_unknown_key") == ("the key `tag` means nothing here", "did you mean `tags`?")
    assert says("b_wrong_type") == ("`tags` must be a list, not the text `one`", "")
    assert says("c_duplicate_key")[0] == "the key `logic` stands here twice"
    assert says("d_indentation")[0].startswith("this is not YAML: ")
    assert says("d_indentation")[1].startswith("check the indentation: ")
    assert says("e_reference") == ("there is no `monei`", "did you mean `money.Amount`?")
    assert says("f_cycle")[0] == "the nodes need each other: f_one → f_two → f_three → f_one"
    assert says("g_name") == ("unknown name `m`", "")
    assert says("h_example") == (
        "the example `four`: `n` is 4, the example says 5",
        "correct the example if it is wrong, the logic or the body if it is right",
    )


def test_the_command_tells_the_eight_and_ends_with_one(eight: Sandbox) -> None:
    done = eight.command("build", "--json")

    answer = json.loads(done.stdout)
    problems = [it for it in answer["problems"] if it["level"] == "block"]
    assert done.returncode == 1
    assert answer["status"] == "failed"
    assert [(f"{it['file']}:{it['line']}:{it['column']}", it["code"]) for it in problems] == PLACES
    assert not eight.out.exists()


def test_what_was_built_before_stays_as_it_was(checked: Make) -> None:
    sandbox = checked(CHAIN)
    assert sandbox.build(mode=Mode.BALANCED).ok
    before, times = sandbox.tree(), sandbox.times()
    for file, text in EIGHT.items():
        sandbox.write(file, text if file != "specs/money.yaml" else CHAIN[file].replace("EUR", "GBP"))
    sandbox.replace("specs/charger.yaml", "value * 2", "value * 3")
    sandbox.remove("specs/biller.yaml")

    report = sandbox.build(mode=Mode.BALANCED)

    assert told(report) == PLACES
    assert sandbox.tree() == before
    assert sandbox.times() == times
    assert statuses(report)["charger"] is Status.SKIPPED


def test_problems_of_every_file_and_every_layer_come_together(make: Make) -> None:
    sandbox = make(
        {
            "specs/first.yaml": PRICER.replace("int", "integer").replace("kind: compute", "kind: computer"),
            "specs/second.yaml": "node: second\nkind: compute\ninput: {a: int, class: str}\n",
            "specs/third.yaml": "neither: this\nnor: that\n",
        }
    )

    assert told(sandbox.build()) == [
        ("specs/first.yaml:2:7", "G2"),
        ("specs/second.yaml:1:1", "G1"),
        ("specs/second.yaml:1:1", "G1"),
        ("specs/second.yaml:1:1", "G1"),
        ("specs/second.yaml:3:17", "G3"),
        ("specs/third.yaml:1:1", "G1"),
        ("specs/third.yaml:1:1", "document"),
    ]


def test_what_needs_a_broken_spec_is_skipped_without_a_problem_of_its_own(chain: Sandbox) -> None:
    chain.replace("specs/money.yaml", "value: Decimal", "value: decimal")

    report = chain.build()

    assert told(report) == [("specs/money.yaml:6:19", "type")]
    assert of(report, "money").hint == "write Decimal"
    assert statuses(report) == {
        "money": Status.FAILED,
        "charger": Status.SKIPPED,
        "biller": Status.SKIPPED,
        "pricer": Status.SKIPPED,
    }
    assert report.outcomes["biller"].because == ("it needs a node that has problems",)
    assert report.outcomes["pricer"].because == ("it was never built", "nothing is written while there are problems")


def test_what_needs_a_model_without_end_is_skipped(make: Make) -> None:
    endless = "shared: chain\ndescription: Links without end.\nmodels: {Link: {next: Link}}\n"
    sandbox = make({"specs/chain.yaml": endless, "specs/user.yaml": spec("user", "input: {it: chain.Link}\n" + LOGIC)})

    report = sandbox.build()

    assert told(report) == [("specs/chain.yaml:3:23", "endless")]
    assert statuses(report) == {"chain": Status.FAILED, "user": Status.SKIPPED}


def test_what_was_built_before_does_not_change_what_is_told(make: Make) -> None:
    first = spec("first", "input: {n: int}\n" + LOGIC)
    middle = spec("middle", "input: {it: first.Output}\n" + LOGIC)
    last = spec("last", "input: {it: middle.Output}\n" + LOGIC)
    sandbox = make({"specs/first.yaml": first, "specs/middle.yaml": middle, "specs/last.yaml": last})
    assert sandbox.build().ok
    sandbox.write("specs/first.yaml", first.replace("{y: 1}", "{y: one}"))
    sandbox.write("specs/last.yaml", f"{last}events: {{consumes: [nobody]}}\n")

    incremental = sandbox.build()
    sandbox.remove("cache", "out")
    clean = sandbox.build()

    assert told(incremental) == told(clean) == [("specs/first.yaml:6:12", "expression")]


def test_one_node_that_needs_itself_through_its_body(make: Make) -> None:
    files = {f"specs/{it}.yaml": spec(it, "input: {n: int}\noutput: {n: int}\n", "effect") for it in ("left", "right")}
    for one, other in (("left", "right"), ("right", "left")):
        files[f"specs/{one}.py"] = (
            f"from acme.nodes.node_{other}_effect.handlers import Handler{other.capitalize()}\n\n\n"
            "def handle(request: int) -> int:\n    return request\n"
        )

    report = make(files).build()

    assert told(report) == [("specs/left.py:1:1", "cycle")]
    assert of_message(report) == ["the nodes need each other: left → right → left"]


def of_message(report: Report) -> list[str]:
    return [it.message for it in blocking(report)]


def test_two_cycles_are_two_problems(make: Make) -> None:
    def ring(*names: str) -> dict[str, str]:
        pairs = zip(names, (*names[1:], names[0]), strict=True)
        return {f"specs/{it}.yaml": spec(it, PLAIN.replace("n: int", f"n: {other}.Input", 1)) for it, other in pairs}

    report = make(ring("a", "b") | ring("x", "y", "z")).build()

    assert of_message(report) == ["the nodes need each other: a → b → a", "the nodes need each other: x → y → z → x"]


def test_a_name_twice_in_a_workspace(make: Make) -> None:
    report = make({"specs/a.yaml": PRICER, "specs/b.yaml": f"{CHAIN['specs/money.yaml']}---\n{PRICER}"}).build()

    assert told(report) == [("specs/b.yaml:8:7", "duplicate-name")]
    assert of_message(report) == ["`pricer` is declared in specs/a.yaml already"]


def test_a_file_that_is_not_text(make: Make) -> None:
    sandbox = make({"specs/pricer.yaml": PRICER})
    (sandbox.root / "specs" / "bad.yaml").write_bytes(b"node: bad\nkind: \xff\n")

    assert told(sandbox.build()) == [("specs/bad.yaml:2:7", "encoding")]


def test_a_body_that_is_missing_broken_or_one_too_many(make: Make) -> None:
    effect = spec("sender", "input: {n: int}\noutput: {n: int}\n", "effect")
    sandbox = make({"specs/sender.yaml": effect + "body: sending.py\n"})
    assert told(sandbox.build()) == [("specs/sender.yaml:6:7", "body")]

    sandbox.write("specs/sending.py", "def handle(request:\n")
    assert told(sandbox.build())[0][0].startswith("specs/sending.py:1:")

    sandbox.write("specs/sending.py", "x = 1\n")
    assert told(sandbox.build()) == [("specs/sending.py:1:1", "body")]

    sandbox.write("specs/sender.yaml", effect + "logic: {n: n}\n")
    sandbox.write("specs/sender.py", "def handle(request: int) -> int:\n    return request\n")
    assert told(sandbox.build()) == [("specs/sender.yaml:6:1", "two-ways")]


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ('output: {total: "10.00"}', 'output: {totals: "10.00"}', "12:14", "output has no field `totals`"),
        ('output: {total: "10.00"}', "output: {}", "12:13", "output wants `total`"),
        ('price: "5.00"}', 'price: "five"}', "11:33", "`five` is not Decimal"),
        ("quantity: 2", "quantity: 2.5", "11:23", "`2.5` is not int"),
        ('    output: {total: "10.00"}\n', "", "10:5", "an example says either its `output` or how it `fails`"),
        ("input: {quantity: int,", "input: {quantity: {type: int, default: two},", "5:40", "`two` is not int"),
        (
            "input: {quantity: int,",
            "input: {quantity: {type: int, pattern: x},",
            "5:31",
            "`pattern` means nothing for int",
        ),
        ("total: quantity * price", "totals: quantity * price", "8:3", "the output has no field `totals`"),
    ],
)
def test_what_only_the_whole_graph_shows_is_told_at_its_place(
    make: Make, old: str, new: str, where: str, message: str
) -> None:
    assert old in PRICER
    report = make({"specs/pricer.yaml": PRICER.replace(old, new)}).build()

    assert (f"specs/pricer.yaml:{where}", message) in [(place(it), it.message) for it in blocking(report)]
