"""What becomes of files below `out/`: written, removed, edited by hand, left over, or somebody else's."""

from __future__ import annotations

import pytest

from omnibuild.core.values import Level, Problem, Report, Status
from tests.conftest import Make
from tests.workspaces import PRICER, Sandbox, blocking, place, statuses, told

HOME = "src/acme/nodes/node_pricer_compute"
HANDLER = f"{HOME}/handlers/handler_pricer.py"
BILLER = "src/acme/nodes/node_biller_effect/handlers/handler_biller.py"


@pytest.fixture
def done(chain: Sandbox) -> Sandbox:
    assert chain.build().ok
    return chain


def edit(sandbox: Sandbox, path: str, old: str, new: str) -> None:
    sandbox.replace(f"out/{path}", old, new)


def found(report: Report) -> list[tuple[str, str]]:
    return [(it.code, place(it).partition(":")[0]) for it in blocking(report)]


def only(report: Report) -> Problem:
    (problem,) = blocking(report)
    return problem


# ---------------------------------------------------------------------------------- edits by hand


@pytest.mark.parametrize(
    ("where", "old", "new", "belongs"),
    [
        ((HANDLER, 11), "request.quantity * request.price", "request.price", "specs/pricer.yaml:8"),
        ((HANDLER, 10), '"""Compute the output', '"""Work out the output', "specs/pricer.yaml:8"),
        ((f"{HOME}/models/model_pricer_input.py", 14), "price: Decimal", "price: float", "specs/pricer.yaml:5"),
        ((f"{HOME}/models/model_pricer_output.py", 13), "total: Decimal", "total: float", "specs/pricer.yaml:6"),
        ((f"{HOME}/tests/test_handler_pricer.py", 11), '"5.00"', '"6.00"', "specs/pricer.yaml:10"),
        ((f"{HOME}/__init__.py", 1), "Price a number", "Price some", "specs/pricer.yaml:3"),
        ((f"{HOME}/contract.yaml", 2), "COMPUTE_GENERIC", "EFFECT_GENERIC", "specs/pricer.yaml:1"),
        (("src/acme/shared/money/enum_currency.py", 9), 'EUR = "EUR"', 'EUR = "eur"', "specs/money.yaml:4"),
        ((BILLER, 11), "charged.value > 0", "charged.value > 1", "specs/biller.py:6"),
    ],
)
def test_an_edit_stops_the_build_and_is_told_where_it_belongs(
    done: Sandbox, where: tuple[str, int], old: str, new: str, belongs: str
) -> None:
    path, line = where
    edit(done, path, old, new)
    before = done.tree()

    report = done.build()

    problem = only(report)
    assert (problem.code, place(problem)) == ("edited", f"out/{path}:{line}:1")
    assert problem.message == f"out/{path} was edited by hand"
    assert problem.hint == f"edit {belongs} instead, or --overwrite to take the edit away (a copy is kept)"
    assert done.tree() == before


def test_an_edit_of_the_files_around_the_nodes_belongs_nowhere(done: Sandbox) -> None:
    edit(done, "pyproject.toml", "0.1.0", "0.2.0")

    assert only(done.build()).hint.startswith("no spec makes this text: ")


def test_overwrite_takes_an_edit_away_and_keeps_a_copy(done: Sandbox) -> None:
    before = done.tree()
    edit(done, HANDLER, "request.quantity * request.price", "request.price * 7")
    edited = done.read(f"out/{HANDLER}")

    report = done.build(overwrite=True)

    assert report.ok
    assert report.written == (HANDLER,)
    assert statuses(report)["pricer"] is Status.RESTORED
    assert done.tree() == before
    copies = [it for it in (done.root / "cache" / "overwritten").rglob("*") if it.is_file()]
    assert [it.read_text() for it in copies] == [edited]
    assert copies[0].relative_to(done.root / "cache" / "overwritten").as_posix().startswith(HANDLER)
    assert done.build().ok


def test_an_edit_that_the_spec_catches_up_with_is_no_edit(done: Sandbox) -> None:
    edit(done, HANDLER, "request.quantity * request.price", "request.price * request.quantity")
    done.replace("specs/pricer.yaml", "quantity * price", "price * quantity")

    report = done.build()

    assert report.ok
    assert report.written == ()


