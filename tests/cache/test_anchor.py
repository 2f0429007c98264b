"""Problems in a trace follow the spec and its body to other files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omnibuild.cache.anchor import anchored, detached
from omnibuild.core.values import Body, Level, Place, Pointer, Problem, Verdict
from tests.onex.declarations import names_of, node
from tests.workspaces import PRICER

PRICED = node(names_of(PRICER), "pricer")
OLD = replace(PRICED, at=Pointer("specs/a.yaml", 1, ()), body=Body("specs/it.py", ""))
NEW = replace(OLD, at=Pointer("specs/b/c.yaml", 0, ()), body=Body("specs/b/it.py", ""))


@pytest.mark.parametrize(
    ("at", "now"),
    [
        (Pointer("specs/a.yaml", 1, ("input", 0)), Pointer("specs/b/c.yaml", 0, ("input", 0))),
        (Pointer("specs/a.yaml", 0, ("input",)), Pointer("specs/a.yaml", 0, ("input",))),
        (Pointer("specs/other.yaml", 1, ("input",)), Pointer("specs/other.yaml", 1, ("input",))),
        (Place("specs/it.py", 3, 4), Place("specs/b/it.py", 3, 4)),
        (Place("templates/contract.yaml.j2", 3, 4), Place("templates/contract.yaml.j2", 3, 4)),
        (None, None),
    ],
)
def test_what_is_in_the_spec_or_the_body_moves_along(at: Place | Pointer | None, now: Place | Pointer | None) -> None:
    kept = detached(Verdict("G1", Level.WARN, (Problem("G1", "it", at),)), OLD)

    assert anchored(kept.problems[0], NEW).at == now
    assert anchored(kept.problems[0], OLD).at == at
