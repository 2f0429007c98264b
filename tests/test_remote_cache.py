"""Builds that share what they make by way of a server; and the server's store shared with other programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from omnibuild import Workspace
from omnibuild.adapters import remote_server
from omnibuild.adapters.remote_entry import action_key
from omnibuild.adapters.remote_protocol import decode, encode
from omnibuild.adapters.remote_server import Patience
from omnibuild.core.values import Level, Mode, Problem, Report, Status, digest
from omnibuild.workspace import ConfigurationError
from tests.bad_server import answers, bad_server, drips, hangs, resets
from tests.nginx import PASSWORD, USER, Nginx, documented, for_everybody, nginx
from tests.workspaces import CHAIN, REPOSITORY, TOML, Sandbox, built, statuses, workspace

NODES = {"money", "charger", "biller", "pricer"}


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Have no proxy between a test and its server, and nothing of whoever runs the test or works on omnibuild."""
    monkeypatch.setattr("omnibuild.adapters.tools._own_digest", lambda _: "this omnibuild")
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with nginx(tmp_path / "nginx", for_everybody(documented())) as it:
        yield it


@dataclass(frozen=True, slots=True)
class Team:
    """Clones of one workspace on several machines, which is to say, with nothing in common but a server."""

    folder: Path
    url: str

    def clone(self, name: str, mode: str = "read") -> Sandbox:
        settings = f'{TOML}[cache]\nremote = "{self.url}"\nremote_mode = "{mode}"\n'
        return workspace(self.folder / name, {**CHAIN, "omnibuild.toml": settings})


def remote_problems(report: Report) -> list[Problem]:
    return [it for it in report.problems if it.code == "remote-cache"]


def all_restored(report: Report) -> bool:
    return statuses(report) == dict.fromkeys(NODES, Status.RESTORED)


# ------------------------------------------------------------------------------------------- builds


def test_a_fresh_clone_restores_what_ci_has_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with nginx(tmp_path / "nginx", documented()) as server:
        team = Team(tmp_path, server.url)
        monkeypatch.setenv("OMNIBUILD_CACHE_USER", USER)
        monkeypatch.setenv("OMNIBUILD_CACHE_PASSWORD", PASSWORD)
        ci = team.clone("ci", "read-write")
        assert built(ci.build()) == NODES
        monkeypatch.delenv("OMNIBUILD_CACHE_USER")
        monkeypatch.delenv("OMNIBUILD_CACHE_PASSWORD")
        given = len([it for it in server.asked() if it[0] == "PUT"])

        clone = team.clone("clone")
        plan = clone.open().plan()
        assert {it.status for it in plan.decisions.values()} == {Status.RESTORED}
        shutil.rmtree(clone.root / "cache")
        report = clone.build()

        assert all_restored(report)
        assert remote_problems(report) == []
        assert [it.message for it in report.problems] == [it.message for it in ci.build().problems]
        assert clone.tree() == ci.tree()
        assert len([it for it in server.asked() if it[0] == "PUT"]) == given
        assert clone.check().ok

    # What was restored is this machine's own: the server is not needed any more.
    clone.remove("out")
    report = clone.build()
    assert all_restored(report)
    assert remote_problems(report) == []
    assert clone.tree() == ci.tree()


def test_a_change_is_built_and_the_rest_restored(tmp_path: Path, server: Nginx) -> None:
    team = Team(tmp_path, server.url)
    team.clone("ci", "read-write").build()
    clone = team.clone("clone")
    clone.replace("specs/pricer.yaml", "quantity * price", "price * quantity")

    report = clone.build()
    assert built(report) == {"pricer"}
    assert statuses(report)["biller"] is Status.RESTORED


