"""The answer "nothing to do", decided with a handful of stats and no import worth the name.

The state file (written by adapters/state.py after a build that left everything in step) lists every
file that a build depends on or has made, each with its time of change and size, and every folder with
its time of change, so that new and stray files show. If all of them are as they were, the answer that
stands in the state file is right. Any doubt at all means None, and the full build decides.

The state belongs to one checkout on one disk: it names what only this disk knows of omnibuild.toml, so
that a state that came with the sources, from whomever, is no answer.

This module imports what the interpreter has loaded at start, and nothing of omnibuild.
"""

import _imp
import marshal
import posix
import sys

FORMAT = 6
"""Counts the changes of the state file; another number is doubt."""

KEY = 0x6F6D6E696275696C
"""The key of the checksum: SipHash, as the interpreter uses it for byte code."""

SETTINGS = "omnibuild.toml"
LEDGER = ".omnibuild.json"
NAME = "state"
DEFAULT_CACHE = "cache"
OWN = b"OMNIBUILD"
"""What the names of omnibuild's own variables begin with."""
WITHOUT_EFFECT = frozenset(
    {b"OMNIBUILD_USER_CACHE", b"OMNIBUILD_CACHE_TOKEN", b"OMNIBUILD_CACHE_USER", b"OMNIBUILD_CACHE_PASSWORD"}
)
"""Those of them that change no answer: where the notes of mypy are that workspaces share, who asks a remote cache."""
ABSENT = -1
"""The time of change of a folder that must not be there."""
MOST = 16
"""How many files may differ before looking for more is not worth while."""
MOST_JOBS = 4
"""How many processes look at files together, each at some of the places."""

different: tuple[str, bytes, list[str], list[str]] | None = None
"""What the last answer found: the workspace, the checksum of its state, and all files and folders in it that differ.

None if nothing differs, or if it is not certain that nothing else does.
"""


def answer(arguments: list[str]) -> str | None:
    """Return what to print for `build` or `check` if nothing has to be done, None if that is not certain."""
    global different  # noqa: PLW0603 - the whole build goes on from it, in the same process
    different = None
    asked = _asked(arguments)
    if asked is None:
        return None
    folder, mode, as_json = asked
    root = _root(folder)
    found = load(f"{root}/{DEFAULT_CACHE}/{NAME}") if root else None
    if not root or not found:
        return None
    files: list[str] = []
    folders: list[str] = []
    try:
        interpreter, checkout, (own, usual, set_), elsewhere, inside, (plain, colored), json, _ = found[1]
        if interpreter != interpreter_tag() or checkout != checkout_tag(root) or not _is_whole(elsewhere, inside):
            return None
        if (mode or usual) != own or set_ != variables(posix.environ):
            return None
        for base, *place in elsewhere:
            _compare(base, place, files, folders)
            if files or folders:
                return None
        _compare_all(root, inside, files, folders)
    except (TypeError, ValueError, AttributeError, OSError):
        return None
    if files or folders:
        different = (root, found[0], files, folders)
        return None
    if as_json:
        return str(json)
    return str(colored if _in_color() else plain)


def _in_color() -> bool:
    """Return whether what is printed goes to a terminal that shows colours."""
    environ = posix.environ
    plain = bool(environ.get(b"NO_COLOR")) or environ.get(b"TERM") == b"dumb"
    return not plain and sys.stdout is not None and sys.stdout.isatty()


def interpreter_tag() -> str:
    """Return what tells one interpreter from another."""
    return f"{sys.version} {sys.prefix} {__file__}"


