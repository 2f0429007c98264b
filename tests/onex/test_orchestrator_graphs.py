"""Any graph of steps: what is generated does what an interpreter, written here, says of the spec."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnibuild.core.values import Mode, NodeSpec, Spec
from omnibuild.graph.resolve import resolve
from omnibuild.onex.names import Names
from omnibuild.onex.orchestrator import handler as orchestrator
from omnibuild.spec import document
from omnibuild.spec.reader import read_spec
from tests.conftest import Make
from tests.onex.flows import FLOWS, WORK, Package, generated
from tests.workspaces import blocking

PACKAGE = "graphs"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    with generated(tmp_path_factory.mktemp("graphs"), PACKAGE, f"{WORK}---\n{FLOWS}") as found:
        yield found


@dataclass
class Node:
    """A step of a random graph: conditions that are to hold, and steps that are read."""

    name: str
    guard: list[tuple[str, bool]] = field(default_factory=list)
    values: dict[str, bool] = field(default_factory=dict)
    """The steps that `with` reads, each with whether it is known to have run."""

    @property
    def reads(self) -> set[str]:
        return {*self.values, *(name for name, _ in self.guard)}

    @property
    def condition(self) -> str:
        return " and ".join(f"{'' if holds else 'not '}{name}.ok" for name, holds in self.guard)


def graph(random: Random) -> list[Node]:
    """Return steps, each behind those that it reads; every read of a skipped result is under its guard."""
    nodes: list[Node] = []
    for index in range(random.randint(1, 8)):
        node = Node(f"s{index}")
        if nodes and random.random() < 0.6:
            node.guard = _guard(random, nodes)
        for other in random.sample(nodes, random.randint(0, min(3, len(nodes)))):
            implied = set(other.guard) <= set(node.guard)
            node.values[other.name] = implied
        nodes.append(node)
    return nodes


def _guard(random: Random, nodes: list[Node]) -> list[tuple[str, bool]]:
    """Return conditions: those under which a step runs, and what that step says; or the opposite of the last."""
    chosen = random.choice(nodes)
    guard = [*chosen.guard, (chosen.name, random.random() < 0.6)]
    if random.random() < 0.3:
        free = [it for it in nodes if not it.guard and it is not chosen]
        guard += [(it.name, True) for it in random.sample(free, min(1, len(free)))]
    return guard if len({name for name, _ in guard}) == len(set(guard)) else []


def spec_of(nodes: list[Node], random: Random) -> str:
    lines = []
    for node in random.sample(nodes, len(nodes)):
        by_name = {it.name: it for it in nodes}
        values = ", ".join(_value(by_name[name], implied, random) for name, implied in node.values.items())
        when = f", when: {node.condition}" if node.guard else ""
        asked = f"{{name: '\"{node.name}\"', x: x, values: '[{values}]'}}"
        lines.append(f"  - {{step: {node.name}, call: work, with: {asked}{when}}}")
    results = ", ".join(_result(it, random) for it in nodes)
    steps = "\n".join(lines)
    return f"""\
