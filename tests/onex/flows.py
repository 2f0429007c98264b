"""Orchestrators for tests: specs that all call the node `work`, and the package that they become."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workspaces import blocking, workspace

WORK = """\
node: work
kind: compute
description: Do some work.
input: {name: str, x: {type: int, default: 0}, values: {type: "list[int]", default: []}}
output: {value: int, ok: bool}
logic: {value: x + sum(values), ok: x + sum(values) > 0}
---
node: unwork
kind: compute
description: Undo some work.
input: {name: str}
output: {name: str}
logic: {name: name}
"""

FLOWS = """\
node: together
kind: orchestrator
description: Two steps that do not need each other.
input: {x: int}
output: {total: int}
steps:
  - {step: a, call: work, with: {name: '"a"', x: x}}
  - {step: b, call: work, with: {name: '"b"', x: x + 1}}
logic: {total: a.value + b.value}
---
node: ahead
kind: orchestrator
description: A step that does not wait for a slow one.
input: {x: int}
output: {total: int}
steps:
  - {step: fast, call: work, with: {name: '"fast"', x: x}}
  - {step: slow, call: work, with: {name: '"slow"', x: x}}
  - {step: next, call: work, with: {name: '"next"', x: fast.value}}
logic: {total: next.value + slow.value}
---
node: guarded
kind: orchestrator
description: Steps that are skipped.
input: {x: int, y: int}
output: {total: int, done: "list[str]", more: int | None}
steps:
  - {step: check, call: work, with: {name: '"check"', x: x}}
  - {step: price, call: work, with: {name: '"price"', x: check.value}, when: check.ok}
  - {step: extra, call: work, with: {name: '"extra"', x: price.value + y}, when: check.ok and y > 0}
logic:
  total: price.value + (extra.value if y > 0 else 0) if check.ok else -1
  done: "['price'] if check.ok else []"
  more: extra.value if extra is not None else None
---
node: either
kind: orchestrator
description: One step or the other, and one behind both.
input: {x: int, card: bool}
output: {total: int}
steps:
  - {step: paid, call: work, with: {name: '"paid"', x: x}, when: card}
  - {step: billed, call: work, with: {name: '"billed"', x: x + 1}, when: not card}
  - {step: told, call: work, with: {name: '"told"', x: paid.value if card else billed.value}}
logic: {total: told.value}
---
node: split
kind: orchestrator
description: One step or the other.
input: {x: int}
output: {total: int}
steps:
  - {step: check, call: work, with: {name: '"check"', x: x}}
  - {step: good, call: work, with: {name: '"good"', x: check.value}, when: check.ok}
  - {step: bad, call: work, with: {name: '"bad"', x: check.value}, when: not check.ok}
logic: {total: good.value if check.ok else -bad.value}
---
node: many
kind: orchestrator
description: One call for each item.
input: {xs: "list[int]"}
output: {values: "list[int]"}
steps:
  - {step: each, call: work, for_each: xs, with: {name: 'f"item {item}"', x: item}, undo: unwork}
  - {step: last, call: work, with: {name: '"last"', values: "[it.value for it in each]"}}
logic: {values: "[it.value for it in each]"}
---
node: patient
kind: orchestrator
description: Try again.
input: {x: int}
output: {total: int}
steps:
  - {step: a, call: work, with: {name: '"a"', x: x}, retry: {attempts: 3, backoff: 1ms}, timeout: 50ms}
logic: {total: a.value}
---
node: saga
kind: orchestrator
description: Three steps, of which two can be undone.
input: {x: int}
output: {total: int}
steps:
  - {step: one, call: work, with: {name: '"one"', x: x}, undo: unwork}
  - {step: two, call: work, with: {name: '"two"', x: one.value}, undo: unwork}
  - {step: three, call: work, with: {name: '"three"', x: two.value}}
