"""omnibuild adopt, as users call it: on whole packages, sound and broken ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from omnibuild.cli.starter import node_text
from omnibuild.core.values import Kind
from tests.cli.conftest import TOML, Answer, Space, omnibuild

PRICER = """\
# SPDX-License-Identifier: MIT

# what it is called
name: node_pricer_compute
node_type: compute
contract_version: {major: 1, minor: 0, patch: 0}
node_version: {major: 1, minor: 2, patch: 0}
# in a sentence
description: Price a number of pieces.
# what it takes
input_model: shop.models.Request
handler: {module: shop.handlers, class: HandlerPricer}
# nobody knows this one
metadata:
  # inside
  team: sales  # and beside
"""
MODELS = """\
from pydantic import BaseModel, Field, field_validator


class Request(BaseModel):
    \"\"\"What is to be priced.\"\"\"

    pieces: int = Field(ge=1, description="How many.")

    @field_validator("pieces")
    @classmethod
    def even(cls, value: int) -> int:
        return value
"""
HANDLERS = "class HandlerPricer:\n    def handle(self, request): ...\n"
PROBLEM = {"code", "level", "message", "hint", "node", "file", "line", "column"}


@pytest.fixture
def shop(tmp_path: Path) -> Space:
    """Return a workspace without specs, beside a package of one node."""
    space = Space(tmp_path / "work")
    space.write("omnibuild.toml", TOML)
    space.write("src/shop/__init__.py", "")
    space.write("src/shop/models.py", MODELS)
    space.write("src/shop/handlers.py", HANDLERS)
    space.write("src/shop/nodes/node_pricer_compute/contract.yaml", PRICER)
    return space


def adopt(space: Space, *arguments: str) -> Answer:
    return space("adopt", str(space.root / "src"), *arguments)


def contracts_match(space: Space, answer: Answer) -> int:
    """Hold every contract that was built against its original, and return how many there are."""
    for it in answer.json["adopted"]:
        made = yaml.safe_load((space.root / it["output"]).read_text())
        assert made == yaml.safe_load((space.root / it["source"]).read_text()), it["source"]
    return len(answer.json["adopted"])


def test_a_node_becomes_a_spec_and_its_contract_comes_back(shop: Space) -> None:
    answer = adopt(shop, "--json")

    assert answer.code == 0
    assert answer.json == {
        "adopted": [
            {
                "source": "src/shop/nodes/node_pricer_compute/contract.yaml",
                "node": "pricer",
                "spec": "specs/pricer.yaml",
                "output": "out/src/acme/nodes/node_pricer_compute/contract.yaml",
                "keys": {"language": 12, "verbatim": 1},
                "python": ["shop.handlers.HandlerPricer", "shop.models:Request.even (validator)"],
                "notes": [],
            }
        ],
        "shared": [],
        "problems": [],
    }
    assert shop("build").code == 0
    assert contracts_match(shop, answer) == 1
    assert shop("check").code == 0
    assert shop("build").out == "1 node: 1 up-to-date\n"


def test_comments_stay_with_the_keys_that_stay(shop: Space) -> None:
    adopt(shop)

    assert (
        (shop.root / "specs/pricer.yaml").read_text()
        == """\
# SPDX-License-Identifier: MIT
node: pricer
kind: compute
version: 1.2.0
# in a sentence
description: Price a number of pieces.
models:
  Request:
    description: What is to be priced.
    extra: ignore
    fields:
      pieces:
        type: int
        description: How many.
        ge: 1
input: Request
replaces:
  Request: shop.models:Request
adopted:
  from: src/shop/nodes/node_pricer_compute/contract.yaml
  contract_version: 1.0.0
  # what it takes
  input: shop.models.Request
  handler: shop.handlers:HandlerPricer
contract:
  # nobody knows this one
  metadata:
    # inside
    team: sales  # and beside
