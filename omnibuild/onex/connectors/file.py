"""file: a text read from or written to a file below one folder."""

from __future__ import annotations

import ast

from pydantic import Field, JsonValue

from omnibuild.assemble.tree import Line, quoted
from omnibuild.core.values import Type
from omnibuild.onex.connectors.connector import Action, Code, Connector, Fixture, Parameters, Result
from omnibuild.onex.connectors.reading import Reading
from omnibuild.onex.effect.scene import Scene
from omnibuild.spec.written_fields import Written

_PATH = Type("|", (Type("str"), Type("Path")))


class FileParameters(Parameters):
    """A file below a folder, and what to do with it: `read`, or `write` with its `text`."""

    folder: JsonValue = Field(alias="in", description="The folder, as an expression of variables: env.RECEIPTS.")
    read: JsonValue = Field(default=None, description="The path of the file to read, as an expression.")
    write: JsonValue = Field(default=None, description="The path of the file to write, as an expression.")
    text: JsonValue = Field(default=None, description="What to write, as an expression.")


def _read(reading: Reading, given: FileParameters) -> Action | None:
    folder = reading.constant(given.folder, ["in"], "the folder of a file")
    verbs = [verb for verb in ("read", "write") if verb in given.model_fields_set]
    if len(verbs) != 1:
        message = "a file is either read or written" if verbs else "what is to be done with the file?"
        reading.problem(message, reading.at, "`read: PATH`, or `write: PATH` with `text: …`")
        return None
    verb = verbs[0]
    if ("text" in given.model_fields_set) != (verb == "write"):
        at = reading.at.to("text", key=True) if verb == "read" else reading.at
        reading.problem("`text` goes with `write`", at, "`write: PATH` and `text: …`")
        return None
    path = reading.value(getattr(given, verb), [verb], _PATH)
    text = reading.text(given.text, ["text"]) if verb == "write" else None
    if folder is None or path is None or reading.problems:
        return None
    arguments = [it.tree for it in (folder, path, text) if it]

    def value(_: Code) -> ast.expr:
        return ast.Await(ast.Call(reading.support("files", f"{verb}_text"), arguments, []))

    return Action(value, result=Result(Type("str")) if verb == "read" else None)


# -------------------------------------------------------------------------------------- examples


class Given(Written):
    """Folders before."""

    folder: dict[str, dict[str, str]] = Field(description="Texts by their paths, by the variable of the folder.")


class Then(Written):
    """Folders after."""

    folder: dict[str, dict[str, str]] = Field(description="All texts by their paths, by the variable of the folder.")


def _write(scene: Scene, given: Given | None, then: Then | None) -> None:
    for variable, files in given.folder.items() if given else ():
        folder = scene.local(variable.lower())
        scene.before(Line(f"{folder} = {scene.folder()} / {quoted(variable.lower())}"))
        scene.before(Line(f"{folder}.mkdir()"))
        for path, text in files.items():
            place = f"({folder} / {quoted(path)})"
            if "/" in path:
                scene.before(Line(f"{place}.parent.mkdir(parents=True, exist_ok=True)"))
            scene.before(Line(f"{place}.write_text({quoted(text)})"))
        scene.variable(variable, f"str({folder})")
        if then and variable in then.folder:
            found = (
                f'{{it.relative_to({folder}).as_posix(): it.read_text() for it in {folder}.rglob("*") if it.is_file()}}'
            )
            scene.after(Line(f"assert {found} == {scene.literal({**then.folder[variable]})}"))


CONNECTOR = Connector(
    name="file",
    parameters=FileParameters,
    read=_read,
    support=frozenset({"files"}),
    fixture=Fixture("folder", _write, Then, Given),
)
