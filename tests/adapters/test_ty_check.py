"""The type check by the real ty."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from omnibuild import ConfigurationError, Workspace
from omnibuild.adapters import ty_check
from omnibuild.adapters.stage import StageFolder
from omnibuild.core.values import Finding, Mode
from tests.conftest import Make
from tests.workspaces import BILLER_BODY, CHAIN, TOML, place

TY = f'{TOML}[check]\ntype_checker = "ty"\n'
PLAIN = {
    "src/acme/__init__.py": "",
    "src/acme/a.py": "from own import f\nfrom acme.b import y\n\nx: int = f('é') + f(y)\n",
    "src/acme/b.py": "y: int = ''\n",
}


def check(root: Path, files: Mapping[str, str], paths: Sequence[str]) -> Sequence[Finding]:
    stage = StageFolder(root / "cache", [root, root / "src"], type_checker="ty")
    stage.lay(files)
    with stage.checking_types(paths) as findings:
        return findings()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.py").write_text("def f(x: int) -> int:\n    return 'no'\n")
    return tmp_path


def test_findings_have_line_and_column(own: Path) -> None:
    (finding,) = check(own, PLAIN, ["src/acme/a.py"])

    assert (finding.file, finding.line, finding.column) == ("src/acme/a.py", 4, 12)
    assert finding.code == "invalid-argument-type"
    assert finding.message.startswith("Argument to function `f` is incorrect: Expected `int`")
    assert [it.file for it in check(own, PLAIN, ["src/acme/a.py", "src/acme/b.py"])] == [
        "src/acme/a.py",
        "src/acme/b.py",
    ]
    assert check(own, PLAIN, ["src/acme/__init__.py"]) == []
    assert check(own, PLAIN, []) == []


def test_what_does_not_parse(own: Path) -> None:
    (finding, *_) = check(own, {**PLAIN, "src/acme/b.py": "x = 1\ndef f(:\n"}, ["src/acme/b.py"])

    assert (finding.line, finding.column, finding.code) == (2, 7, "invalid-syntax")


def test_nobodys_configuration_counts(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ignore = "[rules]\nall = 'ignore'\n[src]\nexclude = ['src']\n"
    subprocess.run(["git", "init", "--quiet", own], check=True)
    (own / ".gitignore").write_text("/cache/\n")
    (own / "ty.toml").write_text(ignore)
    (own / "config/ty").mkdir(parents=True)
    (own / "config/ty/ty.toml").write_text(ignore)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own / "config"))
    monkeypatch.setenv("TY_CONFIG_FILE", str(own / "ty.toml"))
    monkeypatch.setenv("TY_OUTPUT_FORMAT", "concise")
    project = ignore.replace("[", "[tool.ty.")

    assert len(check(own, {**PLAIN, "pyproject.toml": project, "ty.toml": ignore}, ["src/acme/a.py"])) == 1


def test_what_ty_cannot_do_is_a_crash(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ty_check, "find_ty", lambda: sys.executable)
    (finding,) = check(own, PLAIN, ["src/acme/a.py"])
    assert (finding.file, finding.code) == ("", "crash")
    assert finding.message.startswith("ty ended with 2: ")

    monkeypatch.setattr(ty_check, "find_ty", lambda: None)
    assert check(own, PLAIN, ["src/acme/a.py"]) == [Finding("", 0, 0, "crash", "ty is not installed")]


def test_the_repositorys_own_output_is_fine(built_once: Path, tmp_path: Path) -> None:
    root = built_once / "out"
    files = {it.relative_to(root).as_posix(): it.read_text() for it in root.rglob("*.py")}

    assert len(files) > 50
    assert check(tmp_path, files, sorted(files)) == []


# ------------------------------------------------------------ as the type checker of a workspace


def test_a_type_error_in_a_body_is_told_at_its_own_place(make: Make) -> None:
    body = "# Bills.\n\n" + BILLER_BODY.replace("charged.value > 0", "charged.value > None")
    sandbox = make({**CHAIN, "omnibuild.toml": TY, "specs/biller.py": body})

    report = sandbox.build(mode=Mode.BALANCED)

    (problem,) = [it for it in report.problems if it.code == "G13"]
    assert place(problem) == "specs/biller.py:8:35"
    assert problem.message.endswith("[unsupported-operator]")
    assert not (sandbox.root / "cache/mypy").exists()


def test_only_the_type_checker_in_use_decides(make: Make) -> None:
    sandbox = make({**CHAIN, "omnibuild.toml": TY})
    assert sandbox.build(mode=Mode.BALANCED).ok

    def tools() -> set[str]:
        return {label for label, _ in Workspace.open(sandbox.root).explain("pricer").decision.manifest.entries}

    assert "tool ty" in tools()
    assert "tool mypy" not in tools()
    sandbox.write("omnibuild.toml", TOML)
    assert "tool ty" not in tools()
    assert "tool mypy" in tools()


def test_where_it_is_missing_a_build_says_so(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = make({**CHAIN, "omnibuild.toml": TY})
    monkeypatch.setattr(ty_check, "find_ty", lambda: None)

    for act in (sandbox.build, sandbox.check):
        with pytest.raises(ConfigurationError) as error:
            act(mode=Mode.BALANCED)
        (problem,) = error.value.problems
        assert problem.message == "omnibuild.toml wants types checked by ty, which is not installed"
        assert problem.hint == "python3 -m pip install 'omnibuild[ty]', or set `type_checker = \"mypy\"`"
    assert sandbox.build(mode=Mode.FAST).ok
