"""A fifth connector is one file: here in a distribution of its own, which omnibuild finds by its entry point."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibuild.onex.connectors import connector_names, connector_schemas
from tests.onex.effects import generate, problems

CONNECTOR = '''\
"""clock: the time of day, from the standard library."""

import ast

from pydantic import Field, JsonValue

from omnibuild.core.values import Imported, Type
from omnibuild.onex.connectors.connector import Action, Connector, Parameters, Result


class ClockParameters(Parameters):
    """When it is."""

    zone: JsonValue = Field(description="The name of a time zone, as an expression.")


def read(reading, given):
    zone = reading.text(given.zone, ["zone"])
    if zone is None:
        return None
    now = ast.Attribute(Imported("datetime", "datetime"), "now", ast.Load())
    zones = ast.Call(Imported("zoneinfo", "ZoneInfo"), [zone.tree], [])
    return Action(lambda code: ast.Call(now, [zones], []), result=Result(Type("datetime")))


CONNECTOR = Connector("clock", ClockParameters, read, requirements=frozenset({"tzdata>=2024.1"}))
'''
SPEC = """\
node: watch
kind: effect
description: Say what time it is.
input: {zone: str}
output: {hour: int, zone: str | None}
operations:
  - clock: {zone: zone}
    as: now
logic: {hour: now.hour, zone: "now.isoformat()[-6:]"}
examples:
  - {name: no such place, input: {zone: Nowhere}, fails: OperationError}
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the distribution `acme-clock`: a module, and the metadata that pip would write."""
    site = tmp_path / "site"
    metadata = site / "acme_clock-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "acme_clock.py").write_text(CONNECTOR)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-clock\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[omnibuild.connectors]\nclock = acme_clock:CONNECTOR\n")
    monkeypatch.syspath_prepend(str(site))
    yield site
    sys.modules.pop("acme_clock", None)


def test_without_the_distribution_there_is_no_such_connector(tmp_path: Path) -> None:
    assert problems(tmp_path, SPEC)[0] == (
        "clock:",
        "there is no connector `clock`",
        "known are file, http, publish, sql",
    )


def test_a_connector_of_another_distribution_is_like_one_of_our_own(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connector_names() == ("file", "http", "publish", "sql", "clock")
    assert "zone" in str(connector_schemas()["clock"])
    watch = generate(tmp_path / "workspace", monkeypatch, SPEC)
    assert watch.run(zone="Asia/Kolkata").zone == "+05:30"
    assert watch.fails(zone="Nowhere").operation == "now"
    assert '"tzdata>=2024.1"' in watch.sandbox.read("out/pyproject.toml")
    assert watch.pytest().returncode == 0


def test_its_parameters_are_checked_like_those_of_our_own(installed: Path, tmp_path: Path) -> None:
    found = problems(tmp_path / "workspace", SPEC.replace("{zone: zone}", "{zoen: zone}"))
    assert ("zoen:", "the key `zoen` means nothing here", "did you mean `zone`?") in found


def test_its_version_is_part_of_the_manifest(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = generate(tmp_path / "workspace", monkeypatch, SPEC)
    manifest = watch.sandbox.open().explain("watch").decision.manifest
    assert ("connector clock", "acme-clock 1.0") in manifest.entries


def test_one_that_cannot_be_imported_is_a_problem_of_its_nodes(installed: Path, tmp_path: Path) -> None:
    (installed / "acme_clock.py").write_text("raise RuntimeError('no clock')\n")
    metadata = installed / "acme_clock-1.0.dist-info" / "entry_points.txt"
    metadata.write_text("[omnibuild.connectors]\nbroken = acme_clock:CONNECTOR\n")
    found = problems(tmp_path / "workspace", SPEC.replace("- clock:", "- broken:"))
    expected = "the connector `broken` cannot be used: acme_clock:CONNECTOR cannot be imported: RuntimeError: no clock"
    assert found[0][:2] == ("broken:", expected)
