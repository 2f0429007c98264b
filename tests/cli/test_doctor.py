"""doctor: each mistake is made, found, and mended as it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import pytest

from omnibuild.adapters import health, health_disk
from tests.cli.conftest import MONEY, Space
from tests.workspaces import REPOSITORY

type Found = tuple[str, str, str]
"""Status, what was found, how to mend it."""


def checks(space: Space, *options: str) -> dict[str, Found]:
    found = space(*options, "doctor", "--json").json["checks"]
    return {it["check"]: (it["status"], it["found"], it["mend"]) for it in found}


def in_git(space: Space) -> Callable[..., str]:
    """Make a repository of a workspace and return what calls git in it."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(space.root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    return git


def program(place: Path, text: str = "#!/bin/sh\nexit 1\n") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)
    return place


def test_every_mistake_has_a_way_to_mend_it(space: Space) -> None:
    assert all(mend for status, _, mend in checks(space).values() if status != "ok")
    assert all(not mend for status, _, mend in checks(space).values() if status == "ok")


# ----------------------------------------------------------------------------------- installation


def test_another_python(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_OLDEST", (99, 0))
    assert checks(space)["python"][0] == "fail"


@pytest.mark.parametrize(
    ("version", "status", "told"),
    [
        ("0.46.9", "fail", "0.46.9 is older than 0.47"),
        ("0.47.0", "ok", "0.47.0"),
        ("0.99.1", "ok", "0.99.1"),
        ("1.0.0", "fail", "1.0.0 is not older than 1.0, and not known to fit"),
        ("", "fail", "is not installed"),
    ],
)
def test_another_onex(version: str, status: str, told: str, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version

    def installed(name: str) -> str:
        if name != "omnibase-core":
            return real(name)
        if not version:
            raise metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(metadata, "version", installed)
    # As of this checkout; the environment may hold an older one.
    wanted = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["dependencies"]
    monkeypatch.setattr(metadata, "requires", lambda _: wanted)
    found = checks(space)["omnibase-core"]
    assert found[:2] == (status, told)
    assert found[2] == ("" if status == "ok" else "python3 -m pip install 'omnibase-core>=0.47,<1.0'")


def test_no_mypy(space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "bin/python")))
    assert checks(space)["mypy runs"] == ("fail", "it does not", "python3 -m pip install --force-reinstall mypy")


