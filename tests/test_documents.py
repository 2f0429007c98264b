"""What the documents say is so: their specs build, their commands exist, their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
import yaml

from omnibuild import Workspace
from omnibuild.cli.app import VERBS
from omnibuild.core.values import Mode
from omnibuild.gates import ALL, COMPILE_GATES, AnyGate
from omnibuild.graph.picture import PICTURES
from tests.conftest import Make
from tests.pages import DOCUMENTS, blocks, commands
from tests.workspaces import REPOSITORY, blocking

WITH_SPECS = ("README.md", "docs/spec-language.md")

_FILE = re.compile(r"# (specs/\S+)\n")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]+)(?:#([^)]*))?\)")


# ---------------------------------------------------------------------------------------- specs


@pytest.mark.parametrize("document", WITH_SPECS)
def test_the_specs_of_a_document_build(document: str, checked: Make) -> None:
    text = (REPOSITORY / document).read_text()
    files = {found[1]: it for it in blocks(text, "yaml", "python") if (found := _FILE.match(it))}
    assert files

    workspace = checked(files)
    report = workspace.build(mode=Mode.STRICT)

    assert not blocking(report)
    assert set(report.outcomes) >= {Path(it).stem for it in files}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "out"]
    tests = subprocess.run(command, cwd=workspace.root, capture_output=True, text=True, check=False)
    assert tests.returncode == 0, tests.stdout


def test_the_settings_of_the_language_are_accepted(make: Make) -> None:
    text = (REPOSITORY / "docs/spec-language.md").read_text()

    sandbox = make({"omnibuild.toml": next(blocks(text, "toml"))})

    assert sandbox.open().settings.package == "acme"


# ------------------------------------------------------------------------------------- commands


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_the_commands_exist(document: Path) -> None:
    for words in commands(document.read_text()):
        rest = [*words]
        while rest and rest[0].startswith("-"):
            del rest[: 2 if rest[0] in ("-C", "--env") else 1]
        if not rest:
            continue
        assert rest[0] in VERBS, words
        command: click.Command = import_module(f"omnibuild.cli.{rest[0]}").command
        if isinstance(command, click.Group) and len(rest) > 1:
            del rest[0]
            assert rest[0] in command.commands, words
            command = command.commands[rest[0]]
        known = {option for it in command.params for option in (*it.opts, *it.secondary_opts)} | {"--help", "-h"}
        used = {it.partition("=")[0] for it in rest[1:] if it.startswith("-") and it != "-"}
        assert used <= known, words


def test_the_readme_shows_every_verb() -> None:
    text = (REPOSITORY / "README.md").read_text()

    assert {words[0] for words in commands(text) if words} >= set(VERBS) - {"completion"}


@pytest.mark.parametrize(
    ("sign", "command"),
    [
        ("repos:", ("pre_commit", "validate-config")),
        ("jobs:", ("check_jsonschema", "--builtin-schema", "vendor.github-workflows")),
        ("artifacts:", ("check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")),
    ],
)
def test_the_configurations_of_ci_are_accepted(sign: str, command: tuple[str, ...], tmp_path: Path) -> None:
    found = [it for it in blocks((REPOSITORY / "docs/ci.md").read_text(), "yaml") if sign in it]
    assert found
    for text in found:
        file = tmp_path / "file.yaml"
        file.write_text(text)
        done = subprocess.run(
            [sys.executable, "-m", *command, str(file)], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_of_ci_shows_what_the_hooks_and_the_action_have() -> None:
    text = (REPOSITORY / "docs/ci.md").read_text()
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    ids = {it["id"] for it in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}
    rows = {
        name for it in re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE) for name in re.findall(r"`([\w-]+)`", it)
    }

    assert rows == {*action["inputs"], *action["outputs"], *ids}
    for block in blocks(text, "yaml"):
        data = yaml.safe_load(block)
        for hook in (it for repo in data.get("repos", ()) for it in repo["hooks"]):
            assert hook["id"] in ids
        for step in (it for job in data.get("jobs", {}).values() for it in job["steps"]):
            if "omnibuild@" in step["uses"]:
                assert set(step["with"]) <= set(action["inputs"])


# ------------------------------------------------------------------------------------- the times

_ROW = re.compile(r"^\| (.+?) \| 1,000 \| (\S+ m?s) \(", re.MULTILINE)
_TIMES = re.compile(r"(?<=^\| what a build finds \| takes \|\n\| --- \| --- \|\n)(?:\| .+ \| .+ \|\n)+", re.MULTILINE)


def test_the_times_of_the_readme_were_measured(regen: bool) -> None:
    readme = REPOSITORY / "README.md"
    measured = dict(_ROW.findall((REPOSITORY / "benchmarks/RESULTS.md").read_text()))
    named = [it.split(" | ")[0].removeprefix("| ") for it in _TIMES.findall(readme.read_text())[0].splitlines()]
    rows = "".join(f"| {it} | {measured[it]} |\n" for it in named)
    if regen:
        readme.write_text(_TIMES.sub(lambda _: rows, readme.read_text()))

    assert named
    assert rows in readme.read_text(), "pytest tests/test_documents.py --regen writes it anew"


# ------------------------------------------------------------------------------------- the graph


def test_the_readme_has_the_graph_of_this_repository(regen: bool) -> None:
    graph = Workspace.open(REPOSITORY).survey().graph
    picture = f"```text\n{PICTURES['text'](graph, graph.order).rstrip()}\n```\n"
    readme = REPOSITORY / "README.md"
    if regen:
        readme.write_text(
            re.sub(r"^```text\nmoney .*?^```\n", lambda _: picture, readme.read_text(), flags=re.MULTILINE | re.DOTALL)
        )

    assert picture in readme.read_text(), "pytest tests/test_documents.py --regen writes it anew"


def test_the_readme_has_a_way_through_this_repository() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "omnibuild", "-C", str(REPOSITORY), "why", "order", "money"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"```text\n{done.stdout}```\n" in (REPOSITORY / "README.md").read_text()


# ---------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: it.name)
def test_the_links_lead_somewhere(document: Path) -> None:
    for file, anchor in _LINK.findall(document.read_text()):
        target = document.parent / file
        assert target.exists(), file
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", it).strip().lower().replace(" ", "-") for it in headings}, anchor


# ---------------------------------------------------------------------------------------- gates

_STEPS = {
    "document": "the document as it is written",
    "workspace": "the workspace",
    "graph": "the graph: all nodes together",
    "draft": "the draft, before anything is written",
    "compile": "compiled code",
}

_PREFACE = """# The gates

