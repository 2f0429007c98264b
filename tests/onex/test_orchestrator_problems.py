"""What is wrong with steps is said at the spec's own line and column."""

from __future__ import annotations

import textwrap

import pytest

from omnibuild.core.values import Mode
from tests.conftest import Make
from tests.workspaces import blocking, place, told

NODES = """\
node: check
kind: compute
description: Check.
input: {lines: "list[str]", limit: {type: int, default: 3}}
output: {valid: bool, note: str | None}
logic: {valid: len(lines) < limit, note: None}
---
node: price
kind: compute
description: Price.
input: {lines: "list[str]"}
output: {total: Decimal}
logic: {total: Decimal(len(lines))}
---
node: store
kind: effect
description: Store.
input: {total: Decimal, note: {type: str, default: ""}}
output: {fails: int}
body: store.py
---
node: remove
kind: compute
description: Remove.
input: {total: str}
output: {done: bool}
logic: {done: total == ""}
---
node: forget
kind: compute
description: Forget.
input: {total: Decimal, why: str}
output: {done: bool}
logic: {done: why == "" and total > 0}
---
shared: money
description: Money.
models: {Amount: {value: Decimal}}
"""
STORE = """\
from acme.nodes.node_store_effect.models import ModelStoreInput, ModelStoreOutput


def handle(request: ModelStoreInput) -> ModelStoreOutput:
    return ModelStoreOutput(fails=len(request.note))
"""
TOP = """\
node: checkout
kind: orchestrator
description: Check, price and store.
input: {lines: "list[str]", extra: bool}
output: {total: Decimal, note: {type: str | None, default: null}}
"""


def checkout(rest: str) -> dict[str, str]:
    """Return a workspace in which line 6 of checkout.yaml is the first of the rest."""
    return {
        "specs/nodes.yaml": NODES,
        "specs/store.py": STORE,
        "specs/checkout.yaml": TOP + textwrap.dedent(rest),
    }


def problem(make: Make, rest: str) -> tuple[str, str, str, str]:
    """Return place, code, message and hint of the only problem there is."""
    found = [it for it in make(checkout(rest)).build().problems if it.code not in ("G7", "G8")]
    assert len(found) == 1, found
    return place(found[0]).removeprefix("specs/checkout.yaml:"), found[0].code, found[0].message, found[0].hint


CHECK = "- {step: c, call: check, with: {lines: lines}}"
PRICE = "- {step: p, call: price, with: {lines: lines}, when: c.valid}"