"""
    )


def test_a_key_that_a_spec_reads_otherwise_takes_no_comments_from_others(shop: Space) -> None:
    shop.write(
        "src/shop/nodes/node_pricer_compute/contract.yaml", f"{PRICER}since: 2024-01-01  # a day\nlate: yes  # lost\n"
    )
    adopt(shop)

    text = (shop.root / "specs/pricer.yaml").read_text()
    assert text.endswith(
        "  # nobody knows this one\n  metadata:\n    # inside\n    team: sales  # and beside\n"
        "  since: 2024-01-01  # a day\n  late: true\n"
    )
    assert shop("build").code == 0


def test_a_contract_that_was_edited_is_found(shop: Space) -> None:
    adopt(shop)
    shop("build")
    made = shop.root / "out/src/acme/nodes/node_pricer_compute/contract.yaml"
    made.write_text(made.read_text().replace("sales", "marketing"))

    answer = shop("check")

    assert answer.code == 1
    assert "out/src/acme/nodes/node_pricer_compute/contract.yaml" in answer.out


def test_a_dry_run_writes_nothing(shop: Space) -> None:
    before = sorted(shop.root.rglob("*"))

    answer = adopt(shop, "--dry-run")

    assert answer.code == 0
    assert "1 node can be adopted: 1 spec not written" in answer.out
    assert sorted(shop.root.rglob("*")) == before


def test_what_was_adopted_before_is_said_and_left(shop: Space) -> None:
    adopt(shop)
    spec = shop.root / "specs/pricer.yaml"
    spec.write_text(spec.read_text() + "tags: [mine]\n")
    written = spec.read_text()
    shop.write("src/shop/nodes/node_other_effect/contract.yaml", "name: node_other_effect\nnode_type: effect\n")

    answer = adopt(shop, "--json")

    assert [it["node"] for it in answer.json["adopted"]] == ["other"]
    ((code, hint),) = [(it["code"], it["hint"]) for it in answer.json["problems"]]
    assert code == "adopted"
    assert "specs/pricer.yaml" in hint
    assert spec.read_text() == written


def test_a_path_leads_on_from_the_folder_that_is_worked_in(shop: Space) -> None:
    answer = shop("adopt", "src/shop", "--json")

    assert [it["source"] for it in answer.json["adopted"]] == ["src/shop/nodes/node_pricer_compute/contract.yaml"]
    assert "nodes 1" in " ".join(shop("adopt", "src/shop", "--report").out.split())


def test_a_contract_of_the_same_name_in_another_package_is_another_node(shop: Space) -> None:
    adopt(shop)
    text = (shop.root / "src/shop/nodes/node_pricer_compute/contract.yaml").read_text()
    shop.write("src/market/__init__.py", "")
    shop.write("src/market/nodes/node_pricer_compute/contract.yaml", text)

    answer = shop("adopt", "--json", str(shop.root / "src/market"))

    assert ([it["node"] for it in answer.json["adopted"]], answer.json["problems"]) == (["pricer_compute"], [])
    (shop.root / "src/shop").rename(shop.root / "src/store")
    moved = shop("adopt", "--json", str(shop.root / "src/store"))
    assert [it["code"] for it in moved.json["problems"]] == ["adopted"]


def test_files_that_are_there_are_never_overwritten(shop: Space) -> None:
    there = shop.write("specs/pricer.yaml", "# nothing yet\n")
    answer = adopt(shop, "--json")

    (node,) = answer.json["adopted"]
    assert node["spec"] == "specs/pricer_compute.yaml"
    assert node["notes"] == ["the name `pricer` is taken, by another of these nodes or in the workspace"]
    assert there.read_text() == "# nothing yet\n"
    assert (shop.root / node["spec"]).is_file()


def test_python_that_would_become_a_body_takes_the_name(shop: Space) -> None:
    shop.write("specs/pricer.py", "X = 1\n")

    assert [it["node"] for it in adopt(shop, "--json").json["adopted"]] == ["pricer_compute"]


def test_what_omnibuild_made_is_not_adopted(shop: Space) -> None:
    shop.write("specs/greeter.yaml", node_text(Kind.COMPUTE, "greeter"))
    assert shop("build").code == 0

    answer = shop("adopt", str(shop.root), "--json")

    assert [it["node"] for it in answer.json["adopted"]] == ["pricer"]
    assert answer.json["problems"] == []


def test_nodes_of_one_name_get_distinct_ones_and_it_is_said(shop: Space) -> None:
    shop.write("src/shop/nodes/other/contract.yaml", PRICER.replace("compute\n", "effect\n"))
    shop.write("src/shop/nodes/third/contract.yaml", PRICER.replace("node_pricer_compute", "pricer"))

    answer = adopt(shop, "--json")

    assert len({it["node"] for it in answer.json["adopted"]}) == 3
    assert sum("is taken" in "".join(it["notes"]) for it in answer.json["adopted"]) == 2
    assert shop("build").code == 0
    assert contracts_match(shop, answer) == 3


def test_a_workspace_is_made_where_there_is_none(tmp_path: Path) -> None:
    space = Space(tmp_path)
    space.write("src/shop/nodes/node_pricer_compute/contract.yaml", PRICER)

    refused = adopt(space)
    wrong = adopt(space, "--package", "No Package")
    done = adopt(space, "--package", "acme")

    assert (refused.code, wrong.code, done.code) == (2, 2, 0)
    assert "--package NAME" in refused.err + refused.out
    assert 'package = "acme"' in (tmp_path / "omnibuild.toml").read_text()
    assert adopt(space, "--package", "other").code == 2


def test_the_lines_of_problems_are_shown_wherever_one_stands(shop: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("src/shop/nodes/bad/contract.yaml", "name: bad\nnode_type: wrong\n")
    monkeypatch.chdir(shop.root / "src")

    answer = omnibuild("adopt", "shop")

    assert answer.code == 1
    assert "src/shop/nodes/bad/contract.yaml:2:12: error[contract]:" in answer.err
    assert "    2 | node_type: wrong\n" in answer.err


def test_the_report_has_findings_with_places_and_a_table(shop: Space) -> None:
    text = PRICER.replace("HandlerPricer", "HandlerLost") + "event_bus: {publish_topics: [wrong], x: 1, x: 2}\n"
    shop.write("src/shop/nodes/node_pricer_compute/contract.yaml", text)
    before = sorted(shop.root.rglob("*"))

    answer, as_json = adopt(shop, "--report"), adopt(shop, "--report", "--json")

    assert answer.code == as_json.code == 0
    assert "contract.yaml:12:10: warning[handler-missing]: there is no handler `HandlerLost`" in answer.out
    assert answer.out.splitlines()[-6:] == [
        "finding           shop",
        "nodes             1",
        "duplicate-key     1",
        "handler-missing   1",
        "topic-name        1",
        "topic-unconsumed  1",
    ]
    assert as_json.json["report"] == {
        "shop": {"nodes": 1, "duplicate-key": 1, "handler-missing": 1, "topic-name": 1, "topic-unconsumed": 1}
    }
    assert all(set(it) == PROBLEM for it in as_json.json["problems"])
    assert sorted(shop.root.rglob("*")) == before


HEAD = "name: node_{}_compute\nnode_type: compute\ndescription: {}\n"
SOUND = {
    "class": HEAD.format("class", "d"),
    "long": HEAD.format("x" * 90, "d"),
    "collides": HEAD.format("pricer", "d"),
    "crlf": (HEAD.format("crlf", "d") + "# c\nextra:\n  a: 'x\n    y' # z\n").replace("\n", "\r\n"),
    "bom": "\ufeff" + HEAD.format("bom", "d"),
    "old_yaml": HEAD.format("old_yaml", "d") + "extra: {a: yes, b: 010, c: 1_000, d: 1:30, e: 08, f: 1e3, g: off}\n",
    "flow": "{name: node_flow_compute, node_type: compute, extra: {a: 1}}\n",
    "anchors": HEAD.format("anchors", "d") + "base: &b {a: 1}\nother: {<<: *b, c: 2}\nthird: *b\n",
    "comments": "# 1\n" + HEAD.format("comments", "d # 2\n# 3") + "extra: # 4\n# 5\n  a: 1\n  # 6\n\n# 7\n",
    "twice": HEAD.format("twice", "d") + "extra: {a: 1, a: 2}\n",
    "indented": "  name: node_indented_compute\n  node_type: compute\n",
    "elsewhere": HEAD.format("elsewhere", "d") + "input_model: other.package.Model\n",
    "ticks": HEAD.format("ticks", '"a\\tb\\u2028c\\x07"') + 'extra: "\\x85 \\U0001F600"\n',
}
BROKEN = {
    "no_yaml": "a: [\nb: }\n",
    "a_list": "- a\n",
    "empty": "",
    "scalar": "x\n",
    "large": "x: " + "y" * 5_000_000,
    "bomb": "a: &a [x]\n"
    + "".join(f"a{it}: &a{it} [{'*a, ' * 9}*a]\n".replace("*a", f"*a{it - 1}" if it else "*a") for it in range(9)),
    "deep": "a: " + "[" * 100_000,
    "documents": HEAD.format("documents", "d") + "---\na: 1\n",
    "no_name": "node_type: compute\n",
    "no_type": "name: node_no_type_compute\n",
    "strange_type": "name: node_strange_compute\nnode_type: frobnicate\n",
    "list_type": "name: node_list_compute\nnode_type: [compute]\n",
    "tabs": HEAD.format("tabs", "d") + "extra:\n\t- a\n",
    "tag": HEAD.format("tag", "d") + "extra: !own x\n",
    "infinite": HEAD.format("infinite", "d") + "extra: .inf\n",
}
TEXTS = {
    "dates": HEAD.format("dates", "d") + "extra: {at: 2024-01-31}\n",
    "on_key": HEAD.format("on_key", "d") + "on: {push: 1}\n",
    "numbers": HEAD.format("numbers", "d") + "extra: {1: a, 2.5: b}\n",
}


def test_a_broken_package_gives_one_problem_each_and_the_rest_is_adopted(shop: Space) -> None:
    for name, text in {**SOUND, **BROKEN, **TEXTS}.items():
        shop.write(f"src/shop/nodes/{name}/contract.yaml", "").write_bytes(text.encode())
    nodes = shop.root / "src/shop/nodes"
    for name in ("latin", "dangling", "pipe"):
        (nodes / name).mkdir()
    (nodes / "latin/contract.yaml").write_bytes("name: é\n".encode("latin-1"))
    (nodes / "dangling/contract.yaml").symlink_to("nowhere")
    (nodes / "loop").symlink_to("..")
    os.mkfifo(nodes / "pipe/contract.yaml")
    shop.write("src/shop/nodes/node_lost/handler.py", "def (")

    source = str(shop.root / "src")
    answer = shop.process("adopt", source, "--json")

    assert (answer.code, answer.err) == (1, "")
    told = [it["file"].removeprefix("src/shop/nodes/").split("/")[0] for it in answer.json["problems"]]
    assert sorted(told) == sorted([*BROKEN, *TEXTS, "twice", "latin", "dangling", "loop", "pipe", "node_lost"])
    sources = {it["source"].split("/")[-2] for it in answer.json["adopted"]}
    assert sources == {*SOUND, *TEXTS, "node_pricer_compute"}
    as_text = shop.process("adopt", source)
    assert "Traceback" not in as_text.out + as_text.err
    assert shop("build").code == 0
    exact = [it for it in answer.json["adopted"] if it["source"].split("/")[-2] not in TEXTS]
    assert contracts_match(shop, Answer(0, json.dumps({"adopted": exact}), "")) == len(SOUND) + 1


def test_code_is_never_imported(shop: Space, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    shop.write("src/shop/handlers.py", f"open({str(mark)!r}, 'w')\n{HANDLERS}")
    shop.write("src/shop/__init__.py", f"open({str(mark)!r}, 'w')\n")

    assert adopt(shop).code == 0
    assert adopt(shop, "--report").code == 0
    assert shop("build").code == 0
    assert not mark.exists()


def test_specs_that_cannot_be_written_end_without_a_traceback(shop: Space) -> None:
    shop.write("specs", "a file\n")

    answer = shop.process("adopt", str(shop.root / "src"))

    assert answer.code not in (0, 3)
    assert "Traceback" not in answer.err
