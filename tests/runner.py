"""The runner of a workflow, as far as a step can tell: what it reads from logs, and the files it gives to steps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

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