node: dag
kind: orchestrator
description: Any graph of steps.
input: {{x: int}}
output: {{values: "list[int | None]"}}
steps:
{steps}
logic: {{values: '[{results}]'}}
"""


def _value(read: Node, implied: bool, random: Random) -> str:
    if implied or not read.guard:
        return f"{read.name}.value"
    condition = random.choice([f"{read.name} is not None", read.name])
    return f"({read.name}.value if {condition} else -1)"


def _result(node: Node, random: Random) -> str:
    if not node.guard:
        return f"{node.name}.value"
    # A guard that reads steps that are skipped themselves can be repeated: it is tested in the same order.
    condition = random.choice([node.condition, f"{node.name} is not None"])
    return random.choice(
        [f"{node.name}.value if {condition} else None", f"None if not ({condition}) else {node.name}.value"]
    )


def assembled(text: str, package: Package) -> Any:
    """Return the handler that is generated for a spec, imported."""
    specs: dict[str, Spec] = {}
    for it in document.read("flows.yaml", f"{WORK}---\n{text}")[0]:
        spec, problems = read_spec(it, None, PACKAGE)
        assert spec, problems
        specs[spec.name] = spec
    found, problems = resolve(specs, specs, {})
    names, dag = Names(found, PACKAGE), found.specs["dag"]
    assert isinstance(dag, NodeSpec)
    assert not [*problems, *orchestrator.check(dag, names)], text
    module: dict[str, Any] = {"__name__": "generated"}
    exec(compile(orchestrator.handler(dag, names).text, "handler", "exec"), module)
    return module["HandlerDag"]


class VirtualTime(asyncio.SelectorEventLoop):
    """A loop in which sleeping takes no time: the clock goes on to the next thing to do."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        loop: Any = self
        if not loop._ready and loop._scheduled:
            self.now = max(self.now, loop._scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


@dataclass
class Run:
    """What happened: when each step was called and when it answered, and the answer."""

    started: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    values: list[int | None] = field(default_factory=list)


def value_of(name: str, x: int, values: list[int]) -> int:
    return (sum(values) * 31 + x * 7 + int(name[1:])) % 97


def run(handler: Any, package: Package, x: int, delays: dict[str, float]) -> Run:
    found = Run()
    answer = package.model("node_work_compute", "ModelWorkOutput")

    async def work(request: Any) -> Any:
        loop = asyncio.get_running_loop()
        assert request.name not in found.started
        found.started[request.name] = loop.time()
        await asyncio.sleep(delays[request.name])
        found.ended[request.name] = loop.time()
        value = value_of(request.name, request.x, request.values)
        return answer(value=value, ok=value % 2 == 0)

    async def handle() -> None:
        found.values = (await handler(work=work).handle(package.request("dag", x=x))).values
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        runner.run(handle())
    return found


def interpreted(nodes: list[Node], x: int) -> dict[str, int | None]:
    """Return what each step gives, None if it is skipped, one after the other."""
    results: dict[str, int | None] = {}
    for node in nodes:
        holds = all((value := results[name]) is not None and (value % 2 == 0) == wanted for name, wanted in node.guard)
        read = [results[name] for name in node.values]
        results[node.name] = value_of(node.name, x, [-1 if it is None else it for it in read]) if holds else None
    return results


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), x=st.integers(0, 50))
def test_any_graph_of_steps(package: Package, seed: int, x: int) -> None:
    random = Random(seed)
    nodes = graph(random)
    delays = {it.name: random.randint(0, 20) / 10 for it in nodes}
    text = spec_of(nodes, random)

    found = run(assembled(text, package), package, x, delays)

    expected = interpreted(nodes, x)
    assert found.values == list(expected.values()), text
    assert found.started.keys() == {name for name, value in expected.items() if value is not None}, text
    earliest: dict[str, float] = {}
    latest: dict[str, float] = {}
    for node in nodes:
        # What a skipped step reads beside its guard may be awaited, or not.
        guard = {name for name, _ in node.guard}
        earliest[node.name] = max(
            (earliest[it] for it in (node.reads if node.name in found.started else guard)), default=0
        )
        latest[node.name] = max((latest[it] for it in node.reads), default=0)
        if node.name in found.started:
            start = found.started[node.name]
            assert earliest[node.name] - 1e-6 <= start <= latest[node.name] + 1e-6, (node.name, text)
            earliest[node.name] = latest[node.name] = found.ended[node.name]


def test_a_type_checker_understands_what_is_generated(checked: Make) -> None:
    randoms = [Random(seed) for seed in range(15)]
    graphs = [spec_of(graph(it), it).replace("node: dag", f"node: dag_{index}") for index, it in enumerate(randoms)]
    sandbox = checked({"specs/flows.yaml": "---\n".join([WORK, FLOWS, *graphs])})

    report = sandbox.build(mode=Mode.BALANCED)

    assert report.ok, blocking(report)
