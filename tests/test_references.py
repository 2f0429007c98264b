"""Existing code by reference: what is found of it without importing it, and what is made around it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import yaml

from omnibuild.core.values import Mode, Status
from tests.conftest import Make
from tests.workspaces import PRICER, Sandbox, blocking, built, place, statuses, told

MODELS = '''\
"""What the old service understands."""

from pydantic import BaseModel


class ModelTraced(BaseModel):
    """What all requests have."""

    trace: str = ""


class ModelRequest(ModelTraced):
    """A question."""

    number: int


class ModelAnswer(BaseModel):
    """An answer."""

    number: int
    text: str = "so it is"
'''
HANDLERS = '''\
"""The handlers of the old service."""

from __future__ import annotations

from acme.legacy import models
from acme.legacy.models import ModelRequest, ModelTraced


class _Asking:
    async def handle(self, request: ModelRequest) -> models.ModelAnswer:
        """Answer with the next number."""
        return models.ModelAnswer(number=request.number + 1)


class HandlerNext(_Asking):
    """Answers with the next number."""


class HandlerTrace:
    """Answers with the length of the trace."""

    def handle(self, request: ModelTraced) -> models.ModelAnswer:
        """Answer one request."""
        return models.ModelAnswer(number=len(request.trace))
'''
NEXT = """\
node: next_number
kind: effect
description: Ask the old service for the next number.
input: "acme.legacy.models:ModelRequest"
output: "acme.legacy.models:ModelAnswer"
handler: "acme.legacy.handlers:HandlerNext"
examples:
  - {name: four, input: {number: 3}, output: {number: 4}}
  - {name: no number, input: {number: x}, fails: validation}
"""
MIXED = """\
node: adder
kind: compute
description: Add what the old service has answered.
models:
  Answer: "acme.legacy.models:ModelAnswer"
input: {answers: "list[Answer]", plus: int}
output: {total: int, last: Answer}
logic:
  total: sum(answer.number for answer in answers) + plus
  last: Answer(number=plus)
examples:
  - {name: two, input: {answers: [{number: 1}, {number: 2}], plus: 1}, output: {total: 4, last: {number: 1}}}
"""
FILES = {
    "src/acme/__init__.py": "",
    "src/acme/legacy/__init__.py": "",
    "src/acme/legacy/models.py": MODELS,
    "src/acme/legacy/handlers.py": HANDLERS,
    "specs/next_number.yaml": NEXT,
    "specs/adder.yaml": MIXED,
}
HOME = "out/src/acme/nodes/node_next_number_effect"


@pytest.fixture
def legacy(make: Make) -> Sandbox:
    return make(FILES)


def contract(sandbox: Sandbox, home: str = HOME) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(sandbox.read(f"{home}/contract.yaml"))
    return found


def test_what_exists_is_checked_compiled_and_run(checked: Make) -> None:
    sandbox = checked(FILES)

    report = sandbox.build(mode=Mode.BALANCED)

    assert blocking(report) == []
    assert contract(sandbox)["input_model"] == "acme.legacy.models.ModelRequest"
    assert contract(sandbox)["output_model"] == "acme.legacy.models.ModelAnswer"
    assert contract(sandbox)["handler_routing"]["handlers"] == [
        {"operation": "next_number", "handler": {"name": "HandlerNext", "module": "acme.legacy.handlers"}}
    ]


def test_no_handler_and_no_models_are_generated(legacy: Sandbox) -> None:
    assert legacy.build().ok

    files = sorted(it.relative_to(legacy.root / HOME).as_posix() for it in (legacy.root / HOME).rglob("*.py"))
    assert files == [
        "__init__.py",
        "models/__init__.py",
        "node.py",
        "tests/__init__.py",
        "tests/test_handler_next_number.py",
    ]
    test = legacy.read(f"{HOME}/tests/test_handler_next_number.py")
    assert "from acme.legacy.handlers import HandlerNext\n" in test
    assert 'asyncio.run(HandlerNext().handle(request)) == ModelAnswer.model_validate({"number": 4})' in test


def test_existing_code_may_be_a_part_of_the_generated_package(legacy: Sandbox) -> None:
    legacy.build()

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=legacy.out,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "extend_path" in legacy.read("out/src/acme/__init__.py")
    assert 'pythonpath = ["src", "../src"]' in legacy.read("out/pyproject.toml")


def test_a_workspace_without_references_has_a_plain_package(make: Make) -> None:
    sandbox = make({"specs/pricer.yaml": PRICER})
    sandbox.build()

    assert "extend_path" not in sandbox.read("out/src/acme/__init__.py")
    assert 'pythonpath = ["src"]' in sandbox.read("out/pyproject.toml")


def test_it_runs_in_the_local_runtime(legacy: Sandbox) -> None:
    legacy.build()
    legacy.write("three.json", '{"number": 3}')

    done = legacy.command("run", "next_number", "--input", "three.json")

    assert json.loads(done.stdout) == {"number": 4, "text": "so it is"}


def test_several_operations_each_with_a_handler(legacy: Sandbox) -> None:
    legacy.write(
        "specs/both.yaml",
        """\
