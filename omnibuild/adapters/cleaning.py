"""Taking away what omnibuild wrote, and only that."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from omnibuild.adapters.output import OutputFolder
from omnibuild.adapters.promotion import JOURNAL, LEDGER
from omnibuild.adapters.stage import is_stage

_OURS = re.compile(r"store|mypy(-.*)?|lock|events(\.1)?\.jsonl|(state|memory)(\.\w+)?")
_STAGE = re.compile(r"(stage(?:-\d+)?)(?:\.json)?")
"""What omnibuild makes in a cache folder, but for the copies of edited files: those are the user's."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was removed from `out/`, and what was left there: files edited by hand, and files of others."""

    removed: tuple[str, ...]
    edited: tuple[str, ...]
    strays: tuple[str, ...]


def clean_output(out: Path, aside: Path) -> Cleaned:
    """Remove every file that is still as omnibuild wrote it. Raises OSError."""
    output = OutputFolder(out, aside)
    ledger = output.ledger()
    present = output.digests(ledger)
    removed = tuple(path for path in ledger if present.get(path) == ledger[path])
    edited = tuple(path for path in ledger if path in present and path not in removed)
    strays = tuple(output.strays(ledger))
    if out.is_dir():
        output.promote({}, removed, {path: ledger[path] for path in edited})
        if not edited:
            (out / LEDGER).unlink(missing_ok=True)
            (out / JOURNAL).unlink(missing_ok=True)
        if not any(out.iterdir()):
            out.rmdir()
    return Cleaned(removed, edited, strays)


def looks_like_a_cache(cache: Path, root: Path) -> bool:
    """Return whether a folder is one that omnibuild keeps its cache in, and not one that holds the workspace."""
    holds_workspace = root.resolve().is_relative_to(cache.resolve())
    return not holds_workspace and any((cache / it).exists() for it in ("store/cache.db", "stage.json", "mypy"))


def clean_cache(cache: Path) -> tuple[str, ...]:
    """Remove the cache and return the names that were left: of what omnibuild did not make. Raises OSError."""
    for entry in _ours(cache):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    left = tuple(sorted(it.name for it in cache.iterdir()))
    if not left and not cache.is_symlink():
        cache.rmdir()
    return left


def _ours(cache: Path) -> Iterator[Path]:
    entries = list(cache.iterdir())
    # A folder of that name may be the user's own: the record beside it tells, and goes last.
    stages = {it.name for it in entries if is_stage(it)}
    for entry in sorted(entries, key=lambda it: it.suffix == ".json"):
        stage = _STAGE.fullmatch(entry.name)
        if _OURS.fullmatch(entry.name) or (stage and (stage[1] in stages or not (cache / stage[1]).exists())):
            yield entry