logic: {total: 100 // three.value}
---
node: wide
kind: orchestrator
description: Steps that can be undone, side by side, and one behind them.
input: {x: int}
output: {total: int}
steps:
  - {step: one, call: work, with: {name: '"one"', x: x}, undo: unwork}
  - {step: two, call: work, with: {name: '"two"', x: x}, undo: unwork}
  - {step: three, call: work, with: {name: '"three"', x: one.value}}
logic: {total: two.value + three.value}
---
node: nested
kind: orchestrator
description: Call an orchestrator.
input: {x: int}
output: {total: int}
steps:
  - {step: inner, call: saga, with: {x: x}}
logic: {total: inner.total}
---
node: dag
kind: orchestrator
description: Stands for any graph of steps.
input: {x: int}
output: {values: "list[int | None]"}
steps:
  - {step: s0, call: work, with: {name: '"s0"', x: x}}
logic: {values: "[s0.value]"}
"""


@dataclass
class Package:
    """A generated package, and what stands in it."""

    name: str

    def handler(self, node: str, **calls: object) -> Any:
        """Return the handler of an orchestrator that calls these nodes."""
        module = importlib.import_module(f"{self.name}.nodes.node_{node}_orchestrator.handlers")
        return getattr(module, f"Handler{node.title().replace('_', '')}")(**calls)

    def request(self, node: str, **fields: object) -> Any:
        """Return what an orchestrator is asked."""
        return self.model(f"node_{node}_orchestrator", f"Model{node.title().replace('_', '')}Input")(**fields)

    def model(self, folder: str, name: str) -> Any:
        """Return the class of a model."""
        return getattr(importlib.import_module(f"{self.name}.nodes.{folder}.models"), name)

    def support(self, module: str) -> Any:
        """Return a module that stands beside the nodes."""
        return importlib.import_module(f"{self.name}.{module}")


@contextmanager
def generated(root: Path, name: str, specs: str) -> Iterator[Package]:
    """Build a package and let it be imported."""
    sandbox = workspace(root, {"specs/flows.yaml": specs})
    sandbox.write("omnibuild.toml", f'[workspace]\npackage = "{name}"\n')
    report = sandbox.build()
    assert report.ok, blocking(report)
    sys.path.insert(0, str(sandbox.out / "src"))
    try:
        yield Package(name)
    finally:
        sys.path.remove(str(sandbox.out / "src"))
        for module in [it for it in sys.modules if it == name or it.startswith(f"{name}.")]:
            del sys.modules[module]


type Behaviour = Callable[[Any], Awaitable[object]]


@dataclass
class Worker:
    """Stands for `work` and `unwork`: does what a test says, and writes down who was called when."""

    package: Package
    behaviour: dict[str, Behaviour] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    most: int = 0

    async def work(self, request: Any) -> Any:
        """Do what is to be done for this name, then answer as the real node does."""
        self.calls.append(request.name)
        self.running.add(request.name)
        self.most = max(self.most, len(self.running))
        try:
            if behaviour := self.behaviour.get(request.name):
                await behaviour(request)
        finally:
            self.running.remove(request.name)
        value = request.x + sum(request.values)
        return self.package.model("node_work_compute", "ModelWorkOutput")(value=value, ok=value > 0)

    async def unwork(self, request: Any) -> None:
        """Undo."""
        self.undone.append(request.name)
        if behaviour := self.behaviour.get(f"undo {request.name}"):
            await behaviour(request)

    def handler(self, node: str) -> Any:
        """Return an orchestrator that calls this worker."""
        calls: dict[str, object] = {"work": self.work}
        if node in ("many", "saga", "wide"):
            calls["unwork"] = self.unwork
        return self.package.handler(node, **calls)

    def run(self, node: str, **fields: object) -> Any:
        """Run an orchestrator to its end; nothing may go on behind it."""

        async def to_its_end() -> Any:
            try:
                return await self.handler(node).handle(self.package.request(node, **fields))
            finally:
                assert asyncio.all_tasks() == {asyncio.current_task()}

        return asyncio.run(to_its_end())


def failing(error: BaseException) -> Behaviour:
    """Return what raises this."""

    async def fail(_: Any) -> None:
        raise error

    return fail