node: both
kind: effect
description: Two operations of the old service in one node.
input: "acme.legacy.models:ModelRequest"
output: adder.Answer
handlers:
  ask: "acme.legacy.handlers:HandlerNext"
  trace:
    handler: "acme.legacy.handlers:HandlerTrace"
    input: "acme.legacy.models:ModelTraced"
    consumes: [next_number]
""",
    )

    assert legacy.build().ok

    found = contract(legacy, "out/src/acme/nodes/node_both_effect")
    topic = "onex.evt.acme.next-number-completed.v1"
    assert found["handler_routing"]["handlers"] == [
        {"operation": "ask", "handler": {"name": "HandlerNext", "module": "acme.legacy.handlers"}},
        {
            "operation": "trace",
            "handler": {"name": "HandlerTrace", "module": "acme.legacy.handlers"},
            "event_model": {"name": "ModelTraced", "module": "acme.legacy.models"},
            "topic": topic,
        },
    ]
    assert topic in found["event_bus"]["subscribe_topics"]


# ----------------------------------------------------------------------------------- what is built again


def test_a_change_of_existing_code_is_noticed(legacy: Sandbox) -> None:
    legacy.build()
    assert built(legacy.build()) == set()
    legacy.replace("src/acme/legacy/handlers.py", "+ 1", "+ 2")

    plan = legacy.open().plan()
    report = legacy.build()

    assert built(report) == {"next_number"}
    assert plan.decisions["next_number"].because == ("code acme.legacy.handlers changed",)


def test_a_change_of_an_existing_model_reaches_those_who_use_it(legacy: Sandbox) -> None:
    legacy.write(
        "specs/user.yaml", MIXED.replace("adder", "user").replace('"acme.legacy.models:ModelAnswer"', "{n: int}")
    )
    legacy.replace("specs/user.yaml", 'input: {answers: "list[Answer]"', 'input: {answers: "list[adder.Answer]"')
    legacy.replace("specs/user.yaml", "last: Answer}", "last: adder.Answer}")
    legacy.replace("specs/user.yaml", "Answer(number", "adder.Answer(number")
    assert legacy.build().ok
    legacy.replace("src/acme/legacy/models.py", "so it is", "it is so")

    report = legacy.build()

    assert built(report) == {"next_number", "adder", "user"}


def test_other_changes_rebuild_nothing(legacy: Sandbox) -> None:
    legacy.build()
    legacy.write("src/acme/legacy/other.py", "x = 1\n")

    assert set(statuses(legacy.build()).values()) == {Status.UP_TO_DATE}


# ------------------------------------------------------------------------------------------ problems


PROBLEMS = [
    (
        "legacy.models:ModelRequest",
        "legacy.modes:ModelRequest",
        "4:8",
        "there is no module `acme.legacy.modes`",
        "looked for acme/legacy/modes.py and src/acme/legacy/modes.py",
    ),
    (
        "models:ModelRequest",
        "models:ModelRequst",
        "4:28",
        "there is no `ModelRequst` in src/acme/legacy/models.py",
        "did you mean `ModelRequest`?",
    ),
    (
        "handlers:HandlerNext",
        "handlers:HandlerNxt",
        "6:32",
        "there is no `HandlerNxt` in src/acme/legacy/handlers.py",
        "did you mean `HandlerNext`?",
    ),
    (
        "acme.legacy.handlers:HandlerNext",
        "acme.legacy.handlers.HandlerNext",
        "6:10",
        "`acme.legacy.handlers.HandlerNext` does not name a class of a module",
        "write MODULE:CLASS, such as acme.legacy.models:ModelRequest",
    ),
    (
        'output: "acme.legacy.models:ModelAnswer"',
        'output: "acme.legacy.models:ModelTraced"',
        "6:10",
        "`HandlerNext.handle` gives ModelAnswer, but ModelTraced is promised",
        ("write `def handle(self, request: ModelRequest) -> ModelTraced` in src/acme/legacy/handlers.py:10"),
    ),
    (
        'input: "acme.legacy.models:ModelRequest"',
        'input: "acme.legacy.models:ModelAnswer"',
        "6:10",
        "`HandlerNext.handle` takes ModelRequest, but it is given ModelAnswer",
        "write `def handle(self, request: ModelAnswer) -> ModelAnswer` in src/acme/legacy/handlers.py:10",
    ),
    (
        "examples:",
        "logic: {number: '1'}\nexamples:",
        "7:1",
        "`logic` and `handler` both say what `next_number` does",
        "keep one of them",
    ),
    (
        "examples:",
        "handlers: {x: 'a:B'}\nexamples:",
        "7:1",
        "`handler` and `handlers` both say who answers",
        "keep one of them",
    ),
]
"""What is changed in the spec, to what, where the problem is, what it says, and its hint."""


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: case[3])
def test_a_problem_is_told_where_the_spec_refers_to_the_code(
    legacy: Sandbox, case: tuple[str, str, str, str, str]
) -> None:
    old, new, where, message, hint = case
    legacy.replace("specs/next_number.yaml", old, new)

    report = legacy.build()

    found = [(place(it), it.message, it.hint) for it in blocking(report)]
    assert found == [(f"specs/next_number.yaml:{where}", message, hint)]


def test_a_handler_may_take_a_base_class_of_what_it_is_given(legacy: Sandbox) -> None:
    legacy.replace("specs/next_number.yaml", "handlers:HandlerNext", "handlers:HandlerTrace")

    assert legacy.build().ok


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ("def handle(self, request) -> models.ModelAnswer:", "`HandlerTrace.handle` does not say what it takes"),
        ("def handle(self, request: ModelTraced):", "`HandlerTrace.handle` does not say what it gives"),
        (
            "def handle(self, request: ModelTraced, more: int) -> models.ModelAnswer:",
            "`HandlerTrace.handle` wants 2 arguments; it is given the request alone",
        ),
        (
            "def handle(self) -> models.ModelAnswer:",
            "`HandlerTrace.handle` wants 0 arguments; it is given the request alone",
        ),
        ("def handel(self, request: ModelTraced) -> models.ModelAnswer:", "`HandlerTrace` has no method `handle`"),
    ],
)
def test_a_handler_that_cannot_be_called(legacy: Sandbox, signature: str, message: str) -> None:
    legacy.replace("specs/next_number.yaml", "HandlerNext", "HandlerTrace")
    legacy.replace(
        "src/acme/legacy/handlers.py", "def handle(self, request: ModelTraced) -> models.ModelAnswer:", signature
    )

    assert message in [it.message for it in blocking(legacy.build())]


def test_code_that_is_no_python_is_told_at_its_own_place(legacy: Sandbox) -> None:
    legacy.replace("src/acme/legacy/handlers.py", "class HandlerNext(_Asking):", "class HandlerNext(_Asking:")

    assert told(legacy.build()) == [("src/acme/legacy/handlers.py:15:26", "reference")]


def test_a_shared_document_may_refer_to_existing_models(legacy: Sandbox) -> None:
    legacy.write("specs/old.yaml", 'shared: old\nmodels: {Answer: "acme.legacy.models:ModelAnswer"}\n')
    legacy.replace("specs/adder.yaml", 'Answer: "acme.legacy.models:ModelAnswer"', "Total: {n: int}")
    legacy.replace("specs/adder.yaml", '"list[Answer]"', '"list[old.Answer]"')
    legacy.replace("specs/adder.yaml", "last: Answer}", "last: old.Answer}")
    legacy.replace("specs/adder.yaml", "Answer(number", "old.Answer(number")

    assert legacy.build().ok
    model = "out/src/acme/nodes/node_adder_compute/models/model_adder_input.py"
    assert "from acme.legacy.models import ModelAnswer\n" in legacy.read(model)


def test_a_class_of_an_installed_package(make: Make) -> None:
    text = NEXT.replace("acme.legacy.models:ModelAnswer", "pydantic:BaseModel").partition("handler:")[0]
    sandbox = make({"specs/next_number.yaml": text.replace("acme.legacy.models:ModelRequest", "pydantic:BaseModl")})
    sandbox.write(
        "specs/next_number.py", "from typing import Any\n\n\ndef handle(request: Any) -> Any:\n    return request\n"
    )

    (problem,) = blocking(sandbox.build())

    assert (place(problem), problem.message) == ("specs/next_number.yaml:4:18", "there is no `BaseModl` in `pydantic`")


def test_modules_may_stand_in_the_workspace_s_own_folder(make: Make) -> None:
    sandbox = make({path.removeprefix("src/"): text for path, text in FILES.items()})

    assert sandbox.build().ok
    assert 'pythonpath = ["src", ".."]' in sandbox.read("out/pyproject.toml")


def test_an_orchestrator_calls_an_existing_handler(checked: Make) -> None:
    sandbox = checked(FILES)
    sandbox.write(
        "specs/flow.yaml",
        """\
node: flow
kind: orchestrator
description: Ask the old service twice for a number.
input: {number: int}
output: {number: int}
steps:
  - {step: first, call: next_number, with: {number: number}}
  - {step: second, call: next_number, with: {number: first.number}}
logic: {number: second.number}
examples:
  - name: two
    input: {number: 1}
    steps: {first: {number: 2}, second: {number: 3}}
    output: {number: 3}
""",
    )

    assert blocking(sandbox.build(mode=Mode.BALANCED)) == []
    handler = sandbox.read("out/src/acme/nodes/node_flow_orchestrator/handlers/handler_flow.py")
    assert "from acme.legacy.handlers import HandlerNext\n" in handler
