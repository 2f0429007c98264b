from __future__ import annotations

import pytest

from omnibuild.core.values import Problem
from omnibuild.gates.g04_onex_symbols import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, HOME, edited

_IMPORT = "from omnibase_core.nodes import NodeCompute"


def test_what_exists_passes(sound: NodeSubject) -> None:
    assert list(check(sound)) == []
    assert list(check(edited(sound, f"{HOME}/node.py", _IMPORT, "import omnibase_core.nodes"))) == []
    assert list(check(edited(sound, f"{HOME}/node.py", _IMPORT, "from omnibase_core import nodes"))) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("from omnibase_core.nodes import NodeComputer", "the module `omnibase_core.nodes` has no `NodeComputer`"),
        ("from omnibase_core.knots import NodeCompute", "there is no module `omnibase_core.knots`"),
        ("import omnibase_core.knots", "there is no module `omnibase_core.knots`"),
    ],
)
def test_what_does_not_exist_is_stopped(sound: NodeSubject, statement: str, message: str) -> None:
    hint = "see which version of omnibase-core is installed: `omnibuild doctor`"

    assert list(check(edited(sound, f"{HOME}/node.py", _IMPORT, statement))) == [Problem("G4", message, AT, hint)]
