"""cache stats, gc and verify: their answers and exit codes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from omnibuild.adapters import lock
from omnibuild.adapters.lock import locked
from omnibuild.cli.console import sized
from tests.cli.conftest import COMMAND, PRICER, Space
from tests.cli.test_process import on_terminal


def database(space: Space) -> Path:
    return space.root / "cache/store/cache.db"


def files(space: Space) -> dict[str, bytes]:
    """Return what is generated."""
    out = space.root / "out"
    return {it.relative_to(out).as_posix(): it.read_bytes() for it in out.rglob("*") if it.is_file()}


def damage(space: Space, old: bytes) -> None:
    """Change one letter of every place where some bytes stand in the store."""
    data = database(space).read_bytes()
    assert old in data
    database(space).write_bytes(data.replace(old, old[:-1] + bytes([old[-1] ^ 1])))


def test_stats_count_traces_and_bytes(space: Space) -> None:
    space("build")
    space.write("specs/pricer.yaml", PRICER.replace("same price", "same price each"))
    space("build")

    data = space("cache", "stats", "--json").json

    assert (data["traces"], data["nodes"], data["damaged"], data["problems"]) == (5, 2, 0, [])
    assert data["contents"]["shared"] > 0
    assert data["contents"]["unused"] == 0
    assert data["entries"] == data["traces"] + data["contents"]["total"] + 3
    assert set(data["parts"]) == {"store", "stage", "mypy", "overwritten", "state", "events", "other"}
    assert data["bytes"] == sum(data["parts"].values())
    assert data["parts"]["events"] > 0
    assert (data["limit"], data["used"] > 0) == (2 * 1024**3, True)
    text = space("cache", "stats")
    assert text.code == 0
    assert text.out.startswith("cache/ ")
    assert "0.0% of 2.1 GB, the limit" in text.out
    assert "5 traces of 2 nodes; " in text.out


def test_stats_before_the_first_build(space: Space) -> None:
    assert "0 traces of 0 nodes; 0 contents" in space("cache", "stats").out
    assert space("cache", "gc").out.startswith("freed 0 B\n")
    assert space("cache", "verify").code == 0
    assert not (space.root / "cache").exists()


def test_gc_brings_the_store_down_to_a_size_and_says_what_it_freed(space: Space) -> None:
    space("build")
    space.write("cache/mypy/3.9/a.meta.json", "x" * 5_000)

    answer = space("cache", "gc", "--max-size", "0", "--json")

    assert answer.code == 0
    data = answer.json
    assert data["removed"] == {"traces": 3, "contents": data["removed"]["contents"], "files": 0, "leftovers": 1}
    assert data["removed"]["contents"] > 10
    assert data["freed"] >= 5_000
    assert data["limit"] == 0
    assert not (space.root / "cache/mypy/3.9").exists()
    assert space("cache", "stats", "--json").json["entries"] == 0
    assert space("build").out.splitlines()[-1] == "2 nodes: 2 built"
    space.write("cache/state.123", "")
    text = space("cache", "gc", "--max-size", "1 KB").out
    assert "3 traces, " in text
    assert "1 leftover of other versions (state)" in text
    assert text.splitlines()[-1].endswith("its limit is 1.0 KB")


def test_gc_keeps_to_the_limit_of_the_settings(space: Space) -> None:
    space("build")
    toml = (space.root / "omnibuild.toml").read_text()
    space.write("omnibuild.toml", f'{toml}\n[cache]\nmax_size = "10KB"\n')

    assert space("cache", "stats", "--json").json["limit"] == 10_000
    assert space("cache", "gc", "--json").json["removed"]["traces"] > 0


@pytest.mark.parametrize("size", ["much", "-1", "5 mb", "1e9"])
def test_what_is_no_size_is_refused(space: Space, size: str) -> None:
    answer = space("cache", "gc", "--max-size", size)
    assert answer.code == 2
    assert "is not a size" in answer.err


def test_verify_names_what_is_damaged_and_repairs_it(space: Space) -> None:
    space("build")
    assert space("cache", "verify").out == "the cache is sound: every entry has the digest that it was kept under\n"
    damage(space, b"What they cost together.")

    answer = space("cache", "verify", "--json")

    assert answer.code == 1
    assert answer.json["status"] == "failed"
    assert answer.json["entries"] > 10
    damaged = len(answer.json["problems"])
    assert damaged >= 1
    assert {(it["code"], it["level"]) for it in answer.json["problems"]} == {("cache", "block")}
    text = space("cache", "verify")
    assert (text.code, text.err) == (1, "")
    assert "is damaged" in text.out
    assert "omnibuild cache verify" in space("cache", "stats").out
    repaired = space("cache", "verify", "--repair")
    assert repaired.code == 0
    assert repaired.out.splitlines()[-1].endswith(" removed")
    assert space("cache", "verify", "--json").json == {
        "status": "ok",
        "entries": answer.json["entries"] - damaged,
        "problems": [],
    }


def test_a_damaged_entry_costs_one_line_of_warning_and_a_build(space: Space) -> None:
    space("build")
    before = (space.root / "out/src/acme/nodes/node_pricer_compute/contract.yaml").read_bytes()
    damage(space, b"Price a number of pieces at the same price.")
    shutil.rmtree(space.root / "out")
    (space.root / "cache/state").unlink()

    answer = space("build")

    assert answer.code == 0
    assert answer.out.count("warning[cache]") == 1
    assert (space.root / "out/src/acme/nodes/node_pricer_compute/contract.yaml").read_bytes() == before
    assert space("cache", "verify").code == 0


@pytest.mark.parametrize("file", ["cache.db", "cache.db-wal"])
def test_a_store_that_is_no_database_is_a_fresh_cache(space: Space, file: str) -> None:
    space("build")
    (space.root / "cache/store" / file).write_bytes(b"this is no database" * 500)
    (space.root / "cache/state").unlink()
    wrong = file == "cache.db"

    assert space("cache", "verify").code == (1 if wrong else 0)
    stats = space("cache", "stats")
    assert stats.code == 0
    assert ("the store cannot be read" in stats.out) is wrong
    for verb in ("plan", "list", "explain"):
        answer = space(verb, *(["pricer"] if verb == "explain" else []))
        assert answer.code == 0
    (space.root / "cache/store" / file).write_bytes(b"this is no database" * 500)
    answer = space("build")
    assert answer.code == 0
    assert answer.out.count("warning[cache]") == (1 if wrong else 0)
    assert space("build").out == "2 nodes: 2 up-to-date\n"
    assert space("cache", "verify").code == 0


def test_nothing_in_the_store_knows_where_it_was_made(space: Space, tmp_path: Path) -> None:
    space.write("specs/warned.yaml", PRICER.replace("node: pricer", "node: warned").split("logic:")[0])
    space.write(
        "specs/warned.py",
        "from json import nothing_of_this_name\n\n"
        "from acme.nodes.node_warned_compute.models import ModelWarnedInput, ModelWarnedOutput\n\n\n"
        "def handle(request: ModelWarnedInput) -> ModelWarnedOutput:\n"
        '    """Price them."""\n'
        "    return ModelWarnedOutput(total=nothing_of_this_name(request.piece.value * request.quantity))\n",
    )
    toml = (space.root / "omnibuild.toml").read_text().replace('mode = "fast"', 'mode = "balanced"', 1)
    space.write("omnibuild.toml", f'{toml}\n[gates]\nG13 = "warn"\n')
    first = space("build", "--json")
    assert first.code == 0, first.out
    assert {"G13", "G14"} <= {it["code"] for it in first.json["problems"]}  # what went wrong is in the store, too
    tree = files(space)

    other = Space(tmp_path / "elsewhere" / "deep")
    shutil.copytree(space.root / "specs", other.root / "specs")
    shutil.copy(space.root / "omnibuild.toml", other.root)
    shutil.move(space.root / "cache", other.root / "cache")
    second = other("build", "--json")

    assert second.json["nodes"] == {**second.json["nodes"], "total": 3, "restored": 3}
    assert files(other) == tree
    store = [it for it in (other.root / "cache/store").rglob("*") if it.is_file()]
    assert store
    for place in (space.root, other.root, Path(sys.prefix), Path.home()):
        assert not [it.name for it in store if os.fsencode(place) in it.read_bytes()]


def test_builds_keep_to_the_limit(space: Space) -> None:
    toml = (space.root / "omnibuild.toml").read_text()
    space.write("omnibuild.toml", f'{toml}\n[cache]\nmax_size = "120KB"\n')
    for number in range(12):
        space.write("specs/pricer.yaml", PRICER.replace("same price", f"same price, for the time {number}"))
        assert space.process("build").code == 0

    assert sum(it.stat().st_size for it in (space.root / "cache/store").rglob("*")) <= 120_000
    assert space("cache", "stats", "--json").json["traces"] < 13
    assert space("cache", "verify").code == 0
    shutil.rmtree(space.root / "out")
    assert space("build", "--json").json["nodes"]["restored"] == 2


@pytest.mark.parametrize("words", [["cache", "gc"], ["cache", "verify", "--repair"], ["clean", "--yes", "--cache"]])
def test_what_changes_the_cache_waits_for_the_build(
    space: Space, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    space("build")
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    ended = threading.Event()

    def wait() -> None:
        space.process(*words)
        ended.set()

    with locked(space.root / "cache", lambda: None):
        thread = threading.Thread(target=wait)
        thread.start()
        assert not ended.wait(2)
        assert database(space).exists()
    thread.join()
    assert ended.is_set()


def test_a_terminal_gets_a_bar(space: Space) -> None:
    space("build")
    text = on_terminal(space, "cache", "verify")
    assert "verify" in text
    assert "\x1b[?25h" in text
    assert "the cache is sound" in text


def test_the_group_teaches(space: Space) -> None:
    overview = space("cache", "--help").out
    for word in ("stats", "gc", "verify", "omnibuild cache gc --max-size 200MB"):
        assert word in overview
    assert "Examples:" in space("cache", "gc", "--help").out
    near = space("cache", "verfy")
    assert near.code == 2
    assert "did you mean `verify`?" in near.err
    assert "`stats`, `gc`, `verify`" in space("cache", "xyz").err
    assert space("cache", "stats", "-C", str(space.root)).code == 0


def test_a_verb_of_the_cache_loads_no_build(space: Space) -> None:
    code = "import sys; from omnibuild.__main__ import run; run(sys.argv[1:]); print(*sorted(sys.modules))"
    words = ["-C", str(space.root), "cache", "stats"]
    done = subprocess.run([*COMMAND[:1], "-c", code, *words], capture_output=True, text=True, check=True)
    assert not {"jinja2", "networkx", "rich"} & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 KB"), (99_950, "100 KB"), (1_234_567, "1.2 MB"), (2**31, "2.1 GB")],
)
def test_sizes_have_three_digits(number: int, text: str) -> None:
    assert sized(number) == text
