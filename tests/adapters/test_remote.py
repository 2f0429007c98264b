from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from omnibuild.adapters.remote import MOST_FAULTS, RemoteCache
from omnibuild.adapters.remote_entry import action_key, pack, read_result, read_trace
from omnibuild.adapters.remote_protocol import ActionResult, Digest, OutputFile, encode
from omnibuild.adapters.remote_server import CONNECTIONS, Patience, RemoteServer
from omnibuild.adapters.store import DiskCache
from omnibuild.core.ports import Cache
from omnibuild.core.values import Level, Manifest, Problem, Trace, Verdict, digest
from tests.bad_server import answers, bad_server, drips, hangs, resets
from tests.nginx import Nginx, documented, for_everybody, nginx

FILES = {"src/acme/a.py": "x = 'ä'\r\n", "src/acme/__init__.py": "", "README.md": "# a\n"}
QUICK = Patience(0.5, 0.1, 0.5)


def trace_of(node: str = "a", key: str = "1", level: Level = Level.WARN) -> Trace:
    files = tuple((path, digest(text)) for path, text in FILES.items())
    return Trace(
        Manifest(node, (("spec", key),)), files, (Verdict("G7", level, (Problem("G7", "short", level=level),)),)
    )


A = trace_of()
KEY = A.manifest.key


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with nginx(tmp_path / "nginx", for_everybody(documented())) as it:
        yield it


class Machine:
    """A cache in a folder, with a remote one behind it, and what was told about it."""

    def __init__(self, folder: Path, url: str, *, writes: bool = False) -> None:
        self.told: list[Problem] = []
        self.local = DiskCache(folder, 1 << 30, self.told.append)
        self.cache: Cache = RemoteCache(self.local, RemoteServer(url, {}, QUICK), self.told.append, writes=writes)

    def found(self, *wanted: Trace) -> list[Trace | None]:
        self.cache.prefetch({it.manifest.node: it.manifest.key for it in wanted})
        return [self.cache.trace(it.manifest.node, it.manifest.key) for it in wanted]


def give(folder: Path, url: str, *traces: Trace) -> None:
    machine = Machine(folder, url, writes=True)
    assert machine.found(*traces) == [None] * len(traces)
    for it in traces:
        machine.cache.keep(it, FILES)
    machine.cache.settle()
    assert machine.told == []


def test_what_one_keeps_another_finds(tmp_path: Path, server: Nginx) -> None:
    other = trace_of("b")
    give(tmp_path / "a", server.url, A, other)

    b = Machine(tmp_path / "b", server.url)
    assert b.found(A, other, trace_of("c")) == [A, other, None]
    assert [b.cache.content(it) for _, it in A.files] == list(FILES.values())
    assert b.told == []

    # What was found is kept: nothing is asked for it any more.
    before = len(server.asked())
    again = Machine(tmp_path / "b", server.url)
    assert again.found(A, other) == [A, other]
    assert [again.cache.content(it) for _, it in A.files] == list(FILES.values())
    assert again.cache.latest("a") == A
    assert len(server.asked()) == before


def test_nothing_is_given_twice(tmp_path: Path, server: Nginx) -> None:
    give(tmp_path / "a", server.url, A)
    before = len(server.asked())
    give(tmp_path / "b", server.url, trace_of("b"))

    asked = server.asked()[before:]
    assert [path[:4] for method, path, _ in asked if method == "PUT"] == ["/cas", "/ac/"], "its trace, and its result"
    assert asked[-1][1].startswith("/ac/"), "a result comes after all that it names"


def test_who_only_reads_writes_nothing(tmp_path: Path, server: Nginx) -> None:
    a = Machine(tmp_path / "a", server.url)
    assert a.found(A) == [None]
    a.cache.keep(A, FILES)
    a.cache.settle()

    assert {method for method, _, _ in server.asked()} == {"GET"}
    assert not server.names("ac") | server.names("cas")


