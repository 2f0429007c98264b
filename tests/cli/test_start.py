"""init, new, clean and doctor."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from omnibuild.adapters.project import package_name
from omnibuild.spec.workspace_names import package_fault
from tests.cli.conftest import MONEY, Space, omnibuild


def test_init_makes_a_workspace_that_builds(tmp_path: Path) -> None:
    answer = omnibuild("init", str(tmp_path / "My Shop"))
    assert answer.code == 0
    space = Space(tmp_path / "My Shop")
    assert 'package = "my_shop"' in (space.root / "omnibuild.toml").read_text()
    assert (space.root / ".gitignore").read_text() == "/cache/\n/out/\n"
    greeter = (space.root / "specs/greeter.yaml").read_text()
    assert greeter.startswith("# yaml-language-server: $schema=.omnibuild.schema.json\n")
    assert (space.root / "specs/.omnibuild.schema.json").is_file()
    following = answer.out.partition("Next:\n")[2].splitlines()
    assert len(following) == 3
    assert all("omnibuild -C" in line for line in following)
    built = space("build", "--mode", "fast")
    assert built.code == 0, built.out
    assert built.out.splitlines()[-1] == "1 node: 1 built"


def test_init_in_the_current_folder_needs_no_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = omnibuild("init", "--package", "acme")
    assert "\n  omnibuild build " in answer.out
    assert 'package = "acme"' in (tmp_path / "omnibuild.toml").read_text()


def test_init_changes_nothing_that_is_there(tmp_path: Path) -> None:
    space = Space(tmp_path)
    space.write("omnibuild.toml", '[workspace]\npackage = "mine"\n')
    space.write("specs/money.yaml", MONEY)
    space.write(".gitignore", "*.log\nout")
    answer = omnibuild("init", str(tmp_path), "--json")
    assert answer.json["kept"] == ["omnibuild.toml"]
    assert (tmp_path / "omnibuild.toml").read_text() == '[workspace]\npackage = "mine"\n'
    assert (tmp_path / ".gitignore").read_text() == "*.log\nout\n/cache/\n"
    assert not (tmp_path / "specs/greeter.yaml").exists()
    again = omnibuild("init", str(tmp_path), "--json")
    assert again.json["written"] == []
    assert (tmp_path / ".gitignore").read_text() == "*.log\nout\n/cache/\n"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("Order-To.Cash", "order_to_cash"),
        ("2fast", "fast"),
        ("日本", "acme"),
        ("json", "json_nodes"),
        ("class", "class_nodes"),
    ],
)
def test_the_package_is_named_after_the_folder(folder: str, name: str, tmp_path: Path) -> None:
    assert package_name(tmp_path / folder) == name


def test_an_existing_package_keeps_its_name_to_itself(tmp_path: Path) -> None:
    (tmp_path / "shop/src/shop").mkdir(parents=True)
    assert package_name(tmp_path / "shop") == "shop_nodes"


@pytest.mark.parametrize("name", ["Shop", "2nd", "class", "json", "pydantic", "my-shop", ""])
def test_a_package_that_cannot_be_imported_is_refused(name: str, tmp_path: Path) -> None:
    assert package_fault(name)
    assert omnibuild("init", str(tmp_path / "x"), "--package", name).code == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_what_new_writes_builds_at_once_in_strict_mode(tmp_path: Path) -> None:
    omnibuild("init", str(tmp_path))
    space = Space(tmp_path)
    for kind in ("compute", "effect", "reducer", "orchestrator", "shared"):
        assert space("new", kind, f"my_{kind}").code == 0
    assert space("new", "compute", "with_body", "--body").code == 0
    words = "Trim: a text, # 'quotes' and \"more\" of them"
    assert space("new", "compute", "described", "--description", words, "--domain", "sales").code == 0
    long = "a_name_that_is_as_long_as_a_name_may_be_and_no_letter_any_longer"
    assert space("new", "effect", long).code == 0
    answer = space("build", "--mode", "strict", "--json")
    assert answer.code == 0, answer.json["problems"]
    assert answer.json["problems"] == []
    assert answer.json["nodes"]["built"] == 9
    listed = {it["name"]: it for it in space("list", "--json").json["nodes"]}
    assert listed["described"]["description"] == words
    assert listed["described"]["domain"] == "sales"


def test_new_overwrites_nothing(space: Space) -> None:
    space.write("specs/writer.py", "# mine\n")
    answer = space("new", "effect", "writer")
    assert answer.code == 2
    assert "specs/writer.py is there already" in answer.err
    assert not (space.root / "specs/writer.yaml").exists()
    taken = space("new", "compute", "pricer")
    assert taken.code == 2
    assert "declared in specs/pricer.yaml already" in taken.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("compute", "MyNode"), "such as my_node"),
        (("compute", "class"), "keyword of Python"),
        (("compute", "str"), "the name of a type"),
        (("compute", "x" * 65), "65 characters"),
        (("compute", "fine", "--domain", "Sales"), "snake_case"),
        (("compute", "../evil"), "snake_case"),
        (("shared", "things", "--body"), "neither a domain nor a body"),
        (("kompute", "fine"), "kompute"),
    ],
)
def test_new_refuses_what_could_not_be_built(arguments: tuple[str, ...], told: str, space: Space) -> None:
    before = sorted(space.root.rglob("*"))
    answer = space("new", *arguments)
    assert answer.code == 2
    assert told in answer.err
    assert sorted(space.root.rglob("*")) == before


def test_clean_leaves_what_is_not_omnibuilds(space: Space) -> None:
    space("build")
    node = "out/src/acme/nodes/node_pricer_compute/node.py"
    space.write(node, "# mine\n")
    space.write("out/notes.txt", "mine")
    answer = space("clean", "--yes", "--json")
    assert answer.code == 0
    assert answer.json["edited"] == [node.removeprefix("out/")]
    assert answer.json["strays"] == ["notes.txt"]
    left = {it.relative_to(space.root).as_posix() for it in (space.root / "out").rglob("*") if it.is_file()}
    assert left == {node, "out/notes.txt", "out/.omnibuild.json"}
    assert "was edited by hand" in space("build").out


def test_clean_takes_all_of_its_own_away(space: Space) -> None:
    space("build")
    answer = space("clean", "--yes", "--cache")
    assert answer.code == 0
    assert "cache/: removed" in answer.out
    assert not (space.root / "out").exists()
    assert not (space.root / "cache").exists()
    assert space("clean", "--yes", "--cache").code == 0
    assert space("build").out.splitlines()[-1] == "2 nodes: 2 built"


def test_clean_keeps_copies_of_edits(space: Space) -> None:
    space("build")
    space.write("out/src/acme/py.typed", "mine")
    space("build", "--overwrite")
    space("clean", "--yes", "--cache")
    assert [it.read_text() for it in (space.root / "cache").rglob("*") if it.is_file()] == ["mine"]


def test_clean_makes_no_cache_where_there_is_none(space: Space) -> None:
    assert space("clean", "--yes").code == 0
    assert not (space.root / "cache").exists()


def test_clean_leaves_a_folder_that_is_no_cache(space: Space) -> None:
    space.write("omnibuild.toml", '[workspace]\npackage = "acme"\ncache = "mine"\n')
    space.write("mine/stage/file.txt", "mine")
    space.write("stage/file.txt", "mine")
    answer = space("clean", "--yes", "--cache")
    assert "does not look like a cache" in answer.out
    assert (space.root / "mine/stage/file.txt").is_file()
    assert (space.root / "stage/file.txt").is_file()
    assert (space.root / "specs/money.yaml").is_file()


def test_clean_asks_or_refuses(space: Space) -> None:
    space("build")
    answer = space("clean")
    assert answer.code == 2
    assert "--yes" in answer.err
    assert (space.root / "out").is_dir()


def checks(space: Space) -> dict[str, tuple[str, str, str]]:
    found = space("doctor", "--json").json["checks"]
    return {it["check"]: (it["status"], it["found"], it["mend"]) for it in found}


def test_doctor_is_content_with_a_new_workspace(tmp_path: Path) -> None:
    omnibuild("init", str(tmp_path), "--package", "acme")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    answer = omnibuild("-C", str(tmp_path), "doctor")
    assert answer.code == 0, answer.out
    assert answer.out.splitlines()[-1].endswith(" ok")
    assert "fail" not in answer.out
    assert "warn" not in answer.out


def test_doctor_finds_what_is_wrong(space: Space) -> None:
    subprocess.run(["git", "init", "-q", str(space.root)], check=True)
    template = '{% extends "omnibuild/contract.yaml.j2" %}\n{% block nosuch %}{% endblock %}\n'
    space.write("templates/contract.yaml.j2", template)
    found = checks(space)
    assert found["cache/ in git"][::2] == ("warn", "echo /cache/ >> .gitignore")
    assert found["out/ in git"][0] == "warn"
    assert found["specs/.omnibuild.schema.json"][::2] == ("warn", "omnibuild schema --write")
    assert found["templates/"][0] == "fail"
    assert all(mend for status, _, mend in found.values() if status != "ok")
    assert space("doctor").code == 1
    assert space("schema", "--write").code == 0
    assert checks(space)["specs/.omnibuild.schema.json"][0] == "ok"


def test_doctor_looks_for_ty_where_it_is_the_type_checker(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ty runs" not in checks(space)
    text = (space.root / "omnibuild.toml").read_text()
    space.write("omnibuild.toml", f'{text}\n[check]\ntype_checker = "ty"\n')
    assert checks(space)["ty runs"][0] == "ok"
    assert checks(space)["ty runs"][1].startswith("ty ")

    monkeypatch.setattr("omnibuild.adapters.ty_check.find_ty", lambda: None)
    assert checks(space)["ty runs"] == ("fail", "it is not installed", "python3 -m pip install 'omnibuild[ty]'")
    answer = space("build", "--mode", "balanced")
    assert answer.code == 2
    assert "omnibuild.toml wants types checked by ty, which is not installed" in answer.err


def test_doctor_sees_what_git_does_with_out(space: Space) -> None:
    git = ["git", "-C", str(space.root), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    space("build")
    space.write(".gitignore", "/cache/\n")
    subprocess.run([*git, "add", "."], check=True)
    assert checks(space)["out/ in git"][:2] == ("ok", "checked in")
    space.write(".gitignore", "/cache/\n/out/\n")
    assert checks(space)["out/ in git"][0] == "warn"
    subprocess.run([*git, "rm", "-rq", "--cached", "out"], check=True)
    assert checks(space)["out/ in git"][:2] == ("ok", "ignored")


@pytest.mark.parametrize("package", ["click", "jinja2"])
def test_doctor_sees_a_package_that_hides_another(package: str, space: Space) -> None:
    space.write("omnibuild.toml", f'[workspace]\npackage = "{package}"\n')
    assert checks(space)[f"package {package}"][0] == "fail"


def test_doctor_without_a_workspace_fails_and_says_how_to_begin(tmp_path: Path) -> None:
    answer = omnibuild("-C", str(tmp_path), "doctor", "--json")
    assert answer.code == 1
    assert answer.json["checks"][-1]["check"] == "omnibuild.toml"
    assert "omnibuild init" in answer.json["checks"][-1]["mend"]
