"""The runner of a workflow, as far as a step can tell: what it reads from logs, and the files it gives to steps."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_COMMAND = re.compile(r"^::([\w-]+)(?: ([^:]*?))?::(.*)$")
_OLD_COMMAND = re.compile(r"##\[([\w-]+)[^\]]*\](.*)")
_KNOWN = frozenset(
    (
        *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice"),
        *("remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning"),
    )
)


@dataclass
class Log:
    """What the runner makes of what a step prints: commands that it obeys, and the text that it shows."""

    commands: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    text: str = ""

    @classmethod
    def read(cls, printed: str) -> Log:
        """Read a log as the runner does: line by line, commands of both forms, and none while they are stopped."""
        log, stopped = cls(), ""
        for line in re.split(r"\r\n|[\r\n]", printed):
            found = _COMMAND.match(line.lstrip())
            if stopped:
                if found and found[1] == stopped:
                    stopped = ""
                else:
                    log.text += f"{line}\n"
            elif found and found[1] in _KNOWN:
                if found[1] == "stop-commands":
                    stopped = found[3]
                else:
                    log.commands.append((found[1], _properties(found[2] or ""), _plain(found[3])))
            elif (old := _OLD_COMMAND.search(line)) and old[1] in _KNOWN:
                log.commands.append((old[1], {}, old[2]))
            else:
                log.text += f"{line}\n"
        assert not stopped, "nobody has started the commands again"
        return log

    @property
    def annotations(self) -> list[tuple[str, dict[str, str], str]]:
        """The commands that annotate: level, properties, message."""
        return [it for it in self.commands if it[0] in ("error", "warning", "notice")]

    @staticmethod
    def outputs(file: Path) -> dict[str, str]:
        """Return the outputs of a step, of both forms that there are."""
        found: dict[str, str] = {}
        lines = iter(file.read_text().splitlines()) if file.exists() else iter(())
        for line in lines:
            name, separator, end = line.partition("<<")
            if separator and "=" not in name:
                value = []
                while (part := next(lines)) != end:
                    value.append(part)
                found[name] = "\n".join(value)
            else:
                name, _, value_ = line.partition("=")
                found[name] = value_
        return found


def _properties(text: str) -> dict[str, str]:
    pairs = (it.partition("=") for it in text.split(",") if it)
    return {name: _plain(value.replace("%3A", ":").replace("%2C", ",")) for name, _, value in pairs}


def _plain(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@dataclass
class Job:
    """A job that uses an action made of scripts: its steps run one after the other, as on a runner.

    Of the actions that steps use, those of the cache are there; `saved` is what they keep from job to job.
    """

    action: Path
    workspace: Path
    temp: Path
    saved: Path
    environment: Mapping[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    failed: str = ""

    def use(self, inputs: Mapping[str, str]) -> Job:
        """Run the steps of the action; after one has failed, only those that say so."""
        data = yaml.safe_load((self.action / "action.yml").read_text())
        unknown = set(inputs) - set(data["inputs"])
        assert not unknown, unknown
        given = {name: str(it.get("default", "")) for name, it in data["inputs"].items()} | dict(inputs)
        for number, step in enumerate(data["runs"]["steps"]):
            self.outputs.setdefault(step.get("id", ""), {})
            condition = step.get("if", "true")
            if (self.failed and "cancelled()" not in condition) or not self._holds(condition, given):
                continue
            if "uses" in step:
                told = self._cache(step["uses"], {name: self._value(it, given) for name, it in step["with"].items()})
            else:
                told = self._run(number, step, {name: self._value(it, given) for name, it in step["env"].items()})
            self.outputs[step.get("id", "")] = told
        return self

    @property
    def summary(self) -> str:
        """What the job shows as its summary."""
        return "".join(it.read_text() for it in sorted(self.temp.glob("summary*")))

    def _run(self, number: int, step: dict[str, Any], variables: Mapping[str, str]) -> dict[str, str]:
        files = {it: self.temp / f"{it}{number}" for it in ("output", "path", "env", "summary")}
        for file in files.values():
            file.touch()
        own = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_PATH": str(files["path"]),
            "GITHUB_ENV": str(files["env"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "RUNNER_TEMP": str(self.temp),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={**self.environment, **own, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.log += done.stdout
        if done.returncode and not self.failed:
            self.failed = f"{step['name']}: {done.returncode}"
        return Log.outputs(files["output"])

    def _cache(self, uses: str, given: Mapping[str, str]) -> dict[str, str]:
        """Restore or save folders under a key, which is written once; the newest with a prefix is the next best."""
        paths = given["path"].split()
        entries = sorted(self.saved.iterdir(), key=lambda it: it.stat().st_mtime_ns, reverse=True)
        if uses.startswith("actions/cache/save@"):
            entry = self.saved / given["key"]
            if not entry.exists():
                for number, path in enumerate(it for it in paths if Path(it).exists()):
                    shutil.copytree(path, entry / f"{number}{path.replace('/', '%')}")
            return {}
        assert uses.startswith("actions/cache/restore@")
        wanted = [given["key"], *given["restore-keys"].split()]
        found = next((it for key in wanted for it in entries if it.name.startswith(key)), None)
        for folder in found.iterdir() if found else ():
            path = folder.name.lstrip("0123456789").replace("%", "/")
            assert path in paths, "an entry is found only by who names the same paths"
            shutil.copytree(folder, path, dirs_exist_ok=True)
        return {"cache-hit": str(found is not None and found.name == given["key"]).lower()}

    def _value(self, text: str, inputs: Mapping[str, str]) -> str:
        return _EXPRESSION.sub(lambda it: str(self._known(it[1], inputs)), text)

    def _holds(self, condition: str, inputs: Mapping[str, str]) -> bool:
        text = condition.removeprefix("${{").removesuffix("}}").replace("!cancelled()", "True").replace("&&", "and")
        names = re.sub(r"\b(?:inputs|steps)\.[\w.-]+", lambda it: repr(self._known(it[0], inputs)), text)
        return bool(eval(names.strip(), {"true": True}))

    def _known(self, name: str, inputs: Mapping[str, str]) -> str:
        match name.split("."):
            case ["inputs", name]:
                return inputs[name]
            case ["steps", step, "outputs", name]:
                return self.outputs[step].get(name, "")
        raise AssertionError(name)


_EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")