def test_what_the_disk_refuses_is_a_miss(tmp_path: Path, server: Nginx) -> None:
    give(tmp_path / "a", server.url, A)
    (tmp_path / "b").write_text("a file")

    b = Machine(tmp_path / "b", server.url, writes=True)
    assert b.found(A) == [None]
    b.cache.keep(trace_of("b"), FILES)
    b.cache.settle()
    assert [it.code for it in b.told] == ["cache"]
    assert len(server.names("ac")) == 1


def test_many_are_found_and_given_a_few_at_a_time(
    tmp_path: Path, server: Nginx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omnibuild.adapters.remote.BATCH", 3)
    many = [trace_of(f"n{it}") for it in range(8)]
    give(tmp_path / "a", server.url, *many)

    assert Machine(tmp_path / "b", server.url).found(*many) == many


def test_a_blob_that_is_gone_makes_a_silent_miss(tmp_path: Path, server: Nginx) -> None:
    give(tmp_path / "a", server.url, A)
    (server.store / "cas" / digest(FILES["README.md"])).unlink()

    b = Machine(tmp_path / "b", server.url, writes=True)
    assert b.found(A) == [None]
    assert b.told == []
    b.cache.keep(A, FILES)
    b.cache.settle()
    assert Machine(tmp_path / "c", server.url).found(A) == [A]


def test_a_damaged_blob_is_a_miss_that_is_told_and_mended(tmp_path: Path, server: Nginx) -> None:
    give(tmp_path / "a", server.url, A)
    blob = server.store / "cas" / digest(FILES["README.md"])
    blob.write_text("# b\n")  # as long as the right one

    b = Machine(tmp_path / "b", server.url, writes=True)
    assert b.found(A) == [None]
    assert [(it.code, it.level) for it in b.told] == [("remote-cache", Level.WARN)]
    assert "not what its name says" in b.told[0].message
    b.cache.keep(A, FILES)
    b.cache.settle()
    assert Machine(tmp_path / "c", server.url).found(A) == [A]


# --------------------------------------------------------------------------------- what others write


def result_of(*paths: str, **changes: object) -> bytes:
    """Return a result with the files of these paths, and else what belongs to node a."""
    told = pack(A, FILES)[1]
    stdout = next(Digest(name, len(data)) for name, data in told.items() if data.startswith(b"{"))
    blob = Digest(digest(FILES["README.md"]), 4)
    files = tuple(OutputFile(it, blob) for it in paths)
    return encode(ActionResult(**{"files": files, "stdout": stdout, **changes}))  # type: ignore[arg-type]


GOOD = pack(A, FILES)[0]
POISON = {
    "garbage": b"\xff garbage",
    "a page": b"<html>" + b" " * 100,
    "nothing": b"",
    "absolute": result_of("/etc/cron.d/a"),
    "upwards": result_of("src/../../a"),
    "dot": result_of("./a"),
    "backslash": result_of("src\\..\\a"),
    "nul": result_of("a\0"),
    "drive": result_of("c:a"),
    "empty part": result_of("src//a"),
    "ledger": result_of(".omnibuild.json"),
    "twice": result_of("README.md", "README.md"),
    "file and folder": result_of("src", "src/acme/a.py"),
    "folders": GOOD + b"\x1a\x00",
    "link": GOOD + b"\x52\x05\n\x01a\x12\x00",
    "new link": GOOD + b"\x62\x00",
    "failed": result_of("README.md", exit_code=1),
    "no trace": result_of("README.md", stdout=None),
    "the trace is no JSON": result_of("README.md", stdout=Digest(digest("# a\n"), 4)),
    "other files": result_of("README.md"),
    "too large": result_of(stdout=Digest(digest(""), 1 << 40)),
}


@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_entry_is_a_miss_that_is_told(name: str, tmp_path: Path, server: Nginx) -> None:
    give(tmp_path / "a", server.url, A, trace_of("b"))
    (server.store / "ac" / action_key("a", KEY)).write_bytes(POISON[name])

    b = Machine(tmp_path / "b", server.url, writes=True)
    assert b.found(A, trace_of("b")) == [None, trace_of("b")], "only that entry misses"
    assert [(it.code, it.level) for it in b.told] == [("remote-cache", Level.WARN)]
    assert "its entry for a is not usable" in b.told[0].message
    assert b.local.trace("a", KEY) is None

    b.cache.keep(A, FILES)
    b.cache.settle()
    assert Machine(tmp_path / "c", server.url).found(A) == [A], "who may write has replaced it"


@pytest.mark.parametrize("other", [trace_of("b"), trace_of(key="2"), trace_of(level=Level.BLOCK)])
def test_a_trace_of_another_manifest_is_not_believed(other: Trace) -> None:
    result, blobs = pack(other, FILES)
    with pytest.raises(ValueError, match=r"another|blocked"):
        read_trace(next(iter(blobs.values())), read_result(result), "a", KEY)


def test_deep_json_is_no_trace() -> None:
    with pytest.raises(ValueError, match=r"deep|belongs here"):
        read_trace(b"[" * 100_000 + b"]" * 100_000, read_result(GOOD), "a", KEY)


def test_other_programs_have_other_names() -> None:
    assert len({action_key("a", KEY), action_key("b", KEY), KEY, digest("a"), digest(KEY)}) == 5


# ------------------------------------------------------------------------------ what a server does


@pytest.mark.parametrize("reply", [hangs, drips, resets, answers("500 Oops"), answers("200 OK", b"garbage")])
def test_a_bad_server_is_left_alone_after_a_few_faults(reply: object, tmp_path: Path) -> None:
    many = [trace_of(f"n{it}") for it in range(200)]
    with bad_server(reply) as bad:  # type: ignore[arg-type]
        machine = Machine(tmp_path / "c", bad.url, writes=True)
        assert machine.found(*many) == [None] * len(many)
        asked = len(bad.asked)
        assert asked <= MOST_FAULTS + CONNECTIONS

        machine.cache.keep(A, FILES)
        machine.cache.settle()
        assert machine.found(A) == [A]
        assert len(bad.asked) == asked, "nothing more is asked, and nothing given"
    assert [(it.code, it.level) for it in machine.told] == [("remote-cache", Level.WARN)]
    assert "OMNIBUILD_CACHE_REMOTE=" in machine.told[0].hint or "see who may write" in machine.told[0].hint


def test_without_a_connection_the_server_is_left_alone_at_once(tmp_path: Path) -> None:
    with bad_server(hangs) as bad:
        gone = bad.url
    machine = Machine(tmp_path / "c", gone, writes=True)

    assert machine.found(A) == [None]
    machine.cache.keep(A, FILES)
    machine.cache.settle()
    assert len(machine.told) == 1
    assert "cannot be reached" in machine.told[0].message
    assert gone.removeprefix("http://") in machine.told[0].message


def test_a_server_that_takes_nothing_costs_a_warning(tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx", documented()) as server:
        machine = Machine(tmp_path / "c", server.url, writes=True)
        machine.cache.keep(A, FILES)
        machine.cache.settle()

    assert [it.code for it in machine.told] == ["remote-cache"]
    assert "401" in machine.told[0].message
    assert not server.names("ac") | server.names("cas")


def test_many_damaged_blobs_are_replaced_by_who_may_write(tmp_path: Path, server: Nginx) -> None:
    many = [trace_of(f"n{it}") for it in range(2 * MOST_FAULTS)]
    give(tmp_path / "a", server.url, *many)
    for name in server.names("cas"):
        (server.store / "cas" / name).write_bytes(b"evil")

    b = Machine(tmp_path / "b", server.url, writes=True)
    assert b.found(*many) == [None] * len(many)
    for it in many:
        b.cache.keep(it, FILES)
    b.cache.settle()

    assert len(b.told) == 1
    assert "more like it" in b.told[0].message
    assert Machine(tmp_path / "c", server.url).found(*many) == many
