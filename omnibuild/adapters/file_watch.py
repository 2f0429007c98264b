"""Waits for changes of files, as the system tells them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from omnibuild.adapters.watched import Identity, Watched

if TYPE_CHECKING:
    from watchfiles import Change

_QUIET_MS = 25
"""How long nothing must change before a change is told: an editor writes a file in several steps."""
_LONGEST_MS = 400
"""After how long a change is told even if more follow."""
_ROUND_MS = 50
"""How long one round of waiting takes if nothing changes."""
_TRIES = 20
"""How often folders may come and go while they are looked at."""

type _Changes = Iterator[set[tuple[Change, str]]]


class FileWatch:
    """The changes in the folders of a workspace from now on; none is lost while nobody waits for it."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._folders: Mapping[str, Identity] = {}
        self._changes: _Changes = iter(())
        self.polls = False
        """Whether the system has no more room for folders to watch, so that files are looked at again and again."""
        self._look()

    def wait(self) -> frozenset[str]:
        """Wait for changes that matter, and return their paths, relative to the workspace where they lie in it.

        Raises OSError if the workspace has gone.
        """
        for changes in self._changes:
            found = {path for _, path in changes}
            if concerning := [it for it in found if self._watched.concerns(it) or self._has_gone(it)]:
                return frozenset(it.removeprefix(f"{self._watched.root}/") for it in concerning)
            if found:
                self._watched.root.stat()
        return frozenset()

    def follow(self, watched: Watched) -> bool:
        """Go on with what is to be watched now; return whether a change may have been missed on the way."""
        self._watched, before, changes = watched, self._folders, self._changes
        if watched.folders() == before:
            return False
        self._look()
        # What changed until now, the one that is given up knows: it may have told its first round to nobody yet.
        self._changes = chain([next(changes), next(changes)], self._changes)
        return watched.may_differ([it for it, identity in self._folders.items() if before.get(it) != identity])

    def _has_gone(self, path: str) -> bool:
        """Return whether a path is that of a folder of specs or templates that was watched and is no more."""
        inside = f"{self._watched.root}/{self._watched.out}/"
        return path in self._folders and not path.startswith(inside) and not os.path.isdir(path)  # noqa: PTH112

    def _look(self) -> None:
        """Watch the folders that there are."""
        for _ in range(_TRIES):
            self._folders = self._watched.folders()
            self._watched.root.stat()
            try:
                self._changes = self._started()
            except FileNotFoundError:  # one of them has just gone
                continue
            except (OSError, RuntimeError):  # no more folders, or no more programs that watch any
                if self.polls:
                    raise
                self.polls = True
                continue
            return

    def _started(self) -> _Changes:
        """Return the changes from now on. Raises OSError if a folder has gone, or there is no room for so many."""
        from watchfiles import watch

        changes = watch(
            *self._folders,
            watch_filter=None,
            debounce=_LONGEST_MS,
            step=_QUIET_MS,
            rust_timeout=_ROUND_MS,
            yield_on_timeout=True,
            force_polling=self.polls or None,
            recursive=False,
            ignore_permission_denied=True,
        )
        # It begins to watch when it is first asked.
        return chain([next(changes)], changes)
