"""The files of existing packages below the roots that Python would import them from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from omnibuild.adopt.code.library import SourceText, Unread

MAX_SIZE = 1024 * 1024
"""How large a module may be, in bytes: what people write is far smaller."""

_ENDINGS = ("/__init__.py", ".py")


class DiskSources:
    """Modules by name, below roots such as `src` or an environment's `site-packages`; the first that has it counts."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._tops = [(root, _tops(root)) for root in self._roots]

    def read(self, module: str) -> SourceText | Unread | None:
        """Return the text of a module, why it cannot be read, or None if no root has it."""
        top = module.partition(".")[0]
        path = module.replace(".", "/")
        homes = [root for root, names in self._tops if top in names]
        for root in homes:
            for ending in _ENDINGS:
                file = f"{root}/{path}{ending}"
                if os.path.isfile(file):  # noqa: PTH113 - thousands are asked about
                    return _text(file, is_package=ending != ".py")
        for root in homes:
            if (root / path).is_dir():
                return SourceText(f"{root}/{path}", "", is_package=True)
        return Unread(f"there is no module {module}") if homes else None


def _tops(root: Path) -> frozenset[str]:
    """Return the names of what can be imported from a root."""
    try:
        return frozenset(it.name.removesuffix(".py") for it in os.scandir(root))
    except OSError:
        return frozenset()


def _text(file: str, *, is_package: bool) -> SourceText | Unread:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - thousands are read
            data = stream.read(MAX_SIZE + 1)
        if len(data) > MAX_SIZE:
            return Unread(f"it is larger than {MAX_SIZE // 1024} KiB", file)
        return SourceText(file, data.decode("utf-8-sig"), is_package)
    except UnicodeDecodeError:
        return Unread("it is not UTF-8", file)
    except OSError as error:
        return Unread(f"it cannot be read: {error.strerror or error}", file)
