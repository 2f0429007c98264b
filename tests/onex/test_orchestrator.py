"""Generated orchestrators, run: what runs when, what is skipped, tried again, undone."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Make
from tests.onex.flows import FLOWS, WORK, Package, Worker, failing, generated
from tests.workspaces import Sandbox


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    with generated(tmp_path_factory.mktemp("flows"), "flows", f"{WORK}---\n{FLOWS}") as found:
        yield found


@pytest.fixture
def worker(package: Package) -> Worker:
    return Worker(package)


# ------------------------------------------------------------------------------- at the same time


def test_steps_that_do_not_need_each_other_overlap(worker: Worker) -> None:
    meeting = asyncio.Barrier(2)

    async def meet(_: Any) -> None:
        async with asyncio.timeout(5):
            await meeting.wait()

    worker.behaviour |= {"a": meet, "b": meet}

    assert worker.run("together", x=1).total == 3
    assert worker.most == 2


def test_a_step_waits_only_for_those_that_it_reads(worker: Worker) -> None:
    started = asyncio.Event()

    async def wait(_: Any) -> None:
        async with asyncio.timeout(5):
            await started.wait()

    async def start(_: Any) -> None:
        assert "slow" in worker.running
        started.set()

    worker.behaviour |= {"slow": wait, "next": start}

    assert worker.run("ahead", x=2).total == 4
    assert worker.calls == ["fast", "slow", "next"]


def test_the_first_failure_ends_the_others(worker: Worker, package: Package) -> None:
    ended: list[str] = []

    async def wait(request: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(request.name)

    worker.behaviour |= {"a": failing(ValueError("no")), "b": wait}

    with pytest.raises(package.support("errors").StepError) as caught:
        worker.run("together", x=1)

    assert (caught.value.node, caught.value.step, caught.value.called) == ("together", "a", "work")
    assert isinstance(caught.value.__cause__, ValueError)
    assert ended == ["b"]


def test_failures_at_the_same_time_are_noted(worker: Worker, package: Package) -> None:
    worker.behaviour |= {"a": failing(ValueError("no")), "b": failing(OSError("neither"))}

    with pytest.raises(package.support("errors").StepError) as caught:
        worker.run("together", x=1)

    assert caught.value.step == "a"
    assert "neither" in " ".join(caught.value.__notes__)


# ------------------------------------------------------------------------------------- guards


@pytest.mark.parametrize(
    ("x", "y", "calls", "answer"),
    [
        (0, 1, ["check"], (-1, [], None)),
        (3, 0, ["check", "price"], (3, ["price"], None)),
        (3, 2, ["check", "price", "extra"], (8, ["price"], 5)),
    ],
)
def test_a_step_is_skipped_where_its_guard_does_not_hold(
    worker: Worker, x: int, y: int, calls: list[str], answer: tuple[int, list[str], int | None]
) -> None:
    found = worker.run("guarded", x=x, y=y)

    assert worker.calls == calls
    assert (found.total, found.done, found.more) == answer


@pytest.mark.parametrize(("card", "calls", "total"), [(True, ["paid", "told"], 1), (False, ["billed", "told"], 2)])
def test_one_step_or_the_other(worker: Worker, card: bool, calls: list[str], total: int) -> None:
    assert worker.run("either", x=1, card=card).total == total
    assert worker.calls == calls


@pytest.mark.parametrize(("x", "calls", "total"), [(2, ["check", "good"], 2), (-2, ["check", "bad"], 2)])
def test_branches(worker: Worker, x: int, calls: list[str], total: int) -> None:
    assert worker.run("split", x=x).total == total
    assert worker.calls == calls


# ---------------------------------------------------------------------------- for each, again


def test_items_are_called_a_few_at_a_time_and_answered_in_order(worker: Worker, package: Package) -> None:
    xs = list(range(40))

    async def later_ones_are_faster(request: Any) -> None:
        await asyncio.sleep((40 - request.x) / 5_000)

    worker.behaviour |= {f"item {x}": later_ones_are_faster for x in xs}

    assert worker.run("many", xs=xs).values == xs
    assert worker.most == package.support("steps").LIMIT == 8
    assert worker.calls[-1] == "last"
    assert not worker.undone


def test_no_items_are_no_calls(worker: Worker) -> None:
    assert worker.run("many", xs=[]).values == []
    assert worker.calls == ["last"]


def test_every_item_that_is_done_is_undone(worker: Worker, package: Package) -> None:
    worker.behaviour["last"] = failing(ValueError("no"))

    with pytest.raises(package.support("errors").StepError, match="last"):
        worker.run("many", xs=[1, 2, 3])

    assert worker.undone == ["item 3", "item 2", "item 1"]


def test_only_items_that_are_done_are_undone(worker: Worker, package: Package) -> None:
    async def wait(_: Any) -> None:
        await asyncio.sleep(30)

    worker.behaviour |= {"item 2": failing(ValueError("no")), "item 3": wait}

    with pytest.raises(package.support("errors").StepError, match="each"):
        worker.run("many", xs=[1, 2, 3])

    assert worker.undone == ["item 1"]


def test_what_fails_is_tried_again(worker: Worker) -> None:
    async def twice(_: Any) -> None:
        if len(worker.calls) < 3:
            raise ConnectionError("not yet")

    worker.behaviour["a"] = twice

    assert worker.run("patient", x=1).total == 1
    assert worker.calls == ["a", "a", "a"]


def test_what_fails_every_time_fails_the_step(worker: Worker, package: Package) -> None:
    worker.behaviour["a"] = failing(ConnectionError("never"))

    with pytest.raises(package.support("errors").StepError, match=r"patient: a has failed.*work: never") as caught:
        worker.run("patient", x=1)

    assert worker.calls == ["a", "a", "a"]
    assert isinstance(caught.value.__cause__, ConnectionError)


def test_a_call_that_takes_too_long_fails(worker: Worker, package: Package) -> None:
    async def hang(_: Any) -> None:
        await asyncio.sleep(30)

    worker.behaviour["a"] = hang

    with pytest.raises(package.support("errors").StepError) as caught:
        worker.run("patient", x=1)

    assert isinstance(caught.value.__cause__, TimeoutError)


# -------------------------------------------------------------------------------------- sagas


def test_nothing_is_undone_if_all_goes_well(worker: Worker) -> None:
    assert worker.run("saga", x=5).total == 20
    assert not worker.undone


def test_a_saga_whose_third_step_fails(worker: Worker, package: Package) -> None:
    worker.behaviour["three"] = failing(ValueError("no"))

    with pytest.raises(package.support("errors").StepError) as caught:
        worker.run("saga", x=1)

    assert worker.calls == ["one", "two", "three"]
    assert worker.undone == ["two", "one"]
    assert (caught.value.node, caught.value.step, caught.value.called) == ("saga", "three", "work")
    assert str(caught.value) == "saga: three has failed, which calls work: no"


def test_an_undo_that_fails_is_reported_and_the_others_still_run(
    worker: Worker, package: Package, caplog: pytest.LogCaptureFixture
) -> None:
    worker.behaviour |= {"three": failing(ValueError("no")), "undo two": failing(OSError("gone"))}

    with caplog.at_level(logging.ERROR), pytest.raises(package.support("errors").StepError) as caught:
        worker.run("saga", x=1)

    assert worker.undone == ["two", "one"]
    assert caught.value.step == "three"
    assert len(caught.value.__notes__) == 1
    assert "undo of two" in caught.value.__notes__[0]
    assert "gone" in caught.value.__notes__[0]
    assert "undo of two" in caplog.text


def test_an_output_that_cannot_be_made_undoes_the_steps(worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        worker.run("saga", x=0)

    assert worker.undone == ["two", "one"]


def test_steps_side_by_side_are_undone_in_the_reverse_order_of_their_ends(worker: Worker, package: Package) -> None:
    done = asyncio.Event()

    async def wait(_: Any) -> None:
        await done.wait()

    async def end_others(_: Any) -> None:
        done.set()
        await asyncio.sleep(0.01)
        raise ValueError("no")

    worker.behaviour |= {"two": wait, "three": end_others}

    with pytest.raises(package.support("errors").StepError):
        worker.run("wide", x=1)

    assert worker.undone == ["two", "one"]


def test_a_step_that_was_not_done_is_not_undone(worker: Worker, package: Package) -> None:
    async def wait(_: Any) -> None:
        await asyncio.sleep(30)

    worker.behaviour |= {"two": wait, "three": failing(ValueError("no"))}

    with pytest.raises(package.support("errors").StepError):
        worker.run("wide", x=1)

    assert worker.undone == ["one"]


@pytest.mark.parametrize(("node", "undone"), [("saga", ["one"]), ("wide", ["one"]), ("together", [])])
def test_cancellation_undoes_and_leaves_nothing_running(
    worker: Worker, package: Package, node: str, undone: list[str]
) -> None:
    reached = asyncio.Event()

    async def hang(_: Any) -> None:
        reached.set()
        await asyncio.sleep(30)

    worker.behaviour |= {"two": hang, "b": hang}

    async def cancelled() -> None:
        task = asyncio.create_task(worker.handler(node).handle(package.request(node, x=1)))
        await reached.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(cancelled())

    assert worker.undone == undone
    assert not worker.running


def test_a_second_cancellation_ends_one_undo_only(worker: Worker, package: Package) -> None:
    undoing = asyncio.Event()

    async def hang(_: Any) -> None:
        undoing.set()
        await asyncio.sleep(30)

    worker.behaviour |= {"three": failing(ValueError("no")), "undo two": hang}

    async def cancelled() -> None:
        task = asyncio.create_task(worker.handler("saga").handle(package.request("saga", x=1)))
        await undoing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())

    assert worker.undone == ["two", "one"]


# ------------------------------------------------------------------------------------- wiring


def test_generated_handlers_are_called_if_nothing_else_is_given(package: Package) -> None:
    answer = asyncio.run(package.handler("saga").handle(package.request("saga", x=5)))

    assert answer.total == 20


def test_an_orchestrator_can_be_called(worker: Worker, package: Package) -> None:
    worker.behaviour["three"] = failing(ValueError("no"))
    inner = worker.handler("saga")

    with pytest.raises(package.support("errors").StepError) as caught:
        asyncio.run(package.handler("nested", saga=inner.handle).handle(package.request("nested", x=1)))

    assert (caught.value.node, caught.value.step) == ("nested", "inner")
    assert caught.value.__cause__.step == "three"
    assert worker.undone == ["two", "one"]


CHECKOUT = """
import asyncio, json, sqlite3, sys
from acme.errors import StepError
from acme.nodes.node_checkout_orchestrator.handlers import HandlerCheckout
from acme.nodes.node_checkout_orchestrator.models import ModelCheckoutInput