def test_what_is_blocked_is_not_given(tmp_path: Path, server: Nginx) -> None:
    sandbox = Team(tmp_path, server.url).clone("ci", "read-write")
    sandbox.replace("specs/pricer.yaml", "quantity * price", "quantity * prize")

    assert not sandbox.build().ok
    keys = {it: found.manifest.key for it, found in sandbox.open().plan().decisions.items()}
    names = server.names("ac")
    assert action_key("charger", keys["charger"]) in names
    assert action_key("pricer", keys["pricer"]) not in names


def test_who_reads_gives_nothing(tmp_path: Path, server: Nginx) -> None:
    assert built(Team(tmp_path, server.url).clone("a").build()) == NODES

    assert {method for method, _, _ in server.asked()} == {"GET"}
    assert not server.names("ac")


def test_the_environment_goes_above_the_settings(
    tmp_path: Path, server: Nginx, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = workspace(tmp_path / "plain", CHAIN)
    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE", server.url)
    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE_MODE", "read-write")
    plain.build()
    assert server.names("ac")

    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE", "")
    before = len(server.asked())
    assert built(Team(tmp_path, server.url).clone("clone").build()) == NODES
    assert len(server.asked()) == before


@pytest.mark.parametrize("mode", [Mode.FAST, Mode.STRICT])
@pytest.mark.parametrize("reply", [hangs, drips, resets, answers("500 Oops"), answers("200 OK", b"garbage")])
def test_a_bad_server_costs_one_warning(
    reply: object, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_server, "Patience", lambda: Patience(0.5, 0.1, 0.5))
    monkeypatch.setattr("omnibuild.gates.at_compile", lambda _: ())
    plain = workspace(tmp_path / "plain", CHAIN)
    expected = plain.build(mode=mode)
    with bad_server(reply) as bad:  # type: ignore[arg-type]
        sandbox = Team(tmp_path, bad.url).clone("a", "read-write")
        report = sandbox.build(mode=mode)

    assert [it.level for it in remote_problems(report)] == [Level.WARN]
    assert report.ok is expected.ok
    assert statuses(report) == statuses(expected)
    assert sandbox.tree() == plain.tree() if expected.ok else not sandbox.out.exists()


def test_a_poisoned_entry_is_built_instead(tmp_path: Path, server: Nginx) -> None:
    team = Team(tmp_path, server.url)
    ci = team.clone("ci", "read-write")
    ci.build()
    for entry in (server.store / "ac").iterdir():
        result = decode(entry.read_bytes())
        moved = result.files[0].path.replace("src/", "../src/", 1)
        evil = encode(type(result)((type(result.files[0])(moved, result.files[0].digest),), stdout=result.stdout))
        entry.write_bytes(evil)

    clone = team.clone("clone")
    report = clone.build()
    assert built(report) == NODES
    assert len(remote_problems(report)) == 1
    assert clone.tree() == ci.tree()
    assert not (clone.root / "src").exists()


def test_nothing_of_it_is_loaded_without_a_remote(tmp_path: Path) -> None:
    sandbox = workspace(tmp_path, CHAIN)
    code = (
        "import sys; from omnibuild import Workspace; Workspace.open('.', mode='fast').build();"
        "print([it for it in ('httpx', 'omnibuild.adapters.remote', 'omnibuild.adapters.remote_server',"
        " 'omnibuild.adapters.parallel') if it in sys.modules])"
    )
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=sandbox.root, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# ----------------------------------------------------------------------------------------- settings


def test_a_password_in_a_url_is_refused_and_not_shown(tmp_path: Path) -> None:
    url = "https://ci:secret@cache.example.com"
    in_file = workspace(tmp_path / "a", {"omnibuild.toml": f'{TOML}[cache]\nremote = "{url}"\n'})
    in_environment = workspace(tmp_path / "b", {})

    for done in (in_file.command("build"), in_environment.command("build", OMNIBUILD_CACHE_REMOTE=url)):
        assert done.returncode == 2
        assert "secret" not in done.stdout + done.stderr
        assert "OMNIBUILD_CACHE_PASSWORD" in done.stderr


def test_a_mode_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE_MODE", "write")
    with pytest.raises(
        ConfigurationError, match="OMNIBUILD_CACHE_REMOTE_MODE`: input should be 'read' or 'read-write'"
    ):
        Workspace.open(workspace(tmp_path, {}).root)


# ----------------------------------------------------------------------------------- other programs


def bazel(folder: Path, server: Nginx, state: str) -> str:
    """Build a genrule with Bazel, with its own state in a folder of its own; return what it says."""
    if shutil.which("bazel") is None:
        pytest.skip("no Bazel is installed: apt-get install --no-install-recommends bazel-bootstrap")
    package = folder / "bazel"
    package.mkdir(exist_ok=True)
    (package / "WORKSPACE").touch()
    (package / "BUILD").write_text(
        'genrule(name = "hello", outs = ["hello.txt", "empty.txt"],'
        ' cmd = "echo Hello > $(location hello.txt); : > $(location empty.txt)")\n'
    )
    start = ["bazel", "--batch", f"--output_user_root={folder / state}", "--nohome_rc"]
    options = ["--color=no", "--curses=no", "--spawn_strategy=local", "--nosandbox_debug", "--symlink_prefix=out-"]
    done = subprocess.run(
        [*start, "build", *options, f"--remote_cache={server.url}", "//:hello"],
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (package / "out-bin/hello.txt").read_text() == "Hello\n"
    return done.stderr


@pytest.mark.slow
def test_bazel_and_omnibuild_read_the_same_messages(tmp_path: Path, server: Nginx) -> None:
    team = Team(tmp_path, server.url)
    ci = team.clone("ci", "read-write")
    ci.build()
    ours = server.names("ac")

    # Bazel stores beside us, and what it stores is what we take it for.
    assert "remote cache hit" not in bazel(tmp_path, server, "first")
    (theirs,) = server.names("ac") - ours
    entry = server.store / "ac" / theirs
    written = entry.read_bytes()
    result = decode(written)
    contents = {it.path.rpartition("/")[2]: it.digest for it in result.files}
    assert contents["hello.txt"].hash == digest("Hello\n")
    assert contents["hello.txt"].size == 6
    assert contents["empty.txt"].hash == digest("")
    assert {it.hash for it in contents.values()} <= server.names("cas")
    assert (result.exit_code, result.more) == (0, False)

    # Bazel with nothing of its own left takes a message of our making for its own.
    entry.write_bytes(encode(result))
    assert "1 remote cache hit" in bazel(tmp_path, server, "second")

    clone = team.clone("clone")
    assert all_restored(clone.build())
    assert clone.tree() == ci.tree()


def test_ccache_shares_the_store(tmp_path: Path, server: Nginx) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if shutil.which("ccache") is None or compiler is None:
        pytest.skip("no ccache with a C compiler is installed: apt-get install ccache gcc")
    (tmp_path / "a.c").write_text("int a(void) { return 1; }\n")

    def compile_with(state: str) -> str:
        storage = f"{server.url}|layout=bazel"
        environ = os.environ | {
            "CCACHE_DIR": str(tmp_path / state),
            "CCACHE_REMOTE_STORAGE": storage,
            "CCACHE_SECONDARY_STORAGE": storage,
        }
        for command in (["ccache", compiler, "-c", "a.c", "-o", f"{state}.o"], ["ccache", "--print-stats"]):
            done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
        return done.stdout

    team = Team(tmp_path, server.url)
    ci = team.clone("ci", "read-write")
    ci.build()
    ours = server.names("ac")
    compile_with("first")
    assert server.names("ac") > ours
    counts = dict(line.split("\t") for line in compile_with("second").splitlines())
    assert counts["direct_cache_hit"] == "1", "what ccache stored beside us comes back"
    assert (tmp_path / "first.o").read_bytes() == (tmp_path / "second.o").read_bytes()

    clone = team.clone("clone")
    assert all_restored(clone.build())
    assert clone.tree() == ci.tree()