def variables(environ: dict[bytes, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the variables that can change an answer, with their values, in order."""
    found = [it for it in environ.items() if it[0].startswith(OWN) and it[0] not in WITHOUT_EFFECT]
    return tuple(sorted(found))


def checkout_tag(root: str) -> tuple[int, int]:
    """Return what tells this workspace on this disk from any copy of it. Raises OSError."""
    found = posix.stat(f"{root}/{SETTINGS}")
    return found.st_ino, found.st_ctime_ns


def _is_whole(elsewhere: tuple, inside: tuple) -> bool:  # type: ignore[type-arg]
    """Return whether the workspace, omnibuild, what lies outside and what is installed are all there."""
    (_, own, *_), (_, outside, *_), (_, _, _, installed, _) = elsewhere
    names = [*(f"\0{place[0]}\0" for place in inside), f"\0{outside}\0"]
    has_ledger = any(f"/{LEDGER}\0" in it or f"\0{LEDGER}\0" in it for it in names)
    return bool(own and installed and has_ledger and any(f"\0{SETTINGS}\0" in it for it in names))


def changed(found: posix.stat_result) -> int:
    """Return when a file or a folder was changed, in nanoseconds.

    Whoever changes a file can set the one time back, as `cp -p` and `touch -r` do, but not the other one.
    """
    return max(found.st_mtime_ns, found.st_ctime_ns)


def checksum(data: bytes | memoryview) -> bytes:
    """Return the checksum that stands before the data in the state file, 8 bytes."""
    return _imp.source_hash(KEY, data)


def _asked(arguments: list[str]) -> tuple[str, str, bool] | None:
    """Return the folder, the mode and whether JSON is wanted, if this is a plain `build` or `check`."""
    folder, mode, as_json, rest = ".", "", False, list(arguments)
    if len(rest) > 2 and rest[0] == "-C":
        folder, rest = rest[1], rest[2:]
    if not rest or rest[0] not in ("build", "check"):
        return None
    rest = rest[1:]
    while rest:
        if rest[0] == "--mode" and len(rest) > 1 and not mode:
            mode, rest = rest[1], rest[2:]
        elif rest[0] == "--json":
            as_json, rest = True, rest[1:]
        else:
            return None
    return folder, mode, as_json


def _root(folder: str) -> str | None:
    """Return the nearest folder upwards that is a workspace."""
    try:
        path = posix.getcwd() if folder == "." else folder
        if not path.startswith("/"):
            path = f"{posix.getcwd()}/{path}"
        if "/../" in f"{path}/":
            return None
        while path:
            try:
                posix.stat(f"{path}/{SETTINGS}")
            except FileNotFoundError:
                path = path.rpartition("/")[0]
            else:
                return path.rstrip("/").removesuffix("/.")
    except OSError:
        return None
    return None


def read(path: str) -> tuple | None:  # type: ignore[type-arg]
    """Return what a state file holds, None if there is none or it is not whole."""
    found = load(path)
    return found[1] if found else None


def load(path: str) -> tuple[bytes, tuple] | None:  # type: ignore[type-arg]
    """Return the checksum of a state file and what it holds, None if there is none or it is not whole."""
    try:
        file = posix.open(path, posix.O_RDONLY)
    except OSError:
        return None
    try:
        size = posix.fstat(file).st_size
        data = posix.read(file, size + 1)
        while len(data) < size and (more := posix.read(file, size + 1 - len(data))):
            data += more
    except OSError:
        return None
    finally:
        posix.close(file)
    content = memoryview(data)[8:]  # a state can be large: no second copy
    if len(data) != size or data[:8] != checksum(content):
        return None
    try:
        version, state = marshal.loads(content)  # noqa: S302 - our own file, and its checksum holds
    except (ValueError, EOFError, TypeError):
        return None
    return (data[:8], state) if version == FORMAT else None


def _compare_all(root: str, places: tuple, files: list[str], folders: list[str]) -> None:  # type: ignore[type-arg]
    """Compare all places in the workspace, in several processes where there are many; see `_compare`."""
    crew: list[tuple[int, int]] = []
    jobs = min(len(places), MOST_JOBS, len(posix.sched_getaffinity(0)) if hasattr(posix, "sched_getaffinity") else 1)
    try:
        for number in range(1, jobs):
            process = posix.fork()
            if process == 0:
                _compare_and_exit(root, places[number::jobs])
            crew.append((number, process))
        for place in places[:: jobs or 1]:
            _compare(root, place, files, folders)
        while crew:
            number, process = crew[-1]
            _, status = posix.waitpid(process, 0)
            crew.pop()
            for place in places[number::jobs] if status else ():
                _compare(root, place, files, folders)
    finally:
        for _, process in crew:
            posix.kill(process, 9)
            posix.waitpid(process, 0)


def _compare_and_exit(root: str, places: tuple) -> None:  # type: ignore[type-arg]
    """Compare places in a child; its exit code says whether anything differs."""
    status = 1
    try:
        files: list[str] = []
        for place in places:
            _compare(root, place, files, files)
        status = 1 if files else 0
    finally:
        posix._exit(status)  # noqa: SLF001 - os._exit is this, and os is not loaded


def _compare(base: str, place: tuple, files: list[str], folders: list[str]) -> None:  # type: ignore[type-arg]
    """Add the files that have another time or size than they had, and the folders that changed.

    A place is names, joined by NUL, and what is known of them. Raises OSError if something cannot be looked
    at, ValueError if too much differs.
    """
    names, signatures, known, times = place
    _compare_files(base, names, signatures, files)
    _compare_folders(base, known, times, folders)


def _compare_files(base: str, names: str, signatures: bytes, different: list[str]) -> None:
    if not names:
        return
    expected = memoryview(signatures).cast("q").tolist()
    paths = names.split("\0")
    if len(expected) != 2 * len(paths):
        raise ValueError
    stat, prefix, position = posix.stat, base + "/", 0
    for path in paths:
        found, time = stat(prefix + path), expected[position]
        # Mostly one look at one time is enough.
        if (found.st_ctime_ns != time and changed(found) != time) or found.st_size != expected[position + 1]:
            different.append(path)
            if len(different) > MOST:
                raise ValueError
        position += 2


def _compare_folders(base: str, names: str, times: bytes, different: list[str]) -> None:
    if not names:
        return
    expected = memoryview(times).cast("q").tolist()
    folders = names.split("\0")
    if len(expected) != len(folders):
        raise ValueError
    stat, prefix = posix.stat, base + "/"
    for name, time in zip(folders, expected, strict=True):
        try:
            found = changed(stat(prefix + name))
        except (FileNotFoundError, NotADirectoryError):
            found = ABSENT
        if found != time:
            different.append(name)
            if len(different) > MOST:
                raise ValueError