@pytest.mark.parametrize(
    ("steps", "total", "found"),
    [
        (
            ["- {step: c, call: chek, with: {lines: lines}}"],
            "0",
            ("7:21", "unknown-reference", "there is no `chek`", "did you mean `check`?"),
        ),
        (
            ["- {step: c, call: check, with: {lines: lines}, undo: remov}"],
            "0",
            ("7:56", "unknown-reference", "there is no `remov`", "did you mean `remove`?"),
        ),
        (
            ["- {step: c, call: money, with: {lines: lines}}"],
            "0",
            ("7:21", "wrong-type", "`money` is not a node that can be called", ""),
        ),
        (
            ["- {step: c, call: checkout, with: {lines: lines}}"],
            "0",
            ("7:21", "cycle", "the node calls itself: checkout → checkout", ""),
        ),
        ([CHECK, CHECK], "0", ("8:12", "duplicate-name", "two steps are called `c`", "choose another name")),
        (
            ["- {step: lines, call: check, with: {lines: lines}}"],
            "0",
            ("7:12", "name", "`lines` is a field of the input already", "choose another name"),
        ),
        (
            ["- {step: saga, call: check, with: {lines: lines}}"],
            "0",
            ("7:12", "name", "`saga` is taken by the generated code", "choose another name"),
        ),
        (
            ["- {step: sum, call: check, with: {lines: lines}}"],
            "0",
            ("7:12", "name", "`sum` has a meaning in expressions already", "choose another name"),
        ),
        (
            ["- {step: class, call: check, with: {lines: lines}}"],
            "0",
            ("7:12", "name", "`class` is taken by the generated code", "choose another name"),
        ),
        (
            ["- {step: c, call: check}"],
            "0",
            ("7:21", "missing-field", "check is not told its `lines`", "add `lines: EXPRESSION` under `with`"),
        ),
        (
            ["- {step: c, call: check, with: {limit: 1}}"],
            "0",
            ("7:28", "missing-field", "check is not told its `lines`", "add `lines: EXPRESSION` under `with`"),
        ),
        (
            ["- {step: c, call: check, with: {lines: lines, limits: 1}}"],
            "0",
            ("7:49", "unknown-field", "the input of check has no field `limits`", "did you mean `limit`?"),
        ),
        (
            ["- {step: c, call: check, with: {lines: lines, limit: extras}}"],
            "0",
            ("7:56", "expression", "unknown name `extras`", "did you mean `extra`?"),
        ),
        (
            ["- {step: c, call: check, with: {lines: lines, limit: '1 + lines'}}"],
            "0",
            ("7:56", "expression", "`+` has no meaning for int and list[str]", ""),
        ),
        ([CHECK], "c.vald", ("8:18", "expression", "check.Output has no field `vald`", "did you mean `valid`?")),
        (
            [CHECK, PRICE],
            "p.total",
            (
                "9:16",
                "skipped",
                "`p` is skipped where `c.valid` does not hold",
                "read it where that holds: `… if c.valid else …`",
            ),
        ),
        (
            [CHECK, PRICE],
            "1 + p.total if extra else 0",
            (
                "9:20",
                "skipped",
                "`p` is skipped where `c.valid` does not hold",
                "read it where that holds: `… if c.valid else …`",
            ),
        ),
        (
            [CHECK, PRICE],
            "0 if c.valid else p.total",
            (
                "9:34",
                "skipped",
                "`p` is skipped where `c.valid` does not hold",
                "read it where that holds: `… if c.valid else …`",
            ),
        ),
        (
            [CHECK, PRICE, "- {step: s, call: store, with: {total: p.total}, when: extra}"],
            "0",
            (
                "9:42",
                "skipped",
                "`p` is skipped where `c.valid` does not hold",
                "give this step `when: c.valid`, too, or write `… if c.valid else …`",
            ),
        ),
        (
            [CHECK, PRICE, "- {step: s, call: store, with: {total: p.total}, when: p.total > 0 and c.valid}"],
            "0",
            (
                "9:58",
                "skipped",
                "`p` is skipped where `c.valid` does not hold",
                "give this step `when: c.valid`, too, or write `… if c.valid else …`",
            ),
        ),
        (
            [CHECK, "- {step: p, call: price, with: {lines: lines}, when: c.valid and not c.valid}"],
            "0",
            (
                "8:56",
                "never",
                "`p` is never called: its `when` cannot hold",
                "it asks for something and for its opposite",
            ),
        ),
        (
            ["- {step: c, call: check, for_each: extra, with: {lines: lines}}"],
            "0",
            ("7:38", "expression", "this has nothing to iterate over", "write a list"),
        ),
        (["- {step: c, call: check, with: {lines: '[item]'}}"], "0", ("7:44", "expression", "unknown name `item`", "")),
        (
            ["- {step: s, call: store, with: {total: 1}, retry: {attempts: 2}}"],
            "0",
            (
                "7:46",
                "retry",
                "`store` does not say whether it is idempotent: a second call may do harm",
                "if a call may be repeated, say so in the spec of store: `policy: {idempotent: true}`",
            ),
        ),
        (
            ["- {step: s, call: store, with: {total: 1}, undo: remove}"],
            "0",
            (
                "7:52",
                "undo",
                "`remove` wants its `total` as str, which is Decimal for `store`",
                "what undoes a step is told what the step was: total, note",
            ),
        ),
        (
            ["- {step: s, call: store, with: {total: 1}, undo: forget}"],
            "0",
            (
                "7:52",
                "undo",
                "`forget` wants `why`, which `store` is not asked",
                "what undoes a step is told what the step was: total, note",
            ),
        ),
    ],
)
def test_problems(make: Make, steps: list[str], total: str, found: tuple[str, str, str, str]) -> None:
    rest = "\n".join(["steps:", *(f"  {it}" for it in steps), f"logic: {{total: {total}}}"])

    assert problem(make, rest) == found


def test_a_cycle_among_steps_prints_its_path(make: Make) -> None:
    rest = """\
        steps:
          - {step: z, call: price, with: {lines: "[str(a.total)]"}}
          - {step: a, call: price, with: {lines: "[str(b.total)]"}}
          - {step: b, call: price, with: {lines: "[]"}, when: z.total > 0}
        logic: {total: 0}
        """

    assert problem(make, rest) == (
        "7:12",
        "cycle",
        "the steps wait for each other: z → a → b → z",
        "let one of them read something else",
    )


def test_a_step_that_reads_itself_is_a_cycle(make: Make) -> None:
    rest = """\
        steps:
          - {step: a, call: price, with: {lines: "[str(a.total)]"}}
        logic: {total: 0}
        """

    assert problem(make, rest)[2] == "the steps wait for each other: a → a"


def test_a_cycle_among_nodes_prints_its_path(make: Make) -> None:
    other = """\
node: {0}
kind: orchestrator
description: Call the other.
input: {{x: int}}
output: {{y: int}}
steps: [{{step: s, call: {1}, with: {{x: x}}}}]
logic: {{y: s.y}}
"""
    found = blocking(
        make({"specs/a.yaml": other.format("one", "two"), "specs/b.yaml": other.format("two", "one")}).build()
    )

    assert [(place(it), it.code, it.message) for it in found] == [
        ("specs/a.yaml:6:25", "cycle", "the nodes need each other: one → two → one")
    ]


