"""The generated tests of nodes in `out/`, run by pytest as whoever uses the package would."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from omnibuild.adapters.tool_run import running
from omnibuild.core.values import Kind, Settings

_NONE_COLLECTED = 5
"""How pytest ends if there are no tests."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of the tests of some nodes: those with failing ones, and what pytest said."""

    nodes: tuple[str, ...]
    failed: tuple[str, ...]
    said: str


def run_node_tests(root: Path, settings: Settings, names: Collection[str]) -> Tested:
    """Run the tests of these nodes; those that have none are left out. Nothing is written to `out/`."""
    places = {name: place for name in sorted(names) for place in _places(root, settings, name)}
    if not places:
        return Tested((), (), "")
    out = root / settings.out
    command = [sys.executable, "-P", "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-rfE"]
    with tempfile.TemporaryDirectory(prefix="omnibuild-") as scratch:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": scratch,
            "PYTHONPATH": os.pathsep.join(map(str, (*filter(None, sys.path), root, root / "src"))),
        }
        with running([*command, *map(str, places.values())], out, environment) as wait:
            said = wait()
    if said.code in (0, _NONE_COLLECTED):
        return Tested(tuple(places), (), said.out)
    failed = tuple(name for name, place in places.items() if f" {place.as_posix()}/" in said.out)
    return Tested(tuple(places), failed or tuple(places), said.out + said.err)


def _places(root: Path, settings: Settings, name: str) -> Iterator[Path]:
    """Yield where a node's tests are, relative to `out/`."""
    for kind in Kind:
        place = Path("src", settings.package, "nodes", f"node_{name}_{kind.value}", "tests")
        if (root / settings.out / place).is_dir():
            yield place
