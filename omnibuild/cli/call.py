"""What every verb is told: the folder, the environment, whether colours are wanted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnibuild.cli.console import Console
    from omnibuild.core.events import Event
    from omnibuild.core.ports import Listener
    from omnibuild.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Call:
    """One call of omnibuild; `color` is None where the terminal decides."""

    folder: Path
    environment: str | None = None
    color: bool | None = None

    @classmethod
    def of(cls, folder: Path, environment: str | None, *, no_color: bool) -> Call:
        """Return the call, with NO_COLOR (https://no-color.org) and dumb terminals taken into account."""
        plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return cls(folder, environment, False if plain else None)

    def is_plain(self, selectors: tuple[str, ...]) -> bool:
        """Return whether the call leaves everything but the mode as the settings have it: its answer can be kept."""
        return not selectors and self.environment is None

    def workspace(self, *, mode: str | None = None, listen: Listener | None = None) -> Workspace:
        """Open the workspace. Raises ConfigurationError, which every verb answers with exit code 2."""
        from omnibuild.workspace import Workspace

        return Workspace.open(self.folder, environment=self.environment, mode=mode, listen=listen)

    def console(self, root: Path | None = None) -> Console:
        """Return where text goes; `root` is the folder that the places of problems are relative to."""
        from omnibuild.cli.console import Console

        return Console(root, self.color)

    @contextmanager
    def listening(self, *, as_json: bool, profile: Path | None = None) -> Iterator[Listener]:
        """Show what happens meanwhile: a bar on a terminal, lines in a pipe, nothing beside JSON.

        A profile of it is written to `profile`, however it ends.
        """
        from omnibuild.cli.progress import listener, profiled

        with profiled(profile) as also, listener(self.console(), as_json=as_json) as listen:
            yield both(listen, also) if also else listen


def both(first: Listener, second: Listener) -> Listener:
    """Return a listener that tells two others, in this order."""

    def listen(event: Event) -> None:
        first(event)
        second(event)

    return listen