def test_an_edit_stops_the_build_of_a_changed_spec(done: Sandbox) -> None:
    edit(done, HANDLER, "request.quantity * request.price", "request.price")
    done.replace("specs/pricer.yaml", "quantity * price", "quantity + price")

    assert found(done.build()) == [("edited", f"out/{HANDLER}")]


def test_a_step_that_a_broken_spec_made_was_edited(make: Make) -> None:
    caller = """\
node: caller
kind: orchestrator
description: Price a number of pieces twice.
input: {quantity: int, price: Decimal}
output: {total: Decimal}
steps:
  - {step: one, call: pricer, with: {quantity: quantity, price: price}}
logic: {total: one.total * 2}
"""
    sandbox = make({"specs/pricer.yaml": PRICER, "specs/caller.yaml": caller})
    assert sandbox.build().ok
    edit(sandbox, "src/acme/nodes/node_caller_orchestrator/handlers/handler_caller.py", "caller", "calling")
    sandbox.replace("specs/caller.yaml", "one.total * 2", "one.sum")

    assert sorted(it.code for it in blocking(sandbox.build())) == ["edited", "expression"]


def test_several_edits_are_told_at_once(done: Sandbox) -> None:
    edit(done, HANDLER, "Price a number", "Price the number")
    edit(done, "src/acme/shared/money/model_amount.py", "value: Decimal", "value: int")

    assert found(done.build()) == [
        ("edited", f"out/{HANDLER}"),
        ("edited", "out/src/acme/shared/money/model_amount.py"),
    ]


def test_a_selection_does_not_mind_edits_of_others(done: Sandbox) -> None:
    edit(done, HANDLER, "Price a number", "Price the number")

    assert done.build("charger").ok
    assert not done.build("pricer").ok


# ---------------------------------------------------------------------------------- what is removed


def test_the_files_of_a_removed_spec_are_removed(done: Sandbox) -> None:
    done.remove("specs/pricer.yaml")

    report = done.build()

    assert report.ok
    assert set(report.removed) == {path for path in report.removed if path.startswith(f"{HOME}/")}
    assert len(report.removed) == 12
    assert not (done.out / HOME).exists()
    assert "pricer" not in done.read("out/pyproject.toml")


def test_the_file_of_a_removed_model_is_removed(done: Sandbox) -> None:
    done.replace("specs/money.yaml", "  Currency: [EUR, USD]\n", "  Currency: [EUR, USD]\n  Rounding: [up, down]\n")
    assert done.build().written
    done.replace("specs/money.yaml", "  Rounding: [up, down]\n", "")

    assert done.build().removed == ("src/acme/shared/money/enum_rounding.py",)


def test_an_edited_file_of_a_removed_spec_stays(done: Sandbox) -> None:
    done.remove("specs/pricer.yaml")
    edit(done, HANDLER, "Price a number", "Price the number")

    report = done.build()

    assert found(report) == [("edited", f"out/{HANDLER}")]
    assert only(report).hint.startswith("no spec makes this text: move your edit elsewhere")
    assert (done.out / HOME / "node.py").exists()
    assert done.build(overwrite=True).ok
    assert not (done.out / HOME).exists()
    assert list((done.root / "cache" / "overwritten").rglob("handler_pricer.py.*"))


def test_files_of_others_are_never_touched(done: Sandbox) -> None:
    own = [f"out/{HOME}/notes.txt", "out/NOTES.md", "out/src/acme/nodes/extra.py"]
    for path in own:
        done.write(path, "mine\n")
    done.remove("specs/pricer.yaml")

    assert done.build().ok
    assert [done.read(path) for path in own] == ["mine\n"] * 3


def test_a_file_that_stands_where_one_is_to_be_written_is_an_edit(make: Make) -> None:
    sandbox = make({"specs/pricer.yaml": PRICER, f"out/{HANDLER}": "mine\n"})

    report = sandbox.build()

    assert found(report) == [("edited", f"out/{HANDLER}")]
    assert set(sandbox.tree()) == {HANDLER}
    assert sandbox.read(f"out/{HANDLER}") == "mine\n"


