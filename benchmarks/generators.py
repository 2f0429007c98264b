"""The code generators that omnibuild is measured against: inputs of the same size, and programs that run them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measure import Side, interleaved
from workspace import PACKAGE

MODEL_FILES = 50
RENDERINGS = 20

# Both ways that datamodel-code-generator has of working through many files in one process.
_ONE_BY_ONE = """\
import sys
from pathlib import Path

from datamodel_code_generator import DataModelType, InputFileType, PythonVersion, generate

source, target = map(Path, sys.argv[1:])
for file in sorted(source.iterdir()):
    generate(
        file,
        output=target / f"{file.stem}.py",
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_312,
    )
"""
_AS_FOLDER = """\
import sys
from pathlib import Path

from datamodel_code_generator import DataModelType, InputFileType, PythonVersion, generate

generate(
    Path(sys.argv[1]),
    output=Path(sys.argv[2]),
    input_file_type=InputFileType.JsonSchema,
    output_model_type=DataModelType.PydanticV2BaseModel,
    target_python_version=PythonVersion.PY_312,
)
"""
_RENDER = """\
import sys

from copier import run_copy

for number in range(int(sys.argv[3])):
    run_copy(sys.argv[1], f"{sys.argv[2]}/{number}", data={"name": f"node_{number}"}, defaults=True, quiet=True)
"""
_QUESTIONS = "_templates_suffix: .jinja\nname:\n  type: str\n"


@dataclass(frozen=True)
class Peer:
    """A generator's run, how many inputs it works through, and what it is called in the table."""

    what: str
    side: Side
    pieces: int


def all_of(programs: Path, folder: Path, built: Path) -> list[Peer]:
    """Write the inputs into a folder, and return the runs; `built` is a workspace with a built node to render."""
    folder.mkdir()
    return [_model_batch(programs, folder), _model_command(programs, folder), _rendering(programs, folder, built)]


def _model_batch(programs: Path, folder: Path) -> Peer:
    """Return the faster of datamodel-code-generator's two ways with many files in one process."""
    source = _models(folder / "models", MODEL_FILES)
    ways = {}
    for name, code in (("file by file", _ONE_BY_ONE), ("a folder as input", _AS_FOLDER)):
        program = folder / f"{name.replace(' ', '_')}.py"
        program.write_text(code)
        target = folder / program.stem
        command = [str(programs / "python"), str(program), str(source), str(target)]
        ways[name] = Side(command, folder, _has_models(target, MODEL_FILES), _emptied(target))
    figures = interleaved(ways, runs=3)
    fastest = min(ways, key=lambda name: figures[name].wall)
    return Peer(f"datamodel-code-generator, {MODEL_FILES} files in one process ({fastest})", ways[fastest], MODEL_FILES)


def _model_command(programs: Path, folder: Path) -> Peer:
    """Return datamodel-code-generator as a command, which takes one file; the others would take as long each."""
    source = _models(folder / "model", 1)
    target = folder / "by_command"
    command = [str(programs / "datamodel-codegen"), "--input", str(next(source.iterdir()))]
    command += ["--input-file-type", "jsonschema", "--output-model-type", "pydantic_v2.BaseModel"]
    command += ["--target-python-version", "3.12", "--output", str(target / "node_0.py")]
    side = Side(command, folder, _has_models(target, 1), _emptied(target))
    return Peer("datamodel-code-generator as a command, one file a process", side, 1)


def _rendering(programs: Path, folder: Path, built: Path) -> Peer:
    """Return copier with a template of one node's files, rendered some times in one process."""
    template, target, program = folder / "template", folder / "rendered", folder / "render.py"
    files = 0
    for file in sorted((built / f"out/src/{PACKAGE}/nodes/node_node_0_compute").rglob("*")):
        if file.is_file():
            path = template / file.relative_to(built / "out").as_posix().replace("node_0", "{{ name }}")
            path.parent.mkdir(parents=True, exist_ok=True)
            # Braces of the file's own are not for the template language.
            text = file.read_text().replace("{", "{{ '{' }}").replace("node_0", "{{ name }}")
            path.with_name(f"{path.name}.jinja").write_text(text)
            files += 1
    (template / "copier.yml").write_text(_QUESTIONS)
    program.write_text(_RENDER)

    def check(_: str) -> str | None:
        found = sum(it.is_file() for it in target.rglob("*"))
        return None if found == files * RENDERINGS else f"it wrote {found} files, not {files * RENDERINGS}"

    command = [str(programs / "python"), str(program), str(template), str(target), str(RENDERINGS)]
    what = f"copier, a template of the {files} files of one node, {RENDERINGS} times in one process"
    return Peer(what, Side(command, folder, check, _emptied(target)), RENDERINGS)


def _models(folder: Path, count: int) -> Path:
    """Write so many schemas, each with the models that a compute node of the workspace declares."""
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"node_{number}.json").write_text(json.dumps(_schema(number), indent=2))
    return folder


def _schema(number: int) -> dict[str, object]:
    line = _model(
        f"Line{number}",
        sku={"type": "string", "minLength": 1, "description": "What is ordered."},
        quantity={"type": "integer", "exclusiveMinimum": 0, "description": "How many of it."},
        unit_price={"type": "number", "minimum": 0, "description": "The price of one."},
    )
    result = _model(
        f"Node{number}Output",
        subtotal={"type": "number", "description": "The price before the discount."},
        due={"type": "number", "description": "What is to be paid."},
    )
    discount = {"type": "number", "minimum": 0, "maximum": 1, "default": 0}
    request = _model(
        f"Node{number}Input",
        lines={
            "type": "array",
            "minItems": 1,
            "items": {"$ref": f"#/$defs/Line{number}"},
            "description": "What is ordered.",
        },
        discount=discount | {"description": "The share that is not charged."},
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **request,
        "$defs": {f"Line{number}": line, f"Node{number}Output": result},
    }


def _model(title: str, **properties: dict[str, object]) -> dict[str, object]:
    required = [name for name, it in properties.items() if "default" not in it]
    common = {"title": title, "type": "object", "additionalProperties": False}
    return {**common, "required": required, "properties": properties}


def _has_models(target: Path, files: int) -> Callable[[str], str | None]:
    """Return a check that there are so many modules with three models each."""

    def check(_: str) -> str | None:
        whole = [it for it in target.glob("node_*.py") if it.read_text().count("(BaseModel):") == 3]
        return None if len(whole) == files else f"it wrote {len(whole)} files with three models, not {files}"

    return check


def _emptied(target: Path) -> Callable[[], None]:
    def prepare() -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()

    return prepare
