"""omnibuild hook, as pre-commit runs it: what is committed is in step, and whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import MONEY, PRICER
from tests.clone import HOOKS, Clone, clone
from tests.workspaces import REPOSITORY

TOML = '[workspace]\npackage = "acme"\n[build]\nmode = "fast"\n'
HANDLER = "out/src/acme/nodes/node_pricer_compute/handlers/handler_pricer.py"
LEDGER = "out/.omnibuild.json"
DOUBLER = """node: doubler
kind: compute
description: Double a number that somebody has given.
input: {number: int}
output: {double: int}
logic: {double: 2 * number}
"""
DOUBLER_OUT = "out/src/acme/nodes/node_doubler_compute"


def shop(made: Clone, folder: str = "") -> None:
    """Write a workspace, and build it."""
    made.write(f"{folder}omnibuild.toml", TOML)
    made.write(f"{folder}specs/pricer.yaml", PRICER)
    made.write(f"{folder}specs/money.yaml", MONEY)
    made.build(folder=folder or ".")


@pytest.fixture
def empty(tmp_path: Path) -> Clone:
    """Return a repository with nothing in it but what is to be ignored."""
    made = clone(tmp_path / "repository", tmp_path / "home")
    made.write(".gitignore", "cache/\n")
    return made


@pytest.fixture
def repository(empty: Clone) -> Clone:
    """Return a repository with one workspace, its output checked in, and the hook that builds."""
    shop(empty)
    empty.use("omnibuild")
    empty.git("add", "--all")
    done = empty.commit()
    assert done.returncode == 0, done.stdout
    return empty


def listed(printed: str) -> dict[str, str]:
    """Return the files that the hook lists, with what it says of each."""
    marks = ("written", "removed", "not staged")
    lines = [(mark, line.removeprefix(mark).strip()) for line in printed.splitlines() for mark in marks if mark in line]
    return {path: mark for mark, path in lines if path.startswith(("out/", "specs/", "shop/"))}


def leave_unstaged_edits(made: Clone) -> dict[str, str]:
    """Leave an edit of a spec unstaged, with what a build makes of it; return both files' texts."""
    made.replace("specs/money.yaml", "How much of it", "So much of it")
    made.build()
    files = ("specs/money.yaml", "out/src/acme/shared/money/model_amount.py")
    assert all(f" M {it}" in made.git("status", "--porcelain") for it in files)
    return {it: made.read(it) for it in files}


def assert_committed(made: Clone, *arguments: str) -> None:
    """Commit what is staged; the ledger on disk may know of edits that are not staged, and is then staged once more."""
    done = made.commit(*arguments)
    if done.returncode and listed(done.stdout) == {LEDGER: "not staged"}:
        assert f"look at it, and stage: git add --all -- {LEDGER}" in done.stdout
        made.git("add", LEDGER)
        done = made.commit(*arguments)
    assert done.returncode == 0, done.stdout


# ------------------------------------------------------------------------------------ one workspace


@pytest.mark.parametrize("has_edits", [False, True])
def test_a_stale_output_fails_until_it_is_staged(repository: Clone, has_edits: bool) -> None:
    edits = leave_unstaged_edits(repository) if has_edits else {}
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    repository.git("add", "specs/pricer.yaml")
    staged = repository.git("ls-files", "--stage")

    done = repository.commit()

    assert done.returncode == 1
    assert listed(done.stdout) == {HANDLER: "written", LEDGER: "not staged"}
    assert "git add --all -- out" in done.stdout
    assert repository.git("ls-files", "--stage") == staged, "the hook has staged something"
    assert "piece.value * request.quantity" in repository.read(HANDLER)

    repository.git("add", HANDLER, LEDGER)
    assert_committed(repository)
    assert {it: repository.read(it) for it in edits} == edits


