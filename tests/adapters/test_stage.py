from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from omnibuild.adapters import trial_run
from omnibuild.adapters.stage import StageFolder
from omnibuild.core.ports import ExampleRun, Failure, Stage, Trial
from omnibuild.core.values import Finding

MODELS = """
from decimal import Decimal
from pydantic import BaseModel, ConfigDict


class ModelLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    sku: str
    price: Decimal


class ModelIn(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    lines: list[ModelLine]
    what: str = ""


class ModelOut(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    total: Decimal
    lines: list[ModelLine] = []
    by_sku: dict[str, Decimal] = {}
"""

HANDLER = '''
import asyncio
import os
import sys
import time
from decimal import Decimal

from acme.models import ModelIn, ModelOut


class Unpaid(Exception):
    """Nobody pays."""


class HandlerSync:
    def handle(self, request: ModelIn) -> ModelOut:
        total = sum((line.price for line in request.lines), Decimal())
        match request.what:
            case "print":
                print("[1, 2]\\n", flush=True)
                sys.stderr.write("noise")
                os.system("echo '[\\"end\\"]'")
                os.write(1, b"[\\"end\\"]\\n")
                input_ = sys.stdin.read()
                assert input_ == ""
            case "raise":
                raise Unpaid("nobody pays")
            case "exit":
                sys.exit(3)
            case "die":
                os._exit(7)
            case "abort":
                os.abort()
            case "validate":
                ModelOut.model_validate({"total": "x"})
            case "hang":
                while True:
                    time.sleep(0.01)
            case "hang for good":
                while True:
                    try:
                        time.sleep(10)
                    except BaseException:
                        continue
            case "swallow":
                try:
                    time.sleep(10)
                except BaseException:
                    total = Decimal(0)
            case "environment":
                total = Decimal(os.environ["PRICE"])
            case "secrets":
                total = Decimal(len([it for it in os.environ if "SECRET" in it or it.startswith("PYTEST")]))
            case "memory":
                total = Decimal(len(bytearray(1 << 40)))
            case "other":
                return total  # type: ignore[return-value]
        return ModelOut(total=total, lines=request.lines, by_sku={line.sku: line.price for line in request.lines})


class HandlerAsync:
    async def handle(self, request: ModelIn) -> ModelOut:
        await asyncio.sleep(100 if request.what == "hang" else 0)
        return ModelOut(total=sum((line.price for line in request.lines), Decimal()))


class HandlerArguments:
    def __init__(self, url: str) -> None:
        self.url = url
'''

FILES = {"src/acme/__init__.py": "", "src/acme/models.py": MODELS, "src/acme/handler.py": HANDLER}


def at(code: str) -> str:
    return f"src/acme/handler.py:{HANDLER[: HANDLER.index(code)].count(chr(10)) + 1}"


LINES: list[object] = [{"sku": "A", "price": "4.00"}, {"sku": "B", "price": "5.000"}]
RIGHT: dict[str, object] = {"total": "9", "lines": LINES, "by_sku": {"A": 4, "B": 5}}


def example(
    what: str = "",
    output: object = None,
    fails: str = "",
    *,
    index: int = 0,
    handler: str = "HandlerSync",
    lines: object = LINES,
    env: Mapping[str, str] | None = None,
) -> ExampleRun:
    return ExampleRun(
        node="pricer",
        index=index,
        handler_module="acme.handler",
        handler_class=handler,
        input_module="acme.models",
        input_class="ModelIn",
        output_module="acme.models",
        output_class="ModelOut",
        input={"lines": lines, "what": what},
        output=output if output is not None else (None if fails else RIGHT),
        fails=fails,
        env=env or {},
    )


@pytest.fixture
def stage(tmp_path: Path) -> StageFolder:
    laid = StageFolder(tmp_path / "cache", example_seconds=1, seconds=20)
    laid.lay(FILES)
    return laid


def run(stage: Stage, *examples: ExampleRun) -> tuple[Failure, ...]:
    return stage.try_out({}, examples, ()).examples


# ------------------------------------------------------------ of lay


def tree(root: Path) -> dict[str, str]:
    return {it.relative_to(root).as_posix(): it.read_text() for it in root.rglob("*") if it.is_file()}


