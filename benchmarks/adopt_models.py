"""How much of existing models is adopted: fields, and models whose JSON Schema stays the same.

    python benchmarks/adopt_models.py ROOT... --python ENVIRONMENT/bin/python

Each ROOT is a folder that packages with `nodes/` lie in. All classes that contracts name as input or output are
adopted, with all that they reach; the documents are written as YAML, read again, checked, and generated. The Python
of an environment in which the packages are installed then compares every generated class with the original.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from omnibuild.adapters.sources import DiskSources
from omnibuild.adopt.code.library import Library
from omnibuild.adopt.code.lookup import Lookup
from omnibuild.adopt.models.documents import Arrangement, Document, adopt
from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.models.shapes import ModelShape, Opaque
from omnibuild.assemble.yaml_text import to_yaml
from omnibuild.core.values import Problem, Spec
from omnibuild.graph.resolve import resolve
from omnibuild.onex.check import check_spec
from omnibuild.onex.models import model_parts
from omnibuild.onex.names import Names
from omnibuild.spec.document import read
from omnibuild.spec.reader import read_spec

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PACKAGE = "adopted"
_ENDS = ("input_model", "output_model")


def main() -> None:
    """Adopt, generate, compare, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--python", help="compares the schemas; without it, they are not compared")
    parser.add_argument("--site", type=Path, action="append", default=[], help="a further folder to read modules from")
    parser.add_argument("--keep", type=Path, help="where to keep what is generated")
    options = parser.parse_args()
    wanted = {name: refs for root in options.roots for name, refs in _wanted(root)}
    start = time.perf_counter()
    models = Models(Lookup(Library(DiskSources([*options.roots, *options.site]))))
    adoption = adopt(wanted, models)
    took = time.perf_counter() - start
    print(f"{len(wanted)} nodes, {len(adoption.notes)} classes, {len(adoption.documents)} documents in {took:.1f} s")
    _fields(adoption, models)
    with TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        names = _generated(adoption, folder)
        if options.python:
            _compare(adoption, names, folder, options.python)


def _wanted(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the nodes below a root with the classes that their contracts name."""
    for file in sorted(root.glob("**/nodes/**/contract.yaml")):
        try:
            contract = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        if isinstance(contract, dict):
            handler = contract.get("handler")
            sides = [contract, handler if isinstance(handler, dict) else {}]
            found = [_reference(side.get(key)) for side in sides for key in _ENDS]
            parts = file.relative_to(root).parts[:-1]
            name = re.sub(r"[^a-z0-9]+", "_", f"{parts[0]}_{parts[-1]}".lower())[-64:].strip("_")
            yield name.lstrip("0123456789_"), [*dict.fromkeys(it for it in found if it)]


def _reference(value: Any) -> str:
    match value:
        case str() if "." in value:
            module, _, name = value.rpartition(".")
            return value if ":" in value else f"{module}:{name}"
        case {"module": str(module), "class": str(name)} | {"module": str(module), "name": str(name)}:
            return f"{module}:{name}"
        case _:
            return ""


def _fields(adoption: Arrangement, models: Models) -> None:
    """Print how many fields of the models that are reached are adopted, and why others are not."""
    became = Counter(it.became for it in adoption.notes)
    adopted = lost = 0
    reasons: Counter[str] = Counter()
    for note in adoption.notes:
        shape = models.shape(note.source)
        count = len(shape.fields) if isinstance(shape, ModelShape) else shape.fields if isinstance(shape, Opaque) else 0
        adopted += count if note.became == "model" else 0
        lost += count if note.became == "reference" else 0
        if note.became == "reference":
            reasons[re.sub(r"`[^`]*`", "`…`", re.sub(r"\b\w+: ", "", note.reason))] += 1
    print(", ".join(f"{count} became a {word}" for word, count in became.most_common()))
    print(f"fields: {adopted} of {adopted + lost} adopted, {adopted / max(adopted + lost, 1):.1%}")
    for reason, count in reasons.most_common():
        print(f"  {count:5} {reason}")


def _generated(adoption: Arrangement, folder: Path) -> Names:
    """Write the documents and what they generate; print what is wrong with them."""
    specs: dict[str, Spec] = {}
    problems: list[Problem] = []
    (folder / "specs").mkdir(parents=True, exist_ok=True)
    for document in adoption.documents:
        text = _yaml(document)
        (folder / "specs" / f"{document.name}.yaml").write_text(text, encoding="utf-8")
        documents, wrong = read(f"{document.name}.yaml", text)
        problems += wrong
        for it in documents:
            spec, wrong = read_spec(it, None, "acme")
            problems += wrong
            specs |= {it.name: spec} if spec else {}
    graph, wrong = resolve(specs, list(specs), {})
    problems += wrong
    names = Names(graph, _PACKAGE)
    for spec in graph.specs.values():
        problems += check_spec(spec, names)
        for part in model_parts(spec, names):
            file = folder / part.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(part.text, encoding="utf-8")
    print(f"problems with the documents: {len(problems)}")
    for message, count in Counter(re.sub(r"`[^`]*`", "`…`", f"{it.code}: {it.message}") for it in problems).items():
        example = next(it for it in problems if re.sub(r"`[^`]*`", "`…`", f"{it.code}: {it.message}") == message)
        print(f"  {count:5} {message}; {example.at}: {example.message}"[:300])
    return names


def _yaml(document: Document) -> str:
    return to_yaml({"shared": document.name, **document.sections}) + "\n"


def _compare(adoption: Arrangement, names: Names, folder: Path, python: str) -> None:
    """Print how many schemas stay the same, and how the others differ."""
    noted = [it for it in adoption.notes if it.became != "reference" and names.graph.lookup(it.place)]
    pairs = [(it.source, f"{names.class_module(it.place)}:{names.class_name(it.place)}") for it in noted]
    script = Path(__file__).with_name("compare_schemas.py")
    run = subprocess.run(  # noqa: S603 - the Python that the user names
        [python, str(script)],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder / "src"), "PATH": ""},
    )
    if run.returncode:
        sys.exit(run.stderr[-2000:])
    results: list[str] = json.loads(run.stdout)
    for kind in ("model", "enum"):
        found = {it.source: result for it, result in zip(noted, results, strict=True) if it.became == kind}
        _table(kind, found, [it.source for it in adoption.notes if it.became == "reference"] if kind == "model" else [])


def _table(kind: str, results: Mapping[str, str], references: list[str]) -> None:
    able = {source: it for source, it in results.items() if not it.startswith("original: ")}
    same = sum(not it for it in able.values())
    print(f"{kind}s with the same JSON Schema: {same} of {len(able)}, {same / max(len(able), 1):.1%}")
    if references:
        total = len(able) + len(references)
        print(f"  with those that stay references counted as different: {same} of {total}, {same / total:.1%}")
    print(f"  {len(results) - len(able)} have no schema in the original, or cannot be imported")
    told: dict[str, list[str]] = {}
    for source, it in results.items():
        if it:
            told.setdefault(re.sub(r"'[^']*'|/properties/\w+", "…", it)[:110], []).append(f"{source}: {it}")
    for message, sources in sorted(told.items(), key=lambda it: -len(it[1]))[:40]:
        print(f"  {len(sources):5} {message}    such as {sources[0][:260]}")


if __name__ == "__main__":
    main()
