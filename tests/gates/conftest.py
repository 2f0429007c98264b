"""The sound subject, as a fixture."""

from __future__ import annotations

import pytest

from omnibuild.gates.gate import NodeSubject
from tests.gates import subjects


@pytest.fixture
def sound() -> NodeSubject:
    """Return order_pricer with nothing wrong."""
    return subjects.sound()
