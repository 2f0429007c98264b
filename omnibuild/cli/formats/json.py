"""The object that `--json` prints."""

from __future__ import annotations

from omnibuild.cli.answer import dumped, report_json
from omnibuild.cli.formats.told import Told


def rendered(told: Told) -> str:
    """Return the object as text."""
    return dumped(report_json(told.report))
