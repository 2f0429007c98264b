"""What an editor shows of specs: the JSON Schema, as yaml-language-server takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibuild.core.values import Kind
from omnibuild.spec.schema_texts import KINDS, TYPES
from tests.cli.conftest import Space, omnibuild
from tests.language_server import Editor, install
from tests.workspaces import REPOSITORY

HEAD = "# yaml-language-server: $schema=.omnibuild.schema.json\n"
NODE = f"{HEAD}node: trial\nkind: compute\ndescription: Try what an editor says of it.\n"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Space:
    """Return a workspace as `init` and `new` make it."""
    space = Space(tmp_path_factory.mktemp("editor") / "shop")
    assert omnibuild("init", str(space.root)).code == 0
    for kind in (*Kind, "shared"):
        assert space("new", str(kind), f"my_{kind}").code == 0
    return space


@pytest.fixture(scope="module")
def editor(space: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with Editor(install(tmp_path_factory.mktemp("npm")), space.root) as editor:
        yield editor


def test_good_specs_are_left_alone(space: Space, editor: Editor) -> None:
    for path in sorted((space.root / "specs").glob("*.yaml")):
        assert editor.open(f"specs/{path.name}") == [], path.name


def test_the_specs_of_this_repository_are_left_alone(space: Space, editor: Editor) -> None:
    for path in sorted((REPOSITORY / "specs").glob("*.yaml")):
        text = re.sub(r"^# yaml-language-server:.*\n", "", path.read_text())
        space.write(f"specs/own_{path.name}", HEAD + text)
        assert editor.open(f"specs/own_{path.name}") == [], path.name


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("policy: {timeot: 5s}\n", "4:9", "Property timeot is not allowed."),
        ("discount: 1\n", "4:0", "Property discount is not allowed."),
        ("input: {a: {type: str, minlength: 1}}\n", "4:23", "Property minlength is not allowed."),
        ("input: {a: 5}\n", "4:11", "Incorrect type. Expected one of object, string."),
        ("input: {A: str}\n", "4:8", "A name in snake_case, such as order_pricer."),
        (
            "models: {M: {fields: {a: {type: str, lt: []}}}}\n",
            "4:41",
            "Incorrect type. Expected one of number, string.",
        ),
        ("version: '1.2'\n", "4:9", "A semantic version, such as 1.2.0."),
        ("steps: [{step: a}]\n", "4:8", 'Missing property "call".'),
        ("examples: [{inptu: {}}]\n", "4:12", "Property inptu is not allowed."),
        ("policy: {timeout: soon}\n", "4:18", "A number and its unit, such as 500ms, 30s, 5m or 1h."),
    ],
)
def test_one_mistake_is_told_as_one(text: str, place: str, message: str, space: Space, editor: Editor) -> None:
    file = f"specs/broken_{abs(hash(text))}.yaml"
    space.write(file, NODE + text)
    (found,) = editor.open(file)
    assert found["message"] == message
    assert "{line}:{character}".format(**found["range"]["start"]) == place


def test_what_is_no_document_is_told(space: Space, editor: Editor) -> None:
    space.write("specs/nothing.yaml", f"{HEAD}nod: trial\n")
    assert [it["message"] for it in editor.open("specs/nothing.yaml")] == ["Property nod is not allowed."]


def test_kinds_are_offered(space: Space, editor: Editor) -> None:
    space.write("specs/kinds.yaml", f"{HEAD}node: trial\nkind: \n")
    editor.open("specs/kinds.yaml")
    offered = editor.offers("specs/kinds.yaml", "kind: ")
    assert {label: it["documentation"]["value"] for label, it in offered.items()} == KINDS


def test_keys_are_offered_with_what_they_are_for(space: Space, editor: Editor) -> None:
    space.write("specs/keys.yaml", f"{NODE}\n")
    editor.open("specs/keys.yaml")
    offered = editor.offers("specs/keys.yaml", "says of it.\n")
    assert {"input", "output", "logic", "examples", "transitions", "steps", "operations"} <= offered.keys()
    assert not {"node", "kind", "description"} & offered.keys()
    assert offered["input"]["insertText"].startswith("input:")
    assert "transitions:\n  - when:" in offered["transitions"]["insertText"]
    assert "OrderPlaced" in offered["transitions"]["documentation"]["value"]


@pytest.mark.parametrize("before", ["input:\n  amount: ", "input: {amount: {type: ", "models:\n  Line:\n    price: "])
def test_types_are_offered(before: str, space: Space, editor: Editor) -> None:
    file = f"specs/types_{abs(hash(before))}.yaml"
    space.write(file, f"{NODE}{before}{'}}' if '{' in before else ''}\n")
    editor.open(file)
    offered = editor.offers(file, before)
    assert {it: offered[it]["documentation"] for it in TYPES} == TYPES


def test_an_empty_file_is_offered_whole_documents(space: Space, editor: Editor) -> None:
    space.write("specs/empty.yaml", f"{HEAD}\n")
    editor.open("specs/empty.yaml")
    offered = editor.offers("specs/empty.yaml", HEAD)
    assert {"node", "shared", "blueprint", "shared models", *(f"{it} node" for it in KINDS)} <= offered.keys()
    assert "kind: reducer\n" in offered["reducer node"]["insertText"]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("node:", "The node's name, unique in the workspace."),
        ("kind:", "* `reducer`: Keeps a state, and changes it by messages."),
        ("min_length", "At least this many characters or items."),
        ("policy", "What the runtime may do with the node.\n\n```yaml\npolicy: {timeout: 30s"),
        ("fails", "`validation`, or the class name of the exception."),
    ],
)
def test_a_key_says_what_it_is_for(word: str, told: str, editor: Editor) -> None:
    editor.open("specs/my_compute.yaml")
    shown = editor.hover("specs/my_compute.yaml", word)
    assert told in shown
    assert "||" not in shown


def test_init_and_new_refer_every_spec_to_the_schema(space: Space) -> None:
    assert (space.root / "specs/.omnibuild.schema.json").read_text() == omnibuild("schema").out
    for name in ("greeter", *(f"my_{it}" for it in (*Kind, "shared"))):
        assert Path(space.root / f"specs/{name}.yaml").read_text().startswith(HEAD)
