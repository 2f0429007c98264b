"""What was before: the revisions that git knows of a workspace, and its last build as the log has it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from omnibuild.adapters.event_log import BEFORE, NAME
from omnibuild.core.values import Level, Place, Problem, Status


@dataclass(frozen=True, slots=True)
class LastBuild:
    """What the last build or check that came to an end left behind: the nodes that failed, and its problems."""

    failed: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


class Past:
    """The past of the workspace of a folder, with its log in another one."""

    def __init__(self, root: Path, cache: Path) -> None:
        self._root = root
        self._cache = cache

    def changed(self, revision: str) -> frozenset[str] | Problem:
        """Return the files that are other than in a revision, relative to the workspace; untracked ones are."""
        try:
            self._git("rev-parse", "--git-dir", strict=True)
            commit = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
            if not commit and revision == "HEAD":  # nothing was ever committed
                commit = self._git("hash-object", "-t", "tree", "/dev/null")
            if not commit:
                hint = "it must be a commit, a branch or a tag that git knows"
                return Problem("selector", f"there is no revision `{revision}`", hint=hint)
            different = ("diff", "--name-only", "--no-renames", "--relative", "-z", commit[0], "--")
            found = self._git(*different, strict=True)
            found += self._git("ls-files", "--others", "--exclude-standard", "-z", strict=True)
        except FileNotFoundError:
            return Problem("selector", "`changed` asks git, which is not installed", hint="install it")
        except _RefusedError as refused:
            hint = "`changed` compares with a revision: it needs a workspace in a repository"
            return Problem("selector", f"git cannot tell what changed: {refused}", hint=hint)
        return frozenset(found)

    def failed(self) -> frozenset[str]:
        """Return the nodes that failed in the last build or check that came to an end."""
        return self.last_build.failed

    @cached_property
    def last_build(self) -> LastBuild:
        """The last build or check that came to an end; nothing if the log knows none."""
        build, events = "", list[dict[str, Any]]()
        for it in self._events():
            if not build and it.get("event") == "build_finished" and it.get("outcome") in ("ok", "failed"):
                build = str(it.get("build"))
            if build and it.get("build") == build:
                if it.get("event") == "build_started":
                    break
                events.append(it)
        finished = [it for it in events if it.get("event") == "node_finished"]
        failed = frozenset(str(it.get("node")) for it in finished if it.get("outcome") == Status.FAILED)
        return LastBuild(failed, tuple(_problem(it) for it in events[::-1] if it.get("event") == "problem"))

    def _git(self, *arguments: str, strict: bool = False) -> list[str]:
        """Return the lines or the NUL-separated texts that git says; raises _RefusedError if it must not refuse."""
        command = ["git", "-C", str(self._root), *arguments]
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
        if done.returncode and strict:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            raise _RefusedError(lines[0].removeprefix("fatal: ") if lines else f"it ended with {done.returncode}")
        text = done.stdout.decode(errors="surrogateescape")
        return [it for it in (text.split("\0") if "-z" in arguments else text.splitlines()) if it]

    def _events(self) -> Iterator[dict[str, Any]]:
        """Yield the events of the log, the last one first; what is damaged is left out."""
        for name in (NAME, BEFORE):
            try:
                lines = (self._cache / name).read_bytes().splitlines()
            except OSError:
                continue
            for line in reversed(lines):
                try:
                    found = json.loads(line)
                except ValueError:
                    continue
                if isinstance(found, dict):
                    yield found


class _RefusedError(Exception):
    """What git says where it cannot answer."""


def _problem(event: dict[str, Any]) -> Problem:
    """Return the problem that an event tells of."""
    at = Place(event["file"], event["line"], event["column"]) if event.get("file") else None
    text = {name: str(event.get(name, "")) for name in ("code", "message", "hint", "node")}
    level = event.get("level")
    return Problem(**text, at=at, level=Level(level) if level in tuple(Level) else Level.BLOCK)
