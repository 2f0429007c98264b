"""Taking over nodes that are there already: from folders and distributions to specs in a workspace."""

from __future__ import annotations

import sysconfig
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from omnibuild.adapters.contract_files import ContractFile, ContractFiles
from omnibuild.adapters.fresh import ignore, settings_text, write_new
from omnibuild.adapters.importable import importable
from omnibuild.adapters.sources import DiskSources
from omnibuild.adapters.specs_there import SpecsThere
from omnibuild.adopt.adoption import Adoption, adopt_contract
from omnibuild.adopt.code.library import Library
from omnibuild.adopt.code.lookup import Lookup
from omnibuild.adopt.contract import kind_of
from omnibuild.adopt.contract_values import ends
from omnibuild.adopt.findings import Progress, findings
from omnibuild.adopt.findings.subject import Subject
from omnibuild.adopt.metadata import read_tags
from omnibuild.adopt.models.arrangement import arranged, declaration
from omnibuild.adopt.models.node_models import NodeModels
from omnibuild.adopt.models.reader import Models
from omnibuild.adopt.names import node_names, usual_name
from omnibuild.adopt.original import Original, read_original
from omnibuild.adopt.spec_text import spec_text
from omnibuild.core.values import Json, Kind, Level, Place, Problem, Settings
from omnibuild.spec.workspace_names import package_fault
from omnibuild.workspace import FILE, ConfigurationError, Workspace


@dataclass(frozen=True, slots=True)
class Shared:
    """A document of models that several nodes share: their modules, what stays Python, and what is to be known."""

    name: str
    modules: tuple[str, ...]
    python: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of the nodes that were found: `files` are the specs, path to text, that were or would be written.

    Files are told relative to `root`, the folder of the workspace.
    """

    root: Path
    settings: Settings
    nodes: tuple[Adoption, ...]
    shared: tuple[Shared, ...]
    files: Mapping[str, str]
    problems: tuple[Problem, ...]

    def spec_file(self, node: Adoption) -> str:
        """Return the file of a node's spec, relative to the workspace."""
        return _spec_file(node.name, self.settings)

    def shared_file(self, shared: Shared) -> str:
        """Return the file of a document of shared models, relative to the workspace."""
        return _shared_file(shared.name, self.settings)

    def output(self, node: Adoption) -> str:
        """Return the contract.yaml that a build makes of the spec, relative to the workspace."""
        folder = f"node_{node.name}_{node.told.kind.value}"
        return f"{self.settings.out}/src/{self.settings.package}/nodes/{folder}/contract.yaml"


@dataclass(frozen=True, slots=True)
class Reported:
    """What is wrong with nodes: `packages` says of every contract's file in which package it stands.

    Files are told relative to `root`.
    """

    root: Path
    packages: Mapping[str, str]
    findings: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    """Why some contracts could not be looked at."""

    def table(self) -> Mapping[str, Counter[str]]:
        """Return how many nodes and findings of each code there are, by package."""
        found = {it: Counter({"nodes": number}) for it, number in sorted(Counter(self.packages.values()).items())}
        for it in self.findings:
            if isinstance(it.at, Place):
                found[self.packages[it.at.file]][it.code] += 1
        return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A contract that can be adopted."""

    file: ContractFile
    original: Original
    kind: Kind


def adopt(
    folder: Path, words: Sequence[str], *, package: str | None, write: bool, progress: Progress | None = None
) -> Adopted:
    """Make specs of the nodes that the words lead to: folders, or distributions.

    With `write`, they are written into the workspace of the folder, which is made if there is none; no file that is
    there is changed. Raises ConfigurationError if the workspace cannot be opened or named, OSError if it cannot be
    written.
    """
    root, settings, fresh = _workspace(folder, package)
    problems: list[Problem] = []
    candidates = list(_candidates(_files(root, settings, folder), words, problems))
    if settings.package in {it.file.package for it in candidates}:
        message = f"what is generated is called `{settings.package}`, as the package that is adopted"
        hint = "choose another name, so that one does not hide the other where both can be imported"
        problems.append(Problem("package", message, hint=hint, level=Level.WARN))
    there = SpecsThere.of(root, settings)
    before = there.refused([(it.original, it.kind) for it in candidates])
    problems += _said_before(candidates, before)
    candidates = [it for position, it in enumerate(candidates) if position not in before]
    problems += (warning for it in candidates for warning in it.original.warnings)
    names = node_names([(_name(it.original), it.kind) for it in candidates], there.names)
    models = _models(candidates, names, there, importable(root, settings))
    nodes: list[Adoption] = []
    for count, (it, name) in enumerate(zip(candidates, names, strict=True), 1):
        node = _adopted(it, name, models)
        nodes += [node] if isinstance(node, Adoption) else []
        problems += [node] if isinstance(node, Problem) else []
        if progress:
            progress(count, len(candidates))
    files = {_spec_file(it.name, settings): it.text for it in nodes}
    files |= {_shared_file(it.name, settings): spec_text(declaration(it)) for it in models.shared}
    if write and files:
        write_new(root, {**fresh, **files})
        if fresh:
            ignore(root / ".gitignore", (settings.cache, settings.out))
    return Adopted(root, settings, tuple(nodes), tuple(_shared(models)), files, tuple(problems))


def _models(
    candidates: Sequence[_Candidate], names: Sequence[str], there: SpecsThere, is_importable: Callable[[str], bool]
) -> NodeModels:
    wanted = {
        name: [source for source in dict.fromkeys(ends(it.original.data)) if source]
        for it, name in zip(candidates, names, strict=True)
    }
    return NodeModels(arranged(wanted, Models(_lookup(candidates)), there.names, is_importable))


def _adopted(it: _Candidate, name: str, models: NodeModels) -> Adoption | Problem:
    """Return the spec of a contract with its models, or why it has none."""
    tags: list[Json] = [*read_tags(it.file.metadata)]
    around: dict[str, Json] = {**({"tags": tags} if tags else {}), **models.sections(name, it.original.data)}
    file = it.original.file
    node = adopt_contract(it.original, name, it.kind, around, None if Path(file).is_absolute() else file)
    if isinstance(node, Problem):
        return node
    usual = usual_name(_name(it.original), it.kind)
    taken = f"the name `{usual}` is taken, by another of these nodes or in the workspace"
    notes = (*([taken] if name != usual else []), *node.notes, *models.notes(name, it.original.data))
    return replace(node, notes=notes, python=(*node.python, *models.python(name)))


def _shared(models: NodeModels) -> Iterator[Shared]:
    for it in models.shared:
        yield Shared(it.name, it.modules, tuple(models.python(it.name)), tuple(models.notes(it.name)))


def report(folder: Path, words: Sequence[str], *, progress: Progress | None = None) -> Reported:
    """Hold the contracts that the words lead to against one another and against their code; nothing is written."""
    problems: list[Problem] = []
    root = Workspace.find(folder)
    files = _files(root, Workspace.open(folder).settings, folder) if root else ContractFiles(folder, folder=folder)
    candidates = list(_candidates(files, words, problems))
    lookup = _lookup(candidates)
    models = Models(lookup)
    top = str((root or folder).resolve())
    subjects = [Subject(it.original, _name(it.original), lookup, models, top) for it in candidates]
    packages = {it.original.file: it.file.package for it in candidates}
    found = [warning for it in candidates for warning in it.original.warnings] + findings(subjects, progress)
    return Reported(root or folder, packages, tuple(found), tuple(problems))


def _files(root: Path, settings: Settings, folder: Path) -> ContractFiles:
    """Return what finds contracts: those that omnibuild made are nobody's to adopt."""
    return ContractFiles(root, (settings.out, settings.cache), folder)


