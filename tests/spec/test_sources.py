from __future__ import annotations

import pytest

from omnibuild.spec.settings import SECTIONS, defaults
from omnibuild.spec.sources import Layer, Setting, effective

FILE = """\
build = { mode = "fast" }

[workspace]
package = "acme"
out = "made"

[gates]
G8 = "off"

[env.ci]
cache.remote = "https://cache"
[env.ci.gates]
G7 = "block"
[env.other.build]
jobs = 2
"""
GATES = {"G7": "warn", "G8": "warn"}


def found(environment: str | None = None, mode: str | None = None, **environ: str) -> dict[str, Setting]:
    options = {"build.mode": ("--mode", mode)} if mode else {}
    return {it.name: it for it in effective(FILE, environment, environ, options=options, gates=GATES)}


def test_all_settings_are_there_in_order() -> None:
    every = {**SECTIONS, "gates": tuple(GATES)}
    assert [*found()] == [f"{section}.{key}" for section in SECTIONS for key in every[section]]


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [
        ("workspace.package", "acme", "omnibuild.toml:4"),
        ("workspace.out", "made", "omnibuild.toml:5"),
        ("workspace.cache", "cache", "default"),
        ("build.mode", "fast", "omnibuild.toml:1"),
        ("build.jobs", 0, "default"),
        ("cache.remote", "https://cache", "[env.ci] at omnibuild.toml:11"),
        ("cache.max_size", "1GB", "OMNIBUILD_CACHE_MAX_SIZE"),
        ("gates.G7", "block", "[env.ci] at omnibuild.toml:13"),
        ("gates.G8", "off", "omnibuild.toml:8"),
    ],
)
def test_a_setting_says_where_it_comes_from(name: str, value: str | int, source: str) -> None:
    it = found("ci", OMNIBUILD_CACHE_MAX_SIZE="1GB")[name]
    assert (it.value, str(it.source)) == (value, source)


def test_what_is_above_hides_what_is_below() -> None:
    mode = found("ci", OMNIBUILD_BUILD_MODE="strict")["build.mode"]
    assert (mode.value, mode.source.layer, mode.source.name) == ("strict", Layer.VARIABLE, "OMNIBUILD_BUILD_MODE")
    mode = found("ci", "balanced", OMNIBUILD_BUILD_MODE="strict")["build.mode"]
    assert (mode.value, mode.source.layer, str(mode.source)) == ("balanced", Layer.OPTION, "--mode")
    remote = found("ci", OMNIBUILD_CACHE_REMOTE="")["cache.remote"]
    assert (remote.value, str(remote.source)) == ("", "OMNIBUILD_CACHE_REMOTE")


def test_a_variable_may_choose_the_environment() -> None:
    assert str(found(OMNIBUILD_ENV="ci")["cache.remote"].source) == "[env.ci] at omnibuild.toml:11"
    assert str(found("other", OMNIBUILD_ENV="ci")["cache.remote"].source) == "default"


def test_only_the_package_has_no_default() -> None:
    made = defaults()
    assert [f"{section}.{key}" for section, keys in SECTIONS.items() for key in keys if key not in made[section]] == [
        "workspace.package"
    ]