@pytest.mark.parametrize("has_edits", [False, True])
def test_an_output_that_git_does_not_know_fails_until_it_is_staged(repository: Clone, has_edits: bool) -> None:
    repository.write("specs/doubler.yaml", DOUBLER)
    repository.build()
    repository.git("add", "specs", "out/README.md", "out/pyproject.toml", LEDGER)
    edits = leave_unstaged_edits(repository) if has_edits else {}

    done = repository.commit()

    assert done.returncode == 1
    new = [line[3:] for line in repository.git("status", "--porcelain", "-uall").splitlines() if line.startswith("??")]
    assert len(new) > 5
    assert listed(done.stdout) == dict.fromkeys(new, "not staged")

    repository.git("add", *new)
    assert_committed(repository)
    assert {it: repository.read(it) for it in edits} == edits


@pytest.mark.parametrize("has_edits", [False, True])
def test_an_edited_output_fails_until_it_is_taken_away(repository: Clone, has_edits: bool) -> None:
    edits = leave_unstaged_edits(repository) if has_edits else {}
    repository.write(HANDLER, f"{repository.read(HANDLER)}# mine\n")
    repository.git("add", HANDLER)

    done = repository.commit()

    assert done.returncode == 1
    assert f"error[edited]: {HANDLER} was edited by hand" in done.stdout
    assert repository.read(HANDLER).endswith("# mine\n")

    repository.build("--overwrite")
    repository.git("add", HANDLER)
    assert_committed(repository, "--allow-empty")
    assert {it: repository.read(it) for it in edits} == edits


@pytest.mark.parametrize("has_edits", [False, True])
def test_a_removed_spec_fails_until_its_output_is_removed(repository: Clone, has_edits: bool) -> None:
    edits = leave_unstaged_edits(repository) if has_edits else {}
    repository.git("rm", "--quiet", "specs/pricer.yaml")

    done = repository.commit()

    assert done.returncode == 1
    found = listed(done.stdout)
    assert found[HANDLER] == "removed"
    assert found["out/README.md"] == "written"

    repository.git("add", "--all", "--", "out/src/acme/nodes", "out/README.md", "out/pyproject.toml", LEDGER)
    assert_committed(repository)
    assert HANDLER not in repository.git("ls-files")
    assert {it: repository.read(it) for it in edits} == edits


def test_a_part_of_the_changes_can_be_committed(repository: Clone) -> None:
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    repository.build()
    repository.git("add", "specs/pricer.yaml", "out")
    edits = leave_unstaged_edits(repository)

    done = repository.commit()

    assert done.returncode == 0, done.stdout
    assert {it: repository.read(it) for it in edits} == edits
    assert repository.commit("--all").returncode == 0
    assert repository.git("status", "--porcelain") == ""


def test_files_named_to_git_commit_count_as_staged(repository: Clone) -> None:
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    repository.build()

    assert listed(repository.commit("specs/pricer.yaml").stdout) == {HANDLER: "written", LEDGER: "not staged"}
    done = repository.commit("specs", "out")

    assert done.returncode == 0, done.stdout


def test_a_spec_that_git_does_not_know_is_named(repository: Clone) -> None:
    repository.write("specs/doubler.yaml", DOUBLER)
    repository.write("specs/notes.txt", "read by nobody")
    repository.build()
    repository.git("add", "out")

    done = repository.commit()

    assert done.returncode == 1
    assert listed(done.stdout) == {"specs/doubler.yaml": "not staged"}
    assert "git stash push --include-untracked -- specs/doubler.yaml" in done.stdout
    repository.git("add", "specs/doubler.yaml")
    assert repository.commit().returncode == 0


def test_times_mean_nothing(repository: Clone) -> None:
    for it in (repository.root / "out").rglob("*.*"):
        if it.is_file():
            it.write_bytes(it.read_bytes())
    repository.write("README", "something else")
    repository.git("add", "README")

    done = repository.commit()

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("node", ["pricer", "coster"])
def test_a_spec_can_be_renamed(repository: Clone, node: str) -> None:
    repository.git("mv", "specs/pricer.yaml", "specs/coster.yaml")
    repository.replace("specs/coster.yaml", "node: pricer", f"node: {node}")
    repository.git("add", "specs")

    done = repository.commit()

    if node == "coster":
        assert done.returncode == 1
        assert listed(done.stdout)[HANDLER] == "removed"
        assert listed(done.stdout)[HANDLER.replace("pricer", "coster")] == "written"
        repository.git("add", "--all", "--", "out")
        done = repository.commit()
    assert done.returncode == 0, done.stdout