async def main():
    handler = HandlerCheckout()
    request = ModelCheckoutInput.model_validate_json(sys.argv[1])
    try:
        await handler.handle(request)
    except StepError as error:
        return [error.step, error.called, error.__cause__.operation]
    finally:
        await handler.aclose()

print(json.dumps(asyncio.run(main())))
"""


def test_an_order_that_cannot_be_packed_is_not_stored(repository: Sandbox) -> None:
    orders = repository.root / "orders.sqlite"
    lines = [{"sku": "A", "quantity": 2, "unit_price": "5"}]
    order = json.dumps({"order_id": "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11", "lines": lines})

    ended = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", CHECKOUT, order],
        env={
            **os.environ,
            "PYTHONPATH": str(repository.out / "src"),
            "DATABASE_URL": f"sqlite+aiosqlite:///{orders}",
            "WAREHOUSE_URL": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stdout.strip() == '["pack", "warehouse_notifier", "told"]', ended.stderr
    assert rows(orders) == []


def rows(database: Path) -> list[Any]:
    with sqlite3.connect(database) as connection:
        return list(connection.execute("select * from orders"))


CHECKED = """\
node: checkout
kind: orchestrator
description: Check, price and store.
input: {x: int}
output: {accepted: bool, total: int}
steps:
  - {step: check, call: work, with: {name: '"check"', x: x}}
  - {step: price, call: work, with: {name: '"price"', x: check.value}, when: check.ok}
  - {step: store, call: work, with: {name: '"store"', x: price.value}, when: check.ok, undo: unwork}
logic: {accepted: check.ok, total: price.value if check.ok else 0}
"""
HANDLE = '''\
    async def handle(self, request: ModelCheckoutInput) -> ModelCheckoutOutput:
        """Run the steps and gather their results."""
        check = await self._check(ModelWorkInput(name="check", x=request.x))
        if not check.ok:
            return ModelCheckoutOutput(accepted=False, total=0)
        price = await self._price(ModelWorkInput(name="price", x=check.value))
        async with Saga("checkout") as saga:
            await self._store(saga, ModelWorkInput(name="store", x=price.value))
            return ModelCheckoutOutput(accepted=True, total=price.value)

    async def _check(self, request: ModelWorkInput) -> ModelWorkOutput:
        """Call work."""
        with step("checkout", "check", "work"):
            return await self._work(request)
'''


def test_a_linear_saga_reads_like_one(make: Make) -> None:
    sandbox = make({"specs/work.yaml": WORK, "specs/checkout.yaml": CHECKED})

    assert sandbox.build().ok
    assert HANDLE in sandbox.read("out/src/acme/nodes/node_checkout_orchestrator/handlers/handler_checkout.py")