def test_the_stage_holds_exactly_the_files(tmp_path: Path) -> None:
    root = tmp_path / "stage"
    stage = StageFolder(tmp_path)
    for files in ({"a": "1", "b/c": "2"}, {"a/x": "1", "b/c": "3"}, {}, {"b": "ä"}):
        stage.lay(files)
        assert tree(root) == files
        assert {it.name for it in root.rglob("*") if it.is_dir()} == {it.split("/")[0] for it in files if "/" in it}


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    StageFolder(tmp_path).lay({"a": "1", "b": "2", "c": "3"})
    for name in "abc":
        os.utime(tmp_path / "stage" / name, ns=(1, 1))
    StageFolder(tmp_path).lay({"a": "1", "b": "2", "c": "3"})  # all times differ from the record
    before = {name: (tmp_path / "stage" / name).stat().st_mtime_ns for name in "abc"}
    assert 1 not in before.values()

    (tmp_path / "stage/c").write_text("edited")
    StageFolder(tmp_path).lay({"a": "1", "b": "4", "c": "3"})

    assert tree(tmp_path / "stage") == {"a": "1", "b": "4", "c": "3"}
    assert (tmp_path / "stage/a").stat().st_mtime_ns == before["a"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": 3}', '{"a": [1]}', '{"../a": [1, 2, ""]}', "\xff"])
def test_a_stage_without_a_sound_record_is_not_ours(tmp_path: Path, text: str) -> None:
    StageFolder(tmp_path).lay({"a": "1"})
    (tmp_path / "stage.json").write_text(text, encoding="latin-1")
    (tmp_path / "stage/a").write_text("2")

    StageFolder(tmp_path).lay({"a": "1"})

    assert tree(tmp_path / "stage") == {"a": "2"}
    assert tree(tmp_path / "stage-1") == {"a": "1"}


def test_what_the_user_keeps_in_a_folder_named_stage_stays(tmp_path: Path) -> None:
    (tmp_path / "stage/deep").mkdir(parents=True)
    (tmp_path / "stage/deep/thesis.py").write_text("mine")

    for files in ({"a": "1"}, {"b": "2"}):
        StageFolder(tmp_path).lay(files)
        assert tree(tmp_path / "stage") == {"deep/thesis.py": "mine"}
        assert tree(tmp_path / "stage-1") == files


@pytest.mark.parametrize("link", ["stage", "stage/src", "stage/src/acme", "stage/src/acme/a.py"])
def test_no_link_is_followed_out_of_the_stage(tmp_path: Path, link: str) -> None:
    cache, mine = tmp_path / "cache", tmp_path / "mine"
    files = {"src/acme/a.py": "1", "src/acme/b.py": "2"}
    StageFolder(cache).lay(files)
    shutil.copytree(cache / "stage", mine)
    place = cache / link
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    place.symlink_to(mine / link.removeprefix("stage").lstrip("/"))

    for new in ({"src/acme/a.py": "3"}, files, {}):
        StageFolder(cache).lay(new)
        assert tree(cache / "stage") == new
        assert tree(mine) == files


def test_what_stands_in_the_way_stays(tmp_path: Path) -> None:
    StageFolder(tmp_path).lay({"a": "1"})
    (tmp_path / "stage/b").mkdir()
    (tmp_path / "stage/b/mine").write_text("mine")
    (tmp_path / "stage/c").write_text("mine")

    StageFolder(tmp_path).lay({"a": "1", "b": "2"})
    StageFolder(tmp_path).lay({"a": "1", "c": "2"})
    StageFolder(tmp_path).lay({"a": "1", "c/d": "2"})

    assert tree(tmp_path / "stage").items() >= {("b/mine", "mine"), ("c", "mine")}
    assert tree(tmp_path / "stage-1") == {"a": "1", "c/d": "2"}


def test_a_change_within_one_second_is_not_hidden_by_byte_code(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    for value in "1232":
        stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": f"if {value} != 2:\n    raise ValueError({value})\n"})
        imports = stage.try_out({"acme.a": []}, [], []).imports
        assert [it.message for it in imports] == ([] if value == "2" else [f"ValueError: {value} (src/acme/a.py:2)"])


# ------------------------------------------------------------ of checking_types


def checked(stage: StageFolder, paths: Sequence[str]) -> Sequence[Finding]:
    with stage.checking_types(paths) as findings:
        return findings()


def test_types_are_checked_by_the_strict_rules(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    stage.lay(
        {
            "src/acme/__init__.py": "",
            "src/acme/a.py": "def f(x: int) -> str:\n    return x\n\n\ndef g():\n    return f(1)\n",
            "src/acme/b.py": "from acme.a import f\n\nf('x')\n",
            "src/acme/space/c.py": "from acme.a import f\n\nx: str = f(1)\n",
        }
    )

    findings = checked(stage, ["src/acme/a.py", "src/acme/b.py", "src/acme/space/c.py"])

    assert [(it.file, it.line, it.column, it.code) for it in findings] == [
        ("src/acme/a.py", 2, 12, "return-value"),
        ("src/acme/a.py", 5, 1, "no-untyped-def"),
        ("src/acme/b.py", 3, 3, "arg-type"),
    ]
    assert findings[0].message == 'Incompatible return value type (got "int", expected "str")'
    assert checked(stage, ["src/acme/space/c.py"]) == []
    assert checked(stage, []) == ()


def test_notes_belong_to_their_error(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    source = "import nothing_like_that\n\nx: list[float] = []\ny: list[int] = [1]\nx = y\nreveal_type(1)\n"
    stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": source})

    missing, variance = checked(stage, ["src/acme/a.py"])

    assert missing.code == "import-not-found"
    assert "https" not in missing.message
    assert variance.code == "assignment"
    assert '; "list" is invariant' in variance.message


def test_a_file_that_does_not_parse_is_a_finding(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": "x = 1\ndef f(:\n"})

    assert checked(stage, ["src/acme/a.py"])[0] == Finding(
        "src/acme/a.py", 2, 8, "syntax", "Expected a parameter or the end of the parameter list"
    )


def test_other_folders_are_searched_but_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own/pricing").mkdir(parents=True)
    (tmp_path / "own/pricing/__init__.py").write_text("def price(x: int) -> int:\n    return 'no'\n\ndef bad(): ...\n")
    (tmp_path / "own/mypy.ini").write_text("[mypy]\nignore_errors = True\n")
    (tmp_path / "own/acme").mkdir()
    (tmp_path / "own/acme/__init__.py").write_text("raise ValueError\n")
    monkeypatch.setenv("MYPYPATH", "/nonsense")
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.chdir(tmp_path / "own")
    stage = StageFolder(Path("../cache"), [tmp_path / "own"])
    source = "from pricing import price\n\nx: str = price(1)\n"
    stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": source, "src/ast.py": "raise ValueError\n"})

    assert [(it.line, it.code) for it in checked(stage, ["src/acme/a.py"])] == [(3, "assignment")]
    assert stage.try_out({"acme.a": []}, [], []) == Trial()
    assert not (tmp_path / "elsewhere").exists()


def test_what_mypy_cannot_do_is_a_crash(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    stage.lay({"src/acme/__init__.py": ""})

    (finding,) = checked(stage, ["src/acme/missing.py"])

    assert (finding.file, finding.code) == ("", "crash")
    assert "missing.py" in finding.message


def test_a_damaged_cache_of_mypy_is_thrown_away(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": "x: int = ''\n"})
    first = checked(stage, ["src/acme/a.py"])
    for it in (tmp_path / "mypy").rglob("*"):
        if it.is_file():
            it.write_bytes(b"\xff{" * 100)

    assert checked(stage, ["src/acme/a.py"]) == first != []


# ------------------------------------------------------------ of imports


def test_modules_are_imported_and_their_classes_found(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    stage.lay(
        {
            "src/acme/__init__.py": "",
            "src/acme/fine.py": "class A: ...\n",
            "src/acme/inner.py": "def f():\n    from acme.fine import Nothing\n",
            "src/acme/outer.py": "\nfrom acme.inner import f\n\nf()\n",
            "src/acme/syntax.py": "x = 1\ndef f(:\n",
            "src/acme/exits.py": "import sys\nsys.exit('bye')\n",
            "src/acme/dies.py": "import os\nos._exit(0)\n",
        }
    )
    modules = {f"acme.{it}": ["A"] for it in ("fine", "outer", "syntax", "exits", "dies", "gone", "inner")}

    imports = stage.try_out(modules, (), ()).imports

    # No message has a path of this machine: they are kept in the cache.
    assert {it.subject: it.message for it in imports} == {
        "acme.outer": "ImportError: cannot import name 'Nothing' from 'acme.fine' (src/acme/fine.py) "
        "(src/acme/inner.py:2)",
        "acme.syntax": "SyntaxError: invalid syntax (src/acme/syntax.py:2)",
        "acme.exits": "SystemExit: bye (src/acme/exits.py:2)",
        "acme.dies": "ended the Python process, with exit code 0",
        "acme.gone": "ModuleNotFoundError: No module named 'acme.gone'",
        "acme.inner": "has no class A",
    }


def test_a_tree_that_hangs_ends_with_the_time_for_all(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path, seconds=2)
    stage.lay({"src/acme/__init__.py": "", "src/acme/a.py": "import time\ntime.sleep(100)\n", "src/acme/b.py": ""})
    started = time.monotonic()

    trial = stage.try_out({"acme": [], "acme.a": [], "acme.b": ["B"]}, (), ["contract.yaml"])

    assert time.monotonic() - started < 10
    assert trial.imports[0] == Failure("acme.a", "did not finish within 2 s")
    assert [it.subject for it in trial.imports] == ["acme.a", "acme.b"]
    assert trial.contracts == (Failure("contract.yaml", "was not tried: the time for the whole trial is over"),)


# ------------------------------------------------------------ of examples


def test_examples_that_hold(stage: StageFolder) -> None:
    assert (
        run(
            stage,
            example(),
            example(output={"total": 9}, handler="HandlerAsync"),
            example("print"),
            example("raise", fails="Unpaid"),
            example("raise", fails="Exception"),
            example("raise", fails="acme.handler.Unpaid"),
            example(lines=3, fails="validation"),
            example("validate", fails="validation"),
            example("exit", fails="SystemExit"),
            example("environment", {**RIGHT, "total": "7"}, env={"PRICE": "7"}),
            example("environment", fails="KeyError"),
            example("memory", fails="MemoryError"),
        )
        == ()
    )


@pytest.mark.parametrize(
    ("case", "message", "path"),
    [
        (
            example(output={**RIGHT, "total": 8}),
            "`total` is Decimal('9.000'), the example says Decimal('8')",
            ("total",),
        ),
        (
            example(output={**RIGHT, "lines": [LINES[0], {"sku": "C", "price": 5}]}),
            "`lines[1].sku` is 'B', the example says 'C'",
            ("lines", 1, "sku"),
        ),
        (
            example(output={**RIGHT, "by_sku": {"A": 4, "B": 6}}),
            "`by_sku['B']` is Decimal('5.000'), the example says Decimal('6')",
            ("by_sku", "B"),
        ),
        (
            example(output={**RIGHT, "by_sku": {"A": 4}}),
            "`by_sku` has 2 items, the example says 1: it is {'A': Decimal('4.00'), 'B': Decimal('5.000')}",
            ("by_sku",),
        ),
        (
            example(output={**RIGHT, "total": "x"}),
            "the example's output is not a valid ModelOut: total: Input should be a valid decimal",
            ("total",),
        ),
        (example(output={}), "the example's output is not a valid ModelOut: total: Field required", ()),
        (example(lines=3), "the example's input is not a valid ModelIn: lines: Input should be a valid list", ()),
        (
            example("raise"),
            f"raised Unpaid: nobody pays ({at('raise Unpaid')}), the example says that it gives an output",
            (),
        ),
        (
            example("raise", fails="KeyError"),
            f"raised Unpaid: nobody pays ({at('raise Unpaid')}), the example says KeyError",
            (),
        ),
        (example(fails="KeyError"), "did not fail, the example says KeyError: it returned ModelOut(", ()),
        (example(lines=3, fails="ValueError"), "the example's input is not a valid ModelIn: lines: Input should", ()),
        (example("other"), "returned Decimal('9.000'), not a ModelOut", ()),
        (example(handler="HandlerNone"), "AttributeError: module 'acme.handler' has no attribute 'HandlerNone'", ()),
        (example(handler="HandlerArguments"), "raised TypeError: HandlerArguments.__init__() missing 1 required", ()),
    ],
)
def test_examples_that_do_not_hold(
    stage: StageFolder, case: ExampleRun, message: str, path: tuple[str | int, ...]
) -> None:
    (failure,) = run(stage, case)

    assert (failure.subject, failure.path) == ("pricer:0", path)
    assert failure.message.startswith(message)


def test_every_field_that_differs_is_told(stage: StageFolder) -> None:
    failures = run(stage, example(output={"total": 1, "lines": [], "by_sku": {}}, index=4))

    assert [(it.subject, it.path) for it in failures] == [
        ("pricer:4", ("total",)),
        ("pricer:4", ("lines",)),
        ("pricer:4", ("by_sku",)),
    ]


def test_what_hangs_or_dies_is_named_and_the_rest_goes_on(stage: StageFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_run, "_GRACE", 1.0)
    cases = ["hang", "", "hang for good", "die", "", "abort", "swallow", "exit"]
    started = time.monotonic()

    failures = run(
        stage,
        *(example(what, index=index) for index, what in enumerate(cases)),
        example("hang", index=8, handler="HandlerAsync"),
        example(output={**RIGHT, "total": 1}, index=9),
    )

    assert time.monotonic() - started < 30
    assert [(it.subject, it.message.replace("HandlerSync", "")) for it in failures] == [
        ("pricer:0", f"did not finish within 1 s ({at('time.sleep(0.01)')})"),
        ("pricer:2", "did not finish within 1 s"),
        ("pricer:3", "ended the Python process, with exit code 7"),
        ("pricer:5", "ended the Python process, by SIGABRT"),
        ("pricer:6", "did not finish within 1 s"),
        ("pricer:7", f"raised SystemExit: 3 ({at('sys.exit(3)')}), the example says that it gives an output"),
        ("pricer:8", "did not finish within 1 s"),
        ("pricer:9", "`total` is Decimal('9.000'), the example says Decimal('1')"),
    ]


def test_the_environment_holds_no_secrets(stage: StageFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SECRET", "x")
    monkeypatch.setenv("PYTHONPATH", "/nonsense")

    assert run(stage, example("secrets", {**RIGHT, "total": 0})) == ()


def test_the_folder_of_the_process_is_its_own(stage: StageFolder, tmp_path: Path) -> None:
    stage.lay({**FILES, "src/acme/writes.py": "from pathlib import Path\nPath('left-behind').write_text('x')\n"})

    assert stage.try_out({"acme.writes": []}, (), ()) == Trial()
    assert not list(tmp_path.rglob("left-behind"))
    assert not Path("left-behind").exists()


# ------------------------------------------------------------ of contracts

CONTRACT = """
name: node_x_compute
node_type: COMPUTE_GENERIC
contract_version: {major: 1, minor: 0, patch: 0}
node_version: {major: 1, minor: 0, patch: 0}
description: d
input_model: acme.models.ModelIn
output_model: acme.models.ModelOut
terminal_event: onex.evt.pkg.x-completed.v1
"""


def test_contracts_are_read_by_onex(tmp_path: Path) -> None:
    stage = StageFolder(tmp_path)
    kind, version = CONTRACT.replace("COMPUTE_GENERIC", "PIE"), CONTRACT.replace("major: 1", "major: x")
    stage.lay({"good.yaml": CONTRACT, "kind.yaml": kind, "version.yaml": version, "no.yaml": "a: ["})

    trial = stage.try_out({}, (), ["good.yaml", "kind.yaml", "version.yaml", "no.yaml", "missing.yaml"])

    assert trial.imports == trial.examples == ()
    assert [(it.subject, it.path) for it in trial.contracts] == [
        ("kind.yaml", ()),
        ("version.yaml", ("contract_version", "major")),
        ("no.yaml", ()),
        ("missing.yaml", ()),
    ]
    messages = [it.message for it in trial.contracts]
    assert "Invalid node_type 'PIE'" in messages[0]
    assert messages[1].startswith("contract_version.major: Input should be a valid integer")
    assert messages[2].startswith("ParserError: ")


def test_the_workspace_does_not_stand_before_what_is_installed(tmp_path: Path) -> None:
    for name in ("pydantic.py", "decimal.py", "acme/models.py"):
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).write_text("raise RuntimeError('the wrong one')")
    (tmp_path / "own" / "rates.py").write_text("class Rate: ...")
    stage = StageFolder(tmp_path / "cache", [tmp_path / "own"])
    source = "from rates import Rate\nimport acme.models, decimal, pydantic\n"
    stage.lay({"src/acme/__init__.py": "", "src/acme/models.py": "", "src/acme/node.py": source})

    assert stage.try_out({"acme.node": ["Rate"]}, [], []) == Trial()