def test_a_merge_of_two_new_nodes(repository: Clone) -> None:
    for name in ("doubler", "doubles"):
        repository.git("switch", "--quiet", "--create", name, "main")
        repository.write(f"specs/{name}.yaml", DOUBLER.replace("doubler", name))
        repository.build()
        repository.git("add", "--all")
        assert repository.commit().returncode == 0

    merged = repository.run("git", "merge", "doubler")
    assert "CONFLICT" in merged.stdout
    for file in repository.git("diff", "--name-only", "--diff-filter=U").splitlines():
        repository.git("add", file)  # as it is, with the marks of the conflict
    done = repository.commit()
    assert done.returncode == 1
    assert "error[edited]" in done.stdout
    assert "then `omnibuild build --overwrite` and git add" in done.stdout

    repository.build("--overwrite")
    repository.git("add", "--all", "--", "out")
    done = repository.commit()
    assert done.returncode == 0, done.stdout
    assert repository.omnibuild("check").returncode == 0


def test_a_merge_without_conflicts_is_looked_at(repository: Clone) -> None:
    repository.git("switch", "--quiet", "--create", "other")
    repository.write("README", "something else")
    repository.git("add", "README")
    assert repository.commit().returncode == 0
    repository.git("switch", "--quiet", "main")
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    repository.git("add", "specs")
    assert repository.commit("--no-verify").returncode == 0

    merged = repository.run("git", "merge", "--no-edit", "other")

    assert merged.returncode == 1
    assert listed(merged.stdout)[HANDLER] in ("written", "not staged")


def test_a_worktree_is_a_checkout_like_any_other(repository: Clone, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    tree = Clone(tmp_path / "tree", repository.home)
    tree.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    tree.git("add", "specs")

    done = tree.commit()
    assert done.returncode == 1
    assert listed(done.stdout) == {HANDLER: "written", LEDGER: "not staged"}
    tree.git("add", "out")
    done = tree.commit()

    assert done.returncode == 0, done.stdout
    assert "piece.value * request.quantity" not in repository.read(HANDLER)


# ------------------------------------------------------------------------------- what git looks after


def test_an_output_that_git_ignores_is_built_and_need_not_be_staged(empty: Clone) -> None:
    empty.write(".gitignore", "cache/\nout/\n")
    shop(empty)
    empty.use("omnibuild")
    empty.git("add", "--all")
    assert empty.commit().returncode == 0
    empty.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    empty.git("add", "specs")

    done = empty.commit()

    assert done.returncode == 0, done.stdout
    assert "piece.value * request.quantity" in empty.read(HANDLER)


def test_an_output_of_which_git_ignores_a_part(repository: Clone) -> None:
    repository.write(".gitignore", "cache/\nhandler_doubler.py\n")
    repository.write("specs/doubler.yaml", DOUBLER)
    repository.build()
    repository.git("add", "--all")

    done = repository.commit()

    assert done.returncode == 1
    assert listed(done.stdout) == {f"{DOUBLER_OUT}/handlers/handler_doubler.py": "not staged"}
    assert "git ignores 1 of them, but not out/: see .gitignore" in done.stdout


def test_check_changes_nothing(empty: Clone) -> None:
    shop(empty)
    empty.use("omnibuild-check")
    empty.git("add", "--all")
    assert empty.commit().returncode == 0
    empty.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    empty.git("add", "specs")
    before = empty.read(HANDLER)

    done = empty.commit()

    assert done.returncode == 1
    assert f"error[stale]: {HANDLER} is stale" in done.stdout
    assert empty.read(HANDLER) == before
    empty.build()
    assert f"error[stale]: {HANDLER} is stale" in empty.commit().stdout, "what is built is not staged"
    done = empty.pre_commit("run", "--all-files")  # which puts nothing away before
    assert done.returncode == 1
    assert listed(done.stdout) == {HANDLER: "not staged", LEDGER: "not staged"}
    empty.git("add", "out")
    assert empty.commit().returncode == 0


def test_problems_of_a_spec_are_shown(repository: Clone) -> None:
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "quantity * peace.value")
    repository.git("add", "specs")

    done = repository.commit()

    assert done.returncode == 1
    assert "error[expression]: unknown name `peace`" in done.stdout


