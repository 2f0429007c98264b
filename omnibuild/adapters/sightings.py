"""What a build looked at: every file and folder with its time of change, as it was just before."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from omnibuild import noop
from omnibuild.core.values import digest

_WINDING = re.compile(r"/(\.{0,2}/|\.{0,2}$)")
"""What `abspath` would straighten out."""

TICK_NS = 11_000_000 if sys.platform == "linux" else 20_000_000
"""A clock of file times is no finer than this on some systems: two changes within it look like one."""

type Signature = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size in bytes."""


class Sightings:
    """The files and folders of one build, relative to the workspace; outside of it they are absolute.

    `known` are the signatures that the last build left behind.
    """

    def __init__(self, root: Path, known: Mapping[str, Signature] | None = None) -> None:
        self._prefix = f"{os.path.abspath(root)}/"  # noqa: PTH100 - links stay as they are
        self._known = known or {}
        self.files: dict[str, Signature] = {}
        self.folders: dict[str, int] = {}
        self.listings: dict[str, str] = {}
        """What stood in folders, as digests."""

    def file(self, path: Path | str) -> Signature | None:
        """Take note of a file that is about to be read; return its signature, None if there is none."""
        try:
            found = os.stat(path)  # noqa: PTH116 - called for every file: no Path objects
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        signature = (noop.changed(found), found.st_size)
        self.files[self._name(path)] = signature
        return signature

    def reading(self, path: Path | str) -> Signature | None:
        """Take note of a file that is about to be read, as `file` does, but not within the tick of its last change.

        If it changed once more within that, its time would not show it: what was read would stand for what is there.
        """
        signature = self.file(path)
        while signature and time.time_ns() < signature[0] + TICK_NS <= time.time_ns() + 2 * TICK_NS:
            time.sleep(0.001)
            signature = self.file(path)
        return signature

    def is_known(self, path: str) -> bool:
        """Take note of a file; return whether it is a file, no link, with the signature of the last build."""
        name = self._name(path)
        before = self._known.get(name)
        if before is None:
            self.file(path)
            return False
        try:
            found = os.lstat(path)
        except OSError:
            return False
        if not stat.S_ISREG(found.st_mode):
            return False
        self.files[name] = (noop.changed(found), found.st_size)
        return self.files[name] == before

    def saw(self, path: str) -> bool:
        """Return whether a file was taken note of."""
        return self._name(path) in self.files

    def forget(self, path: str) -> None:
        """Forget a file that was removed."""
        self.files.pop(self._name(path), None)

    def folder(self, path: Path | str) -> None:
        """Take note of a folder that is about to be listed, or that it is not there."""
        try:
            self.folders[self._name(path)] = noop.changed(os.stat(path))  # noqa: PTH116
        except (OSError, ValueError):
            self.folders[self._name(path)] = noop.ABSENT

    def absent(self, path: str) -> None:
        """Take note that a file of the workspace is not there: if somebody adds it, it is found instead of another one.

        In a folder that was taken note of, that shows anyway.
        """
        above = ""
        for name in path.split("/"):
            place = f"{above}/{name}" if above else name
            if self.folders.get(place) == noop.ABSENT:
                return
            if not os.path.lexists(f"{self._prefix}{place}"):
                if above not in self.folders:
                    self.folders[place] = noop.ABSENT
                return
            above = place

    def listing(self, path: Path | str, names: Iterable[str]) -> None:
        """Take note of what stands in a folder."""
        self.listings[self._name(path)] = listing(names)

    def _name(self, path: Path | str) -> str:
        text = f"{path}"
        if not text.startswith(self._prefix) or _WINDING.search(text):
            text = os.path.abspath(text)  # noqa: PTH100
        return text.removeprefix(self._prefix)


def listing(names: Iterable[str]) -> str:
    """Return the digest of the names in a folder."""
    return digest(os.fsencode("\0".join(sorted(names))))


def known(state: tuple[object, ...] | None, root: Path) -> Mapping[str, Signature]:
    """Return the signatures of a workspace's files in a state file; one of another shape or checkout has none."""
    import array

    try:
        _, checkout, _, _, inside, *_ = cast("tuple[Any, ...]", state)
        if checkout != noop.checkout_tag(str(root)):
            return {}
        found: dict[str, Signature] = {}
        for names, signatures, _, _ in inside:
            numbers = array.array("q", signatures)
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            found |= dict(zip(names.split("\0") if names else (), pairs, strict=True))
    except (TypeError, ValueError, AttributeError, LookupError, OSError):
        return {}
    else:
        return found
