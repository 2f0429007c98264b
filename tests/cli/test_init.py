"""init and new where something is there already: a package, folders, a repository, other workspaces, a terminal."""

from __future__ import annotations

import json
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from omnibuild.cli.integration import Origin, hook_text, installed_origin, origin, workflow_file, workflow_text
from tests.cli.conftest import MONEY, Space, omnibuild
from tests.terminal import answered
from tests.workspaces import REPOSITORY


def wrote(*arguments: str) -> list[str]:
    answer = omnibuild("init", *arguments, "--json")
    assert answer.code == 0, answer.err or answer.out
    return list(answer.json["written"])


def git(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return folder


def builds(root: Path) -> dict[str, Any]:
    """Build a workspace that init made, and return its settings."""
    answer = omnibuild("-C", str(root), "build", "--mode", "fast", "--json")
    assert answer.code == 0, answer.json["problems"]
    assert answer.json["nodes"]["built"] == 1
    found = omnibuild("-C", str(root), "config", "--json").json["settings"]
    return {it["key"]: it["value"] for it in found}


PYPROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["httpx>=0.28", "rich; python_version<\'4\'"]\n'


@pytest.mark.parametrize(
    "file", ["src/shop/__init__.py", "shop/__init__.py", "shop.py", "src/shop.py", "src/shop/orders/api.py"]
)
def test_a_package_that_is_there_is_not_hidden(file: str, tmp_path: Path) -> None:
    space = Space(tmp_path / "shop")
    space.write(file, "PRICE = 1\n")
    space.write("pyproject.toml", PYPROJECT)

    wrote(str(space.root))

    settings = builds(space.root)
    assert settings["workspace.package"] == "shop_nodes"
    assert (space.root / file).read_text() == "PRICE = 1\n"
    assert (space.root / "pyproject.toml").read_text() == PYPROJECT
    assert omnibuild("-C", str(space.root), "doctor").code == 0

    again = omnibuild("init", str(space.root / "../shop"), "--package", "shop")
    assert again.code == 2
    assert "module `shop` already: one of the two would hide the other" in again.err


def test_a_package_that_is_installed_is_not_hidden(tmp_path: Path) -> None:
    wrote(str(tmp_path / "jinja2"))
    assert 'package = "jinja2_nodes"' in (tmp_path / "jinja2/omnibuild.toml").read_text()
    answer = omnibuild("init", str(tmp_path / "x"), "--package", "click")
    assert answer.code == 2
    assert "`click` is installed already" in answer.err
    assert not (tmp_path / "x").exists()


def test_what_the_project_needs_is_a_line_to_choose_from(tmp_path: Path) -> None:
    Space(tmp_path).write("pyproject.toml", PYPROJECT)
    wrote(str(tmp_path), "--package", "acme")
    lines = (tmp_path / "omnibuild.toml").read_text()
    assert '# dependencies = ["httpx>=0.28", "rich; python_version<\'4\'"]' in lines
    assert builds(tmp_path)["workspace.dependencies"] == []
    (tmp_path / "omnibuild.toml").write_text(lines.replace("# dependencies", "dependencies"))
    chosen = omnibuild("-C", str(tmp_path), "config", "workspace.dependencies").out
    assert chosen == "httpx>=0.28\nrich; python_version<'4'\n"


def test_folders_that_are_taken_are_left_alone(tmp_path: Path) -> None:
    space = Space(tmp_path)
    theirs = {
        "specs/petstore.yaml": "openapi: 3.1.0\n",
        "templates/page.html": "{{ title }}\n",
        "cache/pages.db": "mine",
        "out/report.pdf": "mine",
    }
    for file, text in theirs.items():
        space.write(file, text)

    wrote(str(tmp_path), "--package", "acme")

    settings = builds(tmp_path)
    folders = [settings[f"workspace.{it}"] for it in ("specs", "templates", "cache", "out")]
    assert folders == ["node_specs", "node_templates", "node_cache", "generated"]
    assert (tmp_path / ".gitignore").read_text() == "/node_cache/\n/generated/\n"
    assert {file: (tmp_path / file).read_text() for file in theirs} == theirs


def test_folders_of_a_workspace_are_not_taken(tmp_path: Path) -> None:
    wrote(str(tmp_path), "--package", "acme")
    builds(tmp_path)
    (tmp_path / "omnibuild.toml").unlink()
    assert wrote(str(tmp_path), "--package", "acme") == ["omnibuild.toml"]
    assert "specs =" not in (tmp_path / "omnibuild.toml").read_text()


def test_an_own_name_for_the_specs_is_kept(tmp_path: Path) -> None:
    space = Space(tmp_path)
    space.write("omnibuild.toml", '[workspace]\npackage = "acme"\nspecs = "nodes"\ncache = ".cache"\n')
    answer = omnibuild("init", str(tmp_path), "--json").json
    assert answer["package"] == "acme"
    assert answer["written"] == ["nodes/greeter.yaml", "nodes/.omnibuild.schema.json", ".gitignore"]
    assert (tmp_path / ".gitignore").read_text() == "/.cache/\n/out/\n"


# ------------------------------------------------------------------------------------ repositories


def test_one_of_several_in_a_repository(tmp_path: Path) -> None:
    top = git(tmp_path / "mono")
    for name in ("shop", "cart"):
        wrote(str(top / "services" / name), "--hook", "--workflow")
        assert builds(top / "services" / name)["workspace.package"] == name
    assert sorted(it.name for it in (top / ".github/workflows").iterdir()) == [
        "omnibuild-services-cart.yml",
        "omnibuild-services-shop.yml",
    ]
    found = yaml.safe_load((top / ".github/workflows/omnibuild-services-cart.yml").read_text())
    assert found["jobs"]["omnibuild"]["steps"][-1]["run"] == "omnibuild -C services/cart build"
    command = ["git", "-C", str(top), "status", "--short", "-uall"]
    status = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "/out/" not in status.stdout
    assert "/cache/" not in status.stdout


@pytest.mark.parametrize("folder", ["specs/inner", "out", "cache/x", "templates"])
def test_a_workspace_inside_a_folder_of_another_is_refused(folder: str, tmp_path: Path) -> None:
    wrote(str(tmp_path), "--package", "acme")
    answer = omnibuild("init", str(tmp_path / folder))
    assert answer.code == 2
    assert f"lies in {folder.partition('/')[0]}/ of the workspace" in answer.err
    assert not (tmp_path / folder / "omnibuild.toml").exists()


def test_a_hook_without_a_repository_is_refused(tmp_path: Path) -> None:
    answer = omnibuild("init", str(tmp_path / "x"), "--hook")
    assert answer.code == 2
    assert "git init" in answer.err
    assert not (tmp_path / "x").exists()


def test_settings_of_pre_commit_that_are_there_are_not_changed(tmp_path: Path) -> None:
    top = git(tmp_path)
    theirs = "repos:\n  - repo: local\n    hooks: []\n"
    (top / ".pre-commit-config.yaml").write_text(theirs)
    answer = omnibuild("init", str(top), "--package", "acme", "--hook")
    assert (top / ".pre-commit-config.yaml").read_text() == theirs
    added = answer.out.partition("below `repos:`:\n")[2].partition("\n\nNext:")[0]
    both = yaml.safe_load(theirs + added)
    assert [it["id"] for repo in both["repos"] for it in repo["hooks"]] == ["omnibuild"]

    (top / ".pre-commit-config.yaml").write_text(theirs + added)
    again = omnibuild("init", str(top), "--hook", "--json").json
    assert again["to_add"] == {}
    assert str(top / ".pre-commit-config.yaml") in again["kept"]


SOURCE = Origin("https://git.example.org/tools/omnibuild", "v1.2.0")


def test_hook_and_action_of_a_repository() -> None:
    (repo,) = yaml.safe_load(f"repos:\n{hook_text(SOURCE)}")["repos"]
    assert repo == {"repo": SOURCE.url, "rev": "v1.2.0", "hooks": [{"id": "omnibuild"}]}
    (_, action) = yaml.safe_load(workflow_text(SOURCE, "services/shop", "main"))["jobs"]["omnibuild"]["steps"]
    assert action == {"uses": "tools/omnibuild@v1.2.0", "with": {"verb": "build", "folder": "services/shop"}}
    whole = yaml.safe_load(workflow_text(SOURCE, ".", "trunk"))
    assert whole[True]["push"]["branches"] == ["trunk"]
    assert "folder" not in whole["jobs"]["omnibuild"]["steps"][-1]["with"]


def test_the_hook_of_what_is_installed_is_the_one_of_the_repository() -> None:
    published = REPOSITORY / ".pre-commit-hooks.yaml"
    if not published.exists():
        pytest.skip("this checkout has no .pre-commit-hooks.yaml")
    (own,) = [it for it in yaml.safe_load(published.read_text()) if it["id"] == "omnibuild"]
    (repo,) = yaml.safe_load(f"repos:\n{hook_text(None)}")["repos"]
    (local,) = repo["hooks"]
    assert {**local, "language": ""} == {key: own[key] for key in local} | {"language": ""}


def test_the_action_takes_what_the_workflow_gives() -> None:
    published = REPOSITORY / "action.yml"
    if not published.exists():
        pytest.skip("this checkout has no action.yml")
    step = yaml.safe_load(workflow_text(SOURCE, "services/shop", "main"))["jobs"]["omnibuild"]["steps"][-1]
    assert step["with"].keys() <= yaml.safe_load(published.read_text())["inputs"].keys()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://git.example.org/tools/omnibuild@v1.2.0", SOURCE),
        ("git@git.example.org:tools/omnibuild.git@main", Origin("git@git.example.org:tools/omnibuild.git", "main")),
        ("https://git.example.org/tools/omnibuild", None),
        ("omnibuild@v1", None),
        ("https://git.example.org/tools/omnibuild@", None),
        ("https://git.example.org/tools/omnibuild@a b", None),
    ],
)
def test_a_source_is_a_url_and_a_revision(text: str, found: Origin | None, tmp_path: Path) -> None:
    assert origin(text) == found
    if found:
        assert found.action == f"tools/omnibuild@{found.revision}"
    else:
        assert omnibuild("init", str(git(tmp_path)), "--hook", "--source", text).code == 2


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, None),
        ({"url": "file:///home/me/omnibuild", "dir_info": {"editable": True}}, None),
        ({"url": "file:///srv/omnibuild.git", "vcs_info": {"vcs": "git", "commit_id": "c"}}, None),
        (
            {"url": "https://me:secret@git.example.org/tools/omnibuild", "vcs_info": {"vcs": "git", "commit_id": "c"}},
            Origin(SOURCE.url, "c"),
        ),
        (
            {"url": SOURCE.url, "vcs_info": {"vcs": "git", "commit_id": "c", "requested_revision": "v1.2.0"}},
            SOURCE,
        ),
    ],
)
def test_where_omnibuild_was_installed_from(told: Any, found: Origin | None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Distribution:
        def read_text(self, name: str) -> str | None:
            return json.dumps(told) if told and name == "direct_url.json" else None

    monkeypatch.setattr(metadata, "distribution", lambda _: Distribution())
    assert installed_origin() == found


def test_the_workflow_of_the_top_has_the_plain_name() -> None:
    assert workflow_file(".") == ".github/workflows/omnibuild.yml"
    assert workflow_file("a b/c") == ".github/workflows/omnibuild-a-b-c.yml"


# --------------------------------------------------------------------------------------- terminals


def test_init_asks_on_a_terminal(tmp_path: Path) -> None:
    top = git(tmp_path)
    code, shown = answered(["init", "--package", "acme"], "y\nn\n", top)
    assert code == 0
    assert "Have pre-commit build before each commit? [y/N]: " in shown
    assert "Have GitHub build with each pull request? [y/N]: " in shown
    assert (top / ".pre-commit-config.yaml").is_file()
    assert not (top / ".github").exists()
    assert "  pre-commit install" in shown


def test_a_flag_answers_the_question(tmp_path: Path) -> None:
    code, shown = answered(["init", "--package", "acme", "--no-hook", "--workflow"], "", git(tmp_path))
    assert (code, "[y/N]" in shown) == (0, False)
    assert (tmp_path / ".github/workflows/omnibuild.yml").is_file()
    assert not (tmp_path / ".pre-commit-config.yaml").exists()


def test_nothing_is_asked_without_a_terminal_or_a_repository(tmp_path: Path) -> None:
    space = Space(git(tmp_path / "piped"))
    piped = space.process("init", "--package", "acme", stdin="y\ny\n")
    assert (piped.code, "[y/N]" in piped.out) == (0, False)
    assert not (space.root / ".pre-commit-config.yaml").exists()
    (tmp_path / "plain").mkdir()
    code, shown = answered(["init", "--package", "acme"], "", tmp_path / "plain")
    assert (code, "[y/N]" in shown) == (0, False)


def test_new_asks_only_for_what_is_left_out(space: Space) -> None:
    code, shown = answered(["new"], "reducer\nMyNode\nmy_node\n", space.root)
    assert code == 0, shown
    assert "names are in snake_case, such as my_node" in shown
    assert "kind: reducer" in (space.root / "specs/my_node.yaml").read_text()

    code, shown = answered(["new", "compute"], "trimmer\n", space.root)
    assert (code, "Kind" in shown, "Name" in shown) == (0, False, True)

    code, shown = answered(["new", "shared", "things"], "", space.root)
    assert (code, "Kind" in shown, "Name" in shown) == (0, False, False)


@pytest.mark.parametrize(("arguments", "missing"), [((), "KIND and NAME"), (("effect",), "NAME")])
def test_new_asks_nobody_without_a_terminal(arguments: tuple[str, ...], missing: str, space: Space) -> None:
    answer = space.process("new", *arguments, stdin="compute\nfine\n")
    assert answer.code == 2
    assert f"{missing} must be given: omnibuild new compute order_pricer" in answer.err
    assert not (space.root / "specs/fine.yaml").exists()


def test_existing_specs_lead_to_the_list(tmp_path: Path) -> None:
    Space(tmp_path).write("specs/money.yaml", MONEY)
    answer = omnibuild("init", str(tmp_path), "--package", "acme")
    assert "greeter" not in answer.out
    assert "see the nodes" in answer.out
