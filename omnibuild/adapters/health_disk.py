"""What can be wrong with the disk that a workspace is on: rights, file systems over a network, clocks."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from omnibuild.adapters.health import Check, Health
from omnibuild.adapters.output import OutputFolder
from omnibuild.core.values import Settings

_REMOTE = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "gluster", "lustre", "sshfs", "fuse.s3", "davfs", "drvfs")
"""What the types of file systems begin with, or hold, that are slow at many small files, or lock them badly."""

_MOUNTS = Path("/proc/self/mountinfo")
_FILES = 20
_SLOW = 0.5
"""So many files in so many seconds are what a disk of this machine always makes."""

_APART = 2.0
"""Seconds that two clocks may differ by: file systems of old count in steps of two."""


def check_disk(root: Path, settings: Settings) -> Iterator[Check]:
    """Yield what there is to say of the folders that are written."""
    for folder in (settings.out, settings.cache):
        obstacle = OutputFolder(root / folder, root / folder).obstacle(1)
        mend = f"give yourself the right to write {folder}/, or name another folder in omnibuild.toml"
        yield (
            Check(f"{folder}/", Health.FAIL, obstacle, mend) if obstacle else Check(f"{folder}/", Health.OK, "writable")
        )
    yield from _speed_and_clock(root, settings)


def _speed_and_clock(root: Path, settings: Settings) -> Iterator[Check]:
    cache = root / settings.cache
    place = cache if cache.is_dir() else root
    try:
        seconds, ahead = _tried(place)
    except OSError:  # said already: it cannot be written
        return
    yield _speed(settings.cache, file_system(place), seconds)
    yield _clock(root, settings.specs, ahead)


def _tried(place: Path) -> tuple[float, float]:
    """Make some files; return how many seconds that took, and by how many the disk's clock is ahead of this one."""
    with tempfile.TemporaryDirectory(dir=place, prefix=".doctor-") as folder:
        start = time.perf_counter()
        for number in range(_FILES):
            (Path(folder) / str(number)).write_bytes(b"x")
        seconds = time.perf_counter() - start
        before = time.time()
        (Path(folder) / "clock").write_bytes(b"x")
        return seconds, (Path(folder) / "clock").stat().st_mtime - before


def _speed(folder: str, kind: str, seconds: float) -> Check:
    name = f"{folder}/ disk"
    mend = f"keep the workspace on a disk of this machine, or make {folder}/ a link to a folder on one"
    if any(kind.startswith(it) or f".{it}" in kind for it in _REMOTE):
        return Check(name, Health.WARN, f"a network file system ({kind}): builds are slow, and locks may fail", mend)
    if seconds > _SLOW:
        return Check(name, Health.WARN, f"slow: {_FILES} small files take {seconds:.1f} seconds", mend)
    return Check(name, Health.OK, kind or "quick enough")


def _clock(root: Path, specs: str, ahead: float) -> Check:
    if abs(ahead) > _APART:
        word = "ahead of" if ahead > 0 else "behind"
        found = f"the disk's clock is {abs(ahead):.0f} seconds {word} this machine's"
        return Check("clock", Health.WARN, found, "have both set by a time server (NTP)")
    now = time.time()
    for path in sorted((root / specs).rglob("*.*")):
        later = path.stat().st_mtime - now
        if later > _APART:
            shown = path.relative_to(root)
            return Check("clock", Health.WARN, f"{shown} was changed {later:.0f} seconds from now", f"touch {shown}")
    return Check("clock", Health.OK, "the disk's and this machine's agree")


def file_system(place: Path) -> str:
    """Return the type of the file system that a folder is on, nothing if this machine does not say."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    real = os.path.realpath(place)
    for line in lines:
        before, _, after = line.partition(" - ")
        mount = before.split(" ")[4].encode("utf-8", "surrogateescape").decode("unicode_escape", "replace")
        if len(mount) >= len(best) and f"{real}/".startswith(f"{mount.rstrip('/')}/"):
            best, kind = mount, after.split(" ")[0]
    return kind
