"""omnibuild why, and the selectors that look back, on the command line."""

from __future__ import annotations

import pytest

from tests.adapters.test_past import git
from tests.cli.conftest import BROKEN, Space


def test_why_tells_the_way(space: Space) -> None:
    answer = space("why", "pricer", "money")
    assert answer.code == 0
    assert answer.out == "pricer depends on money\n  pricer -> money  models  specs/pricer.yaml:8:17\n"
    place = {"file": "specs/pricer.yaml", "line": 8, "column": 17}
    step = {"from": "pricer", "to": "money", "reasons": [{"why": "models", "topic": None, **place}]}
    assert space("why", "pricer", "money", "--json").json == {
        "node": "pricer",
        "other": "money",
        "depends": True,
        "way": [step],
    }


def test_why_tells_that_there_is_none(space: Space) -> None:
    answer = space("why", "money", "pricer")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "money does not depend on pricer",
        "  it is the other way round: `omnibuild why pricer money` shows how",
    ]
    found = space("why", "money", "pricer", "--json").json
    assert (found["depends"], found["way"]) == (False, [])
    assert space("why", "money", "money").out == "money is money\n"


def test_why_wants_nodes_that_are_sound(space: Space) -> None:
    unknown = space("why", "pricer", "mony")
    assert unknown.code == 2
    assert "did you mean `money`?" in unknown.err
    space.write("specs/broken.yaml", BROKEN)
    broken = space("why", "broken", "money")
    assert broken.code == 1
    assert "has problems" in broken.err


def test_list_takes_what_looks_back(space: Space) -> None:
    git(space.root, "init", "-q")
    git(space.root, "add", "-A")
    git(space.root, "commit", "-qm", "one")
    assert space("list", "changed").out == ""
    assert [it["name"] for it in space("list", "stale", "--json").json["nodes"]] == ["money", "pricer"]
    space("build")
    assert space("list", "stale").out == ""
    space.write("specs/broken.yaml", BROKEN)
    space("build")
    for selector in ("changed", "failed"):
        [node] = space("list", selector, "--json").json["nodes"]
        assert (node["name"], node["state"]) == ("broken", "broken")


@pytest.mark.parametrize("verb", ["list", "graph", "build", "check", "plan"])
def test_a_revision_that_is_none_is_a_mistake_of_use(verb: str, space: Space) -> None:
    git(space.root, "init", "-q")
    answer = space(verb, "changed:nosuch")
    assert answer.code == 2
    assert "there is no revision `nosuch`" in answer.out + answer.err


def test_nothing_selected_is_nothing_built(space: Space) -> None:
    git(space.root, "init", "-q")
    git(space.root, "add", "-A")
    git(space.root, "commit", "-qm", "one")
    answer = space("build", "changed")
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "0 nodes")