def test_nothing_is_removed_while_a_spec_is_broken(done: Sandbox) -> None:
    before = done.tree()
    done.remove("specs/pricer.yaml")
    done.write("specs/charger.yaml", "node: charger\nkind: [\n")

    report = done.build()

    assert not report.ok
    assert report.removed == ()
    assert done.tree() == before


@pytest.mark.parametrize("selector", ["pricer", "kind:compute"])
def test_a_failed_build_leaves_everything_as_it_was(done: Sandbox, selector: str) -> None:
    before, times = done.tree(), done.times()
    done.replace("specs/pricer.yaml", "quantity * price", "quantity * prise")
    done.replace("specs/charger.yaml", "amount.value * 2", "amount.value * 3")

    for selectors in ((selector,), ()):
        report = done.build(*selectors)
        assert told(report) == [("specs/pricer.yaml:8:21", "expression")]
        assert (report.written, report.removed) == ((), ())
        assert done.tree() == before
        assert done.times() == times


# ------------------------------------------------------------------------------------------- check


def test_check_of_what_is_in_step_finds_nothing(done: Sandbox) -> None:
    before, times = done.tree(), done.times()

    report = done.check()

    assert report.ok
    assert set(statuses(report).values()) == {Status.UP_TO_DATE}
    assert (done.tree(), done.times()) == (before, times)


def test_check_tells_stale_edited_missing_and_stray_and_writes_nothing(done: Sandbox) -> None:
    done.replace("specs/pricer.yaml", "quantity * price", "price * quantity")
    edit(done, "src/acme/shared/money/model_amount.py", "value: Decimal", "value: int")
    done.remove("out/src/acme/nodes/node_biller_effect/contract.yaml", "specs/charger.yaml")
    done.write("specs/charger.yaml", PRICER.replace("pricer", "charging"))
    done.replace("specs/biller.yaml", "bill: charger.Output", "bill: money.Amount")
    done.replace("specs/biller.py", "bill.charged.value", "bill.value")
    done.write("out/notes.txt", "mine\n")
    before, times = done.tree(), done.times()

    report = done.check()

    problems = found(report)
    charging = [path for code, path in problems if code == "missing" and "charging" in path]
    assert len(charging) == 12
    assert [it for it in problems if "charging" not in it[1] and "charger" not in it[1]] == [
        ("stale", "out/README.md"),
        ("stray", "out/notes.txt"),
        ("stale", "out/pyproject.toml"),
        ("missing", "out/src/acme/nodes/node_biller_effect/contract.yaml"),
        ("stale", "out/src/acme/nodes/node_biller_effect/handlers/handler_biller.py"),
        ("stale", "out/src/acme/nodes/node_biller_effect/metadata.yaml"),
        ("stale", "out/src/acme/nodes/node_biller_effect/models/model_biller_input.py"),
        ("stale", "out/src/acme/nodes/node_biller_effect/tests/test_models_biller.py"),
        ("stale", f"out/{HANDLER}"),
        ("edited", "out/src/acme/shared/money/model_amount.py"),
    ]
    left_over = [it for it in blocking(report) if "node_charger_compute" in place(it)]
    assert {it.message.rpartition(" is ")[2] for it in left_over} == {"left over"}
    assert len(left_over) == 11
    assert (done.tree(), done.times()) == (before, times)
    assert (report.written, report.removed) == ((), ())


def test_check_before_the_first_build_writes_nothing(chain: Sandbox) -> None:
    report = chain.check()

    assert {code for code, _ in found(report)} == {"missing"}
    assert {(it.level, it.hint) for it in blocking(report)} == {(Level.BLOCK, "run `omnibuild build`")}
    assert set(statuses(report).values()) == {Status.SKIPPED}
    assert not chain.out.exists()


def test_check_as_a_command_ends_with_one(done: Sandbox) -> None:
    assert done.command("check", "--mode", "fast").returncode == 0
    done.replace("specs/pricer.yaml", "quantity * price", "price * quantity")

    failed = done.command("check", "--mode", "fast")

    assert failed.returncode == 1
    assert f"out/{HANDLER}" in failed.stdout + failed.stderr


def test_a_build_after_a_check_still_says_that_it_built(chain: Sandbox) -> None:
    chain.check()

    report = chain.build()

    assert report.ok
    assert set(report.written) == set(chain.tree()) - {".omnibuild.json"}