def test_existing_code_that_specs_refer_to_is_an_input(repository: Clone) -> None:
    code = "from pydantic import BaseModel\n\n\nclass Rate(BaseModel, frozen=True):\n    value: int\n"
    repository.write("legacy/__init__.py", "")
    repository.write("legacy/rates.py", code)
    repository.write("legacy/notes.txt", "nothing reads this")
    repository.replace("specs/money.yaml", "models:", 'models:\n  Rate: "legacy.rates:Rate"')
    repository.build()
    repository.git("add", "specs", "out")
    before = repository.omnibuild("hook")
    assert before.returncode == 1
    assert "not staged  legacy/rates.py\n" in before.stdout
    assert "notes.txt" not in before.stdout
    repository.git("add", "legacy")
    assert_committed(repository)

    repository.write("legacy/rates.py", f"{code}    unit: str\n")
    repository.build()
    repository.git("add", "out")

    after = repository.omnibuild("hook", "--check")

    assert after.returncode == 1
    assert "not staged  legacy/rates.py\n" in after.stdout


def test_what_a_link_in_the_specs_leads_to_is_an_input(repository: Clone) -> None:
    repository.write("shared/doubler.yaml", DOUBLER)
    (repository.root / "specs/linked").symlink_to("../shared")
    repository.build()
    repository.git("add", "out")
    before = repository.omnibuild("hook", "--check")
    assert "not staged  shared/doubler.yaml\n" in before.stdout
    assert "not staged  specs/linked\n" in before.stdout
    assert before.returncode == 1
    repository.git("add", "shared", "specs")
    assert_committed(repository)


def test_what_git_is_told_of_patterns_changes_nothing(repository: Clone) -> None:
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    repository.build()
    repository.git("add", "specs")
    done = repository.run("git", "--literal-pathspecs", "commit", "--message", "stale")
    assert done.returncode == 1
    assert f"{HANDLER}\n" in done.stdout


def test_a_workspace_in_a_hidden_folder_is_one_like_any_other(empty: Clone) -> None:
    shop(empty, ".services/")
    empty.git("add", "--all")
    empty.write(".services/specs/doubler.yaml", DOUBLER)
    empty.build(folder=".services")
    empty.git("add", ".services/out")
    done = empty.omnibuild("hook")
    assert done.returncode == 1
    assert "not staged  .services/specs/doubler.yaml\n" in done.stdout


# ----------------------------------------------------------------------------------- several of them


@pytest.fixture
def services(empty: Clone) -> Clone:
    """Return a repository of two workspaces in folders."""
    for folder in ("shop/", "store/"):
        shop(empty, folder)
    empty.use("omnibuild")
    empty.git("add", "--all")
    assert empty.commit().returncode == 0
    return empty