def test_another_omnibuild_on_the_path(space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = program(tmp_path / "bin/omnibuild")
    monkeypatch.setenv("PATH", f"{other.parent}{os.pathsep}{os.environ['PATH']}")
    status, found, mend = checks(space)["command"]
    assert (status, str(other) in found) == ("warn", True)
    assert str(Path(sys.executable).parent) in mend
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert checks(space)["command"][0] == "ok"


# -------------------------------------------------------------------------------------- workspace


def test_a_variable_that_means_nothing(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_BUILD_MOD", "fast")
    assert checks(space)["variables"][::2] == ("warn", "did you mean OMNIBUILD_BUILD_MODE?")


def test_a_variable_that_is_wrong(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_BUILD_MODE", "quick")
    status, found, _ = checks(space)["omnibuild.toml"]
    assert (status, "`OMNIBUILD_BUILD_MODE`" in found) == ("fail", True)


@pytest.mark.parametrize("folder", ["specs/inner", "templates"])
def test_a_workspace_in_a_folder_of_this_one(folder: str, space: Space) -> None:
    space.write(f"{folder}/omnibuild.toml", '[workspace]\npackage = "inner"\n')
    assert checks(space)["workspaces"] == (
        "fail",
        f"another one lies in {folder}/",
        f"move {folder}/ out of the folders of this one",
    )


@pytest.mark.parametrize(("folder", "status"), [("specs/inner", "fail"), ("cache/x", "fail"), ("services/x", "ok")])
def test_this_one_in_another(folder: str, status: str, space: Space) -> None:
    inner = Space(space.root / folder)
    inner.write("omnibuild.toml", '[workspace]\npackage = "inner"\n')
    found = checks(inner)["workspaces"]
    assert found[0] == status
    assert str(space.root) in found[1]


def test_no_specs(space: Space) -> None:
    for path in (space.root / "specs").iterdir():
        path.unlink()
    assert checks(space)["specs/"] == ("warn", "has no specs", "omnibuild new compute NAME")
    (space.root / "specs").rmdir()
    assert checks(space)["specs/"] == ("warn", "is not there", "omnibuild new compute NAME")


def test_a_schema_of_another_version(space: Space) -> None:
    space("schema", "--write")
    space.write("specs/.omnibuild.schema.json", "{}")
    status, found, mend = checks(space)["specs/.omnibuild.schema.json"]
    assert (status, mend) == ("warn", "omnibuild schema --write")
    assert "is of another version of omnibuild" in found


@pytest.mark.parametrize("folder", ["cache", "out"])
def test_a_folder_that_cannot_be_written(folder: str, space: Space) -> None:
    space.write(folder, "a file, where a folder should be")
    status, found, mend = checks(space)[f"{folder}/"]
    assert status == "fail"
    assert found
    assert "name another folder in omnibuild.toml" in mend


@pytest.mark.parametrize(
    ("kind", "status"),
    [("nfs4", "warn"), ("cifs", "warn"), ("fuse.sshfs", "warn"), ("9p", "warn"), ("ext4", "ok"), ("overlay", "ok")],
)
def test_a_network_file_system(
    kind: str, status: str, space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(space.root.resolve()).replace(" ", "\\040")
    lines = ["22 1 8:1 / / rw - xfs /dev/a rw", f"23 22 0:9 / {name} rw shared:1 - {kind} host:/a rw"]
    (tmp_path / "mounts").write_text("\n".join([*lines, f"24 22 0:9 / {name}else rw - tmpfs x rw\n"]))
    monkeypatch.setattr(health_disk, "_MOUNTS", tmp_path / "mounts")
    assert health_disk.file_system(space.root) == kind
    assert checks(space)["cache/ disk"][0] == status


def test_a_mount_with_a_space_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "mounts").write_text(f"23 22 0:9 / {tmp_path.resolve()}/a\\040b rw - nfs4 host:/a rw\n")
    monkeypatch.setattr(health_disk, "_MOUNTS", tmp_path / "mounts")
    assert health_disk.file_system(tmp_path / "a b") == "nfs4"
    assert health_disk.file_system(tmp_path) == ""


def test_a_slow_disk(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_disk, "_SLOW", 0)
    status, found, mend = checks(space)["cache/ disk"]
    assert (status, found.partition(":")[0]) == ("warn", "slow")
    assert "disk of this machine" in mend
    assert not [it for it in space.root.iterdir() if it.name.startswith(".doctor")]


def test_a_clock_that_is_wrong(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_disk, "_tried", lambda _: (0.0, -7.4))
    status, found, mend = checks(space)["clock"]
    assert (status, found) == ("warn", "the disk's clock is 7 seconds behind this machine's")
    assert "NTP" in mend


def test_a_spec_from_the_future(space: Space) -> None:
    assert checks(space)["clock"][0] == "ok"
    later = time.time() + 3600
    os.utime(space.root / "specs/money.yaml", (later, later))
    assert checks(space)["clock"][::2] == ("warn", "touch specs/money.yaml")
    os.utime(space.root / "specs/money.yaml")
    assert checks(space)["clock"][0] == "ok"


# ------------------------------------------------------------------------------------------- git


def test_an_output_that_is_half_checked_in(space: Space) -> None:
    git = in_git(space)
    space("build")
    space.write(".gitignore", "/cache/\n")
    git("add", ".")
    space.write("out/src/acme/__pycache__/x.cpython-312.pyc", "")
    assert checks(space)["out/ in git"][:2] == ("ok", "checked in")
    space.write("specs/coin.yaml", MONEY.replace("shared: money", "shared: coin"))
    space("build")
    status, found, mend = checks(space)["out/ in git"]
    assert (status, mend) == ("warn", "git add out")
    assert "only a part is checked in" in found
    git("add", "out")
    assert checks(space)["out/ in git"][:2] == ("ok", "checked in")


def test_a_cache_that_is_checked_in(space: Space) -> None:
    git = in_git(space)
    space.write("cache/x", "")
    git("add", ".")
    assert checks(space)["cache/ in git"][:2] == ("warn", "it is checked in")


HOOK = """#!/bin/sh
# File generated by pre-commit
INSTALL_PYTHON={python}
exec "$INSTALL_PYTHON" -mpre_commit hook-impl
"""


@pytest.mark.parametrize("config", ["repos:\n  - repo: x\n    hooks:\n      - id: omnibuild-check\n", None])
def test_a_hook_that_git_does_not_run(config: str | None, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    git = in_git(space)
    assert checks(space)["hook in git"][0] == "ok"
    space("init", "--hook")
    if config:
        space.write(".pre-commit-config.yaml", config)
    script = space.root / ".git/hooks/pre-commit"
    script.unlink(missing_ok=True)

    def found() -> Found:
        return checks(space)["hook in git"]

    assert found()[::2] == ("warn", "pre-commit install")
    assert f"there is no {script}" in found()[1]

    program(script, "#!/bin/sh\nmake lint\n")
    assert "does not run pre-commit" in found()[1]

    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    program(script, HOOK.format(python="/no/such/python"))
    assert found()[0] == "warn"
    assert "points to /no/such/python, which is not there" in found()[1]

    program(script, HOOK.format(python=sys.executable))
    assert found()[0] == "ok"

    script.chmod(0o644)
    assert "is not executable" in found()[1]
    script.chmod(0o755)

    git("config", "core.hooksPath", "elsewhere")
    assert found()[::2] == ("warn", "git config --unset-all core.hooksPath && pre-commit install")
    git("config", "--unset-all", "core.hooksPath")
    assert found()[0] == "ok"


# --------------------------------------------------------------------------------------- packages


@pytest.mark.parametrize(
    ("origin", "status", "told"),
    [("out", "warn", "is a copy of out/, which no build changes"), ("../other/out", "fail", "has the same name")],
)
def test_a_package_that_is_installed(
    origin: str, status: str, told: str, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks(space)["package acme"][0] == "ok"
    site = Space(space.root / "site")
    site.write("acme/__init__.py", "")
    site.write("acme-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    site.write("acme-1.0.dist-info/top_level.txt", "acme\n")
    url = (space.root / origin).resolve().as_uri()
    site.write("acme-1.0.dist-info/direct_url.json", json.dumps({"url": url, "dir_info": {}}))
    monkeypatch.syspath_prepend(str(site.root))
    found = checks(space)["package acme"]
    assert (found[0], told in found[1]) == (status, True)
    assert ("pip install --editable out" in found[2]) == (origin == "out")


def test_a_package_that_is_imported_from_the_output(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    space("build")
    assert "pip install --editable out" in checks(space)["package acme"][1]
    monkeypatch.syspath_prepend(str(space.root / "out/src"))
    assert checks(space)["package acme"][:2] == ("ok", "imported from out/")


# --------------------------------------------------------------------------------------- servers


@pytest.fixture
def only_read() -> Iterator[str]:
    """Return the URL of a server that has nothing, and takes nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *unused: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_cache_that_only_reads(only_read: str, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "remote cache" not in checks(space)
    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE", only_read)
    assert checks(space)["remote cache"] == ("ok", f"{only_read} can be read", "")
    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE_MODE", "read-write")
    status, found, mend = checks(space)["remote cache"]
    assert (status, "PUT /cas/ is answered with 403" in found) == ("warn", True)
    assert "OMNIBUILD_CACHE_TOKEN" in mend


def test_a_cache_that_cannot_be_reached(only_read: str, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNIBUILD_CACHE_REMOTE", "http://127.0.0.1:9")
    status, _, mend = checks(space)["remote cache"]
    assert (status, bool(mend)) == ("warn", True)
    assert space("doctor").code == 0
