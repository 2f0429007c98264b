"""How well existing contracts come back: what becomes language, key by key, and what a build makes of it.

    python benchmarks/adopt.py                                   downloads the three packages of ONEX, and adopts them
    python benchmarks/adopt.py ROOT... --python ENV/bin/python   adopts what lies there; asks omnibase-infra as well

Every contract is adopted and built in a scratch workspace, and held against the original as parsed YAML. The Python of
an environment with omnibase-infra says whether it discovers the new contracts wherever it does the originals.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from omnibuild.onex.adopted.sections import SECTIONS
from omnibuild.onex.adopted.shapes import VERBATIM

PACKAGES = ("omnibase-core==0.47.57", "omnibase-infra==0.38.76", "omnimarket==0.4.319")
LANGUAGE = (
    "name",
    "node_type",
    "contract_version",
    "node_version",
    "version",
    "description",
    "input_model",
    "output_model",
    "inputs",
    "outputs",
    "handler",
    "handler_routing",
    "event_bus",
    "terminal_event",
    "published_events",
    "runtime_dispatch",
    "externally_consumed_topics",
    "state_machine",
    "env_dependencies",
    "descriptor",
    "dependencies",
)
"""The keys of a contract that are to be language."""

_DISCOVER = """
import json, sys
from pathlib import Path
from omnibase_infra.runtime.auto_wiring.discovery import discover_contracts_from_paths
pairs = json.load(sys.stdin)
found = [discover_contracts_from_paths([Path(it) for it in side]) for side in zip(*pairs)]
print(*(len(it.contracts) for it in found))
"""


def main() -> None:
    """Adopt, build, compare, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("roots", nargs="*", type=Path)
    parser.add_argument("--python", help="asks omnibase-infra in this environment whether it discovers the contracts")
    parser.add_argument("--keep", type=Path, help="where to leave the workspace")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="omnibuild-adopt-") as scratch:
        folder = Path(scratch)
        roots = options.roots or [_downloaded(folder / "packages")]
        adopted = _adopted(folder / "work", roots)
        _table(adopted, folder / "work")
        if _compare(adopted, folder / "work") and options.python:
            _discover(adopted, folder / "work", options.python)
        if options.keep:
            shutil.copytree(folder / "work", options.keep)


def _downloaded(folder: Path) -> Path:
    """Lay the published packages into a folder, without what they depend on."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", str(folder)]
    subprocess.run([*command, *PACKAGES], check=True)  # noqa: S603 - our own words
    return folder


def _adopted(folder: Path, roots: list[Path]) -> list[dict[str, Any]]:
    folder.mkdir(parents=True)
    omnibuild = str(Path(sys.executable).with_name("omnibuild"))
    began = time.perf_counter()
    command = [omnibuild, "adopt", *(str(it.resolve()) for it in roots), "--package", "adopted", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    took = time.perf_counter() - began
    answer = json.loads(done.stdout)
    nodes: list[dict[str, Any]] = answer["adopted"]
    each = f"{took / max(1, len(nodes)) * 1000:.1f} ms"
    print(f"{len(nodes)} nodes adopted in {took:.1f} s, {each} each; {len(answer['problems'])} problems")
    command = [omnibuild, "build", "--mode", "fast"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    print(f"build: {(built.stdout or built.stderr).strip().splitlines()[-1]}")
    return nodes


def _table(nodes: list[dict[str, Any]], folder: Path) -> None:
    """Print for each key in how many contracts it stands, and in how many all of it is language."""
    have, whole = Counter[str](), Counter[str]()
    for node in nodes:
        verbatim = _verbatim(_yaml(folder / node["spec"]))
        for key in _yaml(Path(node["source"])):
            have[key] += 1
            whole[key] += key not in verbatim
    print("\n| key | contracts | language | share |\n| --- | --- | --- | --- |")
    for key in (*LANGUAGE, *sorted(have.keys() - set(LANGUAGE), key=lambda it: (-have[it], it))):
        if have[key] and (key in LANGUAGE or have[key] > 1):
            print(f"| {key} | {have[key]} | {whole[key]} | {whole[key] / have[key]:.1%} |")
    once = sum(have[key] == 1 for key in have)
    print(f"\n{len(have)} keys, {once} of them in one contract")
    said, left = (sum(node["keys"][it] for node in nodes) for it in ("language", "verbatim"))
    print(f"values: {said} of {said + left} are language, {said / (said + left):.1%}")


def _verbatim(spec: dict[str, Any]) -> set[str]:
    """Return the keys of the contract of which a part, at least, is not language."""
    adopted = spec["adopted"]
    partly = {key for name, (key, _) in SECTIONS.items() if _holds(adopted.get(name), VERBATIM)}
    return {*spec.get(VERBATIM, {}), *partly}


def _holds(value: Any, key: str) -> bool:
    if isinstance(value, dict):
        return key in value or any(_holds(it, key) for it in value.values())
    return isinstance(value, list) and any(_holds(it, key) for it in value)


def _compare(nodes: list[dict[str, Any]], folder: Path) -> bool:
    different = [it["source"] for it in nodes if _yaml(Path(it["source"])) != _yaml(folder / it["output"])]
    print(f"contracts that come back equal: {len(nodes) - len(different)} of {len(nodes)}")
    for it in different[:10]:
        print(f"  differs: {it}")
    return not different


def _discover(nodes: list[dict[str, Any]], folder: Path, python: str) -> None:
    pairs = json.dumps([[it["source"], str(folder / it["output"])] for it in nodes])
    done = subprocess.run([python, "-c", _DISCOVER], input=pairs, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    before, after = done.stdout.split()[-2:]
    print(f"discovered by omnibase-infra: {before} of the originals, {after} of what was built")


def _yaml(file: Path) -> Any:
    if not file.exists():
        return None
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


if __name__ == "__main__":
    main()