A gate is one named check. It blocks (the build stops and `out/` stays as it is), warns, or is off. `omnibuild gates`
prints this list with the levels of your workspace, `omnibuild gates G11` one gate in full.

The level of a gate is its own, changed by the mode, changed by `[gates]` in `omnibuild.toml`:

| mode | what it does |
| --- | --- |
| `fast` | leaves out the gates that need compiled code: %s |
| `balanced` | every gate at its own level; the default |
| `strict` | every warning blocks, but advice (G8) |

What is written is the same in every mode. Gates that are fixed cannot be set to another level, since nothing works
without them.

"""


def gates_page() -> str:
    """Return docs/gates.md as the gates make it."""
    whole = [it for it in COMPILE_GATES if it in ALL]
    lines = [_PREFACE % ", ".join(f"{it.code} ({it.name})" for it in whole)]
    lines.append("| gate | name | level | looks at |\n| --- | --- | --- | --- |\n")
    lines += [
        f"| [{it.code}](#{_anchor(it)}) | {it.name} "
        f"| {it.level.value}{', fixed' if it.fixed else ', advice' if it.advice else ''} "
        f"| {_STEPS[it.step.value]} |\n"
        for it in ALL
    ]
    lines += [f"\n## {it.code} {it.name}\n\n{it.what}\n\n*Why:* {it.why}\n\n{_example(it)}" for it in ALL]
    return "".join(lines)


def _anchor(gate: AnyGate) -> str:
    return f"{gate.code} {gate.name}".lower().replace(" ", "-")


def _example(gate: AnyGate) -> str:
    return f"What it stops:\n\n```\n{gate.example}\n```\n"


def test_the_page_of_the_gates_is_what_they_say(regen: bool) -> None:
    page = REPOSITORY / "docs/gates.md"
    if regen:
        page.write_text(gates_page())

    assert page.read_text() == gates_page(), "pytest tests/test_documents.py --regen writes it anew"


def test_the_readme_has_the_table_of_the_gates(regen: bool) -> None:
    readme = REPOSITORY / "README.md"
    table = "".join(f"| {it.code} | {it.name} | {it.level.value} | {it.what} |\n" for it in ALL)
    if regen:
        readme.write_text(re.sub(r"(^\| G\d+ \|.*\n)+", lambda _: table, readme.read_text(), flags=re.MULTILINE))

    assert table in readme.read_text(), "pytest tests/test_documents.py --regen writes it anew"


# --------------------------------------------------------------------------------- architecture


def test_every_unit_has_its_place_in_the_architecture() -> None:
    text = (REPOSITORY / "docs/architecture.md").read_text()

    for unit in (REPOSITORY / "omnibuild").iterdir():
        if unit.suffix == ".py" and unit.name != "__init__.py":
            assert f"`{unit.name}`" in text
        elif (unit / "__init__.py").exists():
            assert f"`{unit.name}/`" in text