def test_what_an_output_needs_must_be_said(make: Make) -> None:
    found = blocking(make(checkout(f"steps:\n  {CHECK}\n")).build())

    assert [it.message for it in found] == ["`logic` does not say what `total` is"]


@pytest.mark.parametrize(
    ("example", "at", "message", "hint"),
    [
        ("steps: {chek: {valid: true, note: null}}", "13:13", "there is no step `chek`", "did you mean `check`?"),
        ("steps: {check: {valid: 3, note: null}}", "13:28", "`3` is not bool", ""),
        ("steps: {check: {valid: true}}", "13:20", "output wants `note`", "add `note:`"),
        ("steps: {each: {total: 3}}", "13:19", "`each` answers once per item", "write a list of answers"),
        ("steps: {each: [{total: 3}, {total: x}]}", "13:40", "`x` is not Decimal", ""),
        (
            "steps: {check: {fails: ValueErr}}",
            "13:28",
            "there is no exception `ValueErr`",
            "did you mean `ValueError`?",
        ),
        (
            "steps: {check: {fails: UnicodeDecodeError}}",
            "13:28",
            "`UnicodeDecodeError` cannot be made of a message alone",
            "name one that needs no more than a message, such as RuntimeError",
        ),
        ("undone: [stor]", "13:14", "there is no step `stor`", "did you mean `store`?"),
        ("undone: [check]", "13:14", "nothing undoes `check`", "give the step an `undo:`"),
        ("undone: [{store: {done: 3}}]", "13:29", "`3` is not bool", ""),
        ("steps: {store: {fails: x}}", "13:28", "`x` is not int", ""),
    ],
)
def test_examples(make: Make, example: str, at: str, message: str, hint: str) -> None:
    nodes = NODES.replace("kind: effect", "kind: effect\npolicy: {idempotent: true}")
    nodes = nodes.replace("input: {total: str}", "input: {total: Decimal}").replace('total == ""', "total == 0")
    rest = f"""\
        steps:
          - {{step: check, call: check, with: {{lines: lines}}}}
          - {{step: each, call: price, for_each: lines, with: {{lines: "[item]"}}}}
          - {{step: store, call: store, with: {{total: 1}}, undo: remove}}
        logic: {{total: 0}}
        examples:
          - input: {{lines: [], extra: true}}
            {example}
            output: {{total: 0}}
        """
    found = blocking(make({**checkout(rest), "specs/nodes.yaml": nodes}).build())

    assert [(place(it).removeprefix("specs/checkout.yaml:"), it.message) for it in found] == [(at, message)]
    assert not hint or found[0].hint == hint


EXAMPLES = """\
steps:
  - {step: check, call: check, with: {lines: lines}}
  - {step: each, call: price, for_each: lines, with: {lines: "[item]"}, when: check.valid, retry: {attempts: 2}}
  - {step: store, call: store, with: {total: "sum(it.total for it in each)"}, when: check.valid, undo: remove}
  - {step: last, call: price, with: {lines: "[str(store.fails)]"}, when: check.valid}
logic: {total: last.total if check.valid else 0}
examples:
  - name: not valid
    input: {lines: [a], extra: true}
    steps: {check: {valid: false, note: null}}
    output: {total: 0}
  - name: all is well
    input: {lines: [a, b], extra: true}
    steps: {check: {valid: true, note: null}, each: [{total: 3}, {total: 4}], store: {fails: 0}, last: {total: 7}}
    output: {total: 7}
  - name: undone
    input: {lines: [a], extra: true}
    steps: {check: {valid: true, note: null}, each: [{total: 3}], store: {fails: 0}, last: {fails: OSError}}
    undone: [{store: {fails: RuntimeError}}]
    fails: StepError
  - name: not undone although it is
    input: {lines: [a], extra: true}
    steps: {check: {valid: true, note: null}, each: [{total: 3}], store: {fails: 0}, last: {fails: OSError}}
    fails: StepError
  - name: called although it must not be
    input: {lines: [], extra: true}
    steps: {check: {valid: true, note: null}, each: []}
    fails: StepError
  - name: another output
    input: {lines: [a], extra: true}
    steps: {check: {valid: false, note: null}}
    output: {total: 1}
"""


def test_examples_are_run(checked: Make) -> None:
    nodes = NODES.replace("input: {total: str}", "input: {total: Decimal}").replace('total == ""', "total == 0")

    report = checked({**checkout(EXAMPLES), "specs/nodes.yaml": nodes}).build(mode=Mode.BALANCED)

    assert told(report) == [(f"specs/checkout.yaml:{line}:5", "G15") for line in (26, 30, 34)]
