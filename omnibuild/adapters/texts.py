"""The texts of a build: in memory while they are few, in an unnamed file when they are many."""

from __future__ import annotations

import tempfile
from array import array
from weakref import finalize

from omnibuild.core.values import digest

IN_MEMORY = 4 * 1024**2
"""How many bytes stay in memory."""


class SpooledTexts:
    """Texts by digest, each once, one behind the other. Raises OSError when the disk is full."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115  # open as long as the build
        finalize(self, self._file.close)
        self._numbers: dict[str, int] = {}
        self._ends = array("Q", [0])

    @property
    def size(self) -> int:
        """How many bytes they are."""
        return self._ends[-1]

    def put(self, text: str) -> str:
        """Keep a text; return its digest."""
        data = text.encode()
        key = digest(data)
        if key not in self._numbers:
            self._numbers[key] = len(self._ends) - 1
            self._file.seek(self.size)
            self._file.write(data)
            self._ends.append(self.size + len(data))
        return key

    def get(self, digest: str) -> str:
        """Return a text that was put here."""
        number = self._numbers[digest]
        start, end = self._ends[number : number + 2]
        self._file.seek(start)
        return self._file.read(end - start).decode()
