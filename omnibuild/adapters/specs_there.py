"""The specs that a workspace has already, as far as adopting must leave room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omnibuild.adapters.folder import FolderInputs
from omnibuild.adopt.names import usual_name
from omnibuild.adopt.original import Original
from omnibuild.core.values import Json, Kind, Settings
from omnibuild.spec.document import declared, read


@dataclass(frozen=True, slots=True)
class SpecsThere:
    """What the specs of a workspace declare already, and the contracts that were adopted before.

    A file of its own takes a name, too: nothing is written in its place, and Python beside a spec would be its body.
    """

    root: Path
    names: frozenset[str]
    adopted: Mapping[str, Mapping[str, str]]
    """By the contract's name: the specs, each with the file that its contract stands in, if that is known."""

    @classmethod
    def of(cls, root: Path, settings: Settings) -> SpecsThere:
        """Return what the specs of the workspace in a folder declare."""
        inputs = FolderInputs(root, settings.specs)
        names = {it.stem for it in (root / settings.specs).glob("*.*")}
        adopted: dict[str, dict[str, str]] = {}
        for file in inputs.specs():
            text = inputs.text(file)
            if isinstance(text, str):
                names |= {*declared(text)}
                for it in read(file, text)[0]:
                    if it.declares == "node":
                        name, source = _adopted_from(it.data)
                        adopted.setdefault(name, {})[file] = source
        return cls(root, frozenset(names), adopted)

    def refused(self, contracts: Sequence[tuple[Original, Kind]]) -> dict[int, str]:
        """Return the positions of the contracts that have a spec already, each with its file.

        A node that has moved on has lost its contract's name, and is known by its own.
        """
        found: dict[int, str] = {}
        for position, (original, kind) in enumerate(contracts):
            name = str(original.data.get("name"))
            own = f"node_{usual_name(name, kind)}_{kind.value}"
            for file, source in {**self.adopted.get(own, {}), **self.adopted.get(name, {})}.items():
                if not self._is_another(source, original.file):
                    found[position] = file
        return found

    def _is_another(self, source: str, file: str) -> bool:
        """Return whether a file of the workspace is another than what was adopted, and not that one in a new place."""
        return source not in ("", file) and not Path(file).is_absolute() and (self.root / source).is_file()


def _adopted_from(data: Mapping[str, Json]) -> tuple[str, str]:
    """Return the name of the contract that a spec was made of, and its file, if the spec says it."""
    adopted = data.get("adopted")
    said = adopted if isinstance(adopted, dict) else {}
    return str(said.get("name") or f"node_{data.get('node')}_{data.get('kind')}"), str(said.get("from") or "")