def _lookup(candidates: Sequence[_Candidate]) -> Lookup:
    """Return where names of the code beside the contracts are looked up, and of what is installed beside omnibuild."""
    roots = dict.fromkeys([*(it.file.root for it in candidates), Path(sysconfig.get_path("purelib"))])
    return Lookup(Library(DiskSources([*roots])))


def _workspace(folder: Path, package: str | None) -> tuple[Path, Settings, dict[str, str]]:
    """Return the workspace's folder, its settings, and the file that makes it one, if it is none yet."""
    if Workspace.find(folder) is None:
        if package is None:
            hint = "--package NAME makes one here; NAME is the import package to generate, another than the adopted one"
            message = f"there is no {FILE} in {folder.resolve()} or above it"
            raise ConfigurationError((Problem("workspace", message, hint=hint),))
        if fault := package_fault(package):
            raise ConfigurationError((Problem("workspace", f"--package {package}: {fault}"),))
        return folder.resolve(), Settings(package), {FILE: settings_text(package)}
    space = Workspace.open(folder)
    if package is not None and package != space.settings.package:
        message = f"{space.root / FILE} says that the package is `{space.settings.package}`, not `{package}`"
        raise ConfigurationError((Problem("workspace", message, hint="leave out --package"),))
    return space.root, space.settings, {}


def _candidates(files: ContractFiles, words: Sequence[str], problems: list[Problem]) -> Iterable[_Candidate]:
    """Yield the contracts that can be adopted, and take note of what is wrong with the others."""
    for it in files.find(words):
        original = it if isinstance(it, Problem) else read_original(it.file, it.text)
        if isinstance(it, Problem) or isinstance(original, Problem):
            problems += [original] if isinstance(original, Problem) else []
            continue
        kind = kind_of(original.data)
        if not _name(original):
            problems.append(_lacking(original, "name", "write `name: node_…`"))
        elif kind is None:
            hint = "write `node_type: compute`, `effect`, `reducer` or `orchestrator`"
            problems.append(_lacking(original, "node_type", hint))
        else:
            yield _Candidate(it, original, kind)


def _name(original: Original) -> str:
    name = original.data.get("name")
    return name if isinstance(name, str) else ""


def _lacking(original: Original, key: str, hint: str) -> Problem:
    found = original.data.get(key)
    message = f"its `{key}` is `{found}`" if found else f"it has no `{key}`"
    return Problem("contract", f"this contract cannot be adopted: {message}", original.at(key), hint)


def _said_before(candidates: Sequence[_Candidate], refused: Mapping[int, str]) -> Iterator[Problem]:
    """Yield what is to be said of contracts that have a spec already; of many, one thing."""
    if len(refused) > _FEW:
        message = f"{len(refused)} contracts were adopted before, and are left as they are"
        hint = f"remove a spec to adopt its contract anew: {next(iter(refused.values()))}, …"
        yield Problem("adopted", message, hint=hint, level=Level.WARN)
        return
    for position, file in refused.items():
        original = candidates[position].original
        hint = f"remove {file} to adopt it anew"
        yield Problem("adopted", f"`{_name(original)}` was adopted before", original.at("name"), hint, level=Level.WARN)


_FEW = 3


def _shared_file(name: str, settings: Settings) -> str:
    return f"{settings.specs}/shared/{name}.yaml"


def _spec_file(name: str, settings: Settings) -> str:
    return f"{settings.specs}/{name}.yaml"