def test_all_workspaces_of_a_repository_are_looked_at(services: Clone) -> None:
    for folder in ("shop", "store"):
        services.replace(f"{folder}/specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    services.git("add", "shop/specs", "store/specs")
    # Git does not know this one: it is no part of the commit.
    services.write("draft/omnibuild.toml", TOML)
    services.write("draft/specs/broken.yaml", "node: [")

    done = services.commit()

    assert done.returncode == 1
    assert f"shop:\nnot staged  shop/{LEDGER}\nwritten     shop/{HANDLER}\n" in done.stdout
    assert f"written     store/{HANDLER}\n" in done.stdout
    assert "git add --all -- shop/out" in done.stdout
    assert "draft" not in done.stdout
    services.git("add", "shop/out", "store/out")
    done = services.commit()
    assert done.returncode == 0, done.stdout


def test_one_workspace_of_several_can_be_named(services: Clone) -> None:
    services.use("omnibuild", "-C", "shop")
    for folder in ("shop", "store"):
        services.replace(f"{folder}/specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    services.git("add", "shop/specs", "store/specs")

    done = services.commit()

    assert listed(done.stdout) == {f"shop/{HANDLER}": "written", f"shop/{LEDGER}": "not staged"}
    assert "store" not in done.stdout
    before = services.omnibuild("-C", "store", "hook", "--check")
    assert f"error[stale]: {HANDLER}" in before.stdout
    assert "shop" not in before.stdout
    done = services.omnibuild("hook", "--check", folder="shop/specs")
    assert f"error[stale]: {HANDLER}" in done.stdout, "both are looked at, wherever it is called"


# ------------------------------------------------------------------------------------- by themselves


def test_the_answer_as_json(services: Clone) -> None:
    fine = json.loads(services.omnibuild("hook", "--json").stdout)
    assert fine["status"] == "ok"
    assert [it["folder"] for it in fine["workspaces"]] == ["shop", "store"]
    services.replace("shop/specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")

    done = services.omnibuild("hook", "--json")

    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["status"] == "failed"
    assert [it["files"] for it in found["workspaces"]] == [
        {f"shop/{HANDLER}": "written", f"shop/{LEDGER}": "not staged", "shop/specs/pricer.yaml": "not staged"},
        {},
    ]


def test_without_git_or_a_workspace_it_says_so(empty: Clone, tmp_path: Path) -> None:
    outside = Clone(tmp_path, empty.home)

    done = outside.omnibuild("hook")
    assert done.returncode == 2
    assert "error[git]: fatal: not a git repository" in done.stdout
    done = empty.omnibuild("hook")
    assert done.returncode == 2
    assert "git knows no omnibuild.toml" in done.stdout
    shop(Clone(tmp_path, empty.home), "elsewhere/")
    done = empty.omnibuild("hook", "-C", str(tmp_path / "elsewhere"))
    assert done.returncode == 2
    assert json.loads(empty.omnibuild("hook", "--json").stdout)["problems"][0]["code"] == "workspace"


# --------------------------------------------------------------------------------- this repository's


def test_pre_commit_accepts_the_hooks(empty: Clone) -> None:
    done = empty.pre_commit("validate-manifest", str(HOOKS))

    assert done.returncode == 0, done.stdout
    for it in yaml.safe_load(HOOKS.read_text()):
        assert (it["pass_filenames"], it["require_serial"], it["always_run"]) == (False, True, True)


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("specs/order.yaml", True),
        ("shop/specs/deep/order.py", True),
        ("templates/contract.yaml.j2", True),
        ("shop/omnibuild.toml", True),
        ("out/README.md", True),
        ("src/main.py", False),
        ("about/README.md", False),
        ("omnibuild.toml.old", False),
    ],
)
def test_the_files_that_a_hook_is_about(empty: Clone, file: str, counts: bool) -> None:
    empty.use("omnibuild")
    config = yaml.safe_load(empty.read(".pre-commit-config.yaml"))
    config["repos"][0]["hooks"][0] |= {"always_run": False, "entry": "true"}
    empty.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    empty.write(file, "text")
    empty.git("add", "--all")

    done = empty.pre_commit("run", "--files", file)

    assert ("Skipped" not in done.stdout) is counts, done.stdout


@pytest.mark.slow
def test_pre_commit_installs_and_runs_the_hooks(repository: Clone) -> None:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("this is not a clone")
    # What the tests lend to the clone is not there: only what pre-commit installs.
    own = Clone(repository.root, repository.home, {"PYTHONPATH": ""})
    command = ("try-repo", str(REPOSITORY), "--all-files")

    clean = own.pre_commit(*command)
    assert clean.returncode == 0, clean.stdout
    assert clean.stdout.count("Passed") == 2
    repository.replace("specs/pricer.yaml", "quantity * piece.value", "piece.value * quantity")
    repository.git("add", "specs")
    stale = own.pre_commit(*command)

    assert stale.returncode == 1
    building, checking = stale.stdout.split("- hook id: omnibuild-check")
    assert listed(building) == {HANDLER: "written", LEDGER: "not staged"}
    assert listed(checking) == {HANDLER: "not staged", LEDGER: "not staged"}
    repository.git("add", "--all", "--", "out")
    assert_committed(repository)
