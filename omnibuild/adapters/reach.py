"""Whether generated modules reach ONEX otherwise than through outlined classes: nothing is imported to find out."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path, PurePosixPath

from omnibuild.adapters.outline import OUTLINED
from omnibuild.spec.imports import imported_names

ONEX = "omnibase_core"
_DISTRIBUTION = "omnibase-core"
_IMPORT = re.compile(r"(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)|import[ \t]+([^\n;#]+))", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NODE = re.compile(r"\bnode\b")
"""What must stand in a text that imports the module of a node, which is an outlined class's."""
_INSIDE = "." * 99
"""Stands for the package of a module: a relative import stays in it, and leads to a name without a first part."""


def reaches_only_outlines(files: Mapping[str, str], search: Sequence[Path]) -> bool:
    """Return whether nothing but outlined classes leads from a tree to ONEX; any doubt is a no.

    `files` are those of the tree, path to text, its packages below `src/`; `search` is where else
    modules are looked for. What somebody wrote is checked against ONEX itself, so that it must not
    import it, nor anything that does: other installed packages, or the workspace's own modules.
    """
    reach = _Reach({it.split("/")[1].removesuffix(".py") for it in files if it.startswith("src/")}, search)
    return all(_is_outlined(path, text, reach) for path, text in files.items() if path.endswith(".py"))


def _is_outlined(path: str, text: str, reach: _Reach) -> bool:
    # Quick, and sees too much: what looks like an import may stand in a text.
    if not [it for it in _looks_imported(text) if not reach.is_clear(it)] and not _NODE.search(text):
        return True
    tree = _parsed(text)
    if tree is None:
        return False
    imported = [*imported_names(tree, _INSIDE)]
    doubtful = [it for it in imported if not reach.is_clear(it.partition(".")[0])]
    if not doubtful:
        return _is_ours(path) or not any("node" in it.split(".")[1:] for it in imported)
    return _is_ours(path) and all(_names_outlined(it) for it in ast.walk(tree) if _is_import(it, reach))


def _is_ours(path: str) -> bool:
    """Return whether a generated module has nothing in it that somebody wrote."""
    return PurePosixPath(path).name == "node.py" or "tests" in PurePosixPath(path).parts


def _is_import(it: ast.AST, reach: _Reach) -> bool:
    if isinstance(it, ast.Import):
        return not all(reach.is_clear(alias.name.partition(".")[0]) for alias in it.names)
    return isinstance(it, ast.ImportFrom) and not it.level and not reach.is_clear((it.module or "").partition(".")[0])


def _names_outlined(it: ast.AST) -> bool:
    if not isinstance(it, ast.ImportFrom):
        return False
    return {alias.name for alias in it.names} <= {*OUTLINED.get(it.module or "", ())}


def _looks_imported(text: str) -> Iterator[str]:
    """Give the top-level modules that a text may import."""
    for origin, names in _IMPORT.findall(text):
        for name in [origin] if origin else names.split(","):
            top = name.strip().partition(" ")[0].partition(".")[0]
            if top:
                yield top


class _Reach:
    """Which top-level modules are clear of ONEX: those of the tree, of Python, and others that do not need it."""

    def __init__(self, own: Iterable[str], search: Sequence[Path]) -> None:
        installed = [Path(it) for it in dict.fromkeys(sys.path) if it and Path(it).is_dir()]
        self._sites = [it for it in installed if next(it.glob("*.dist-info"), None)]
        # Folders that were installed as they stand are read, as the workspace's own modules are.
        python = Path(ast.__file__).parent
        self._search = [*search, *(it for it in installed if it not in self._sites and not it.is_relative_to(python))]
        self._clear = dict.fromkeys((*sys.stdlib_module_names, *own, "typing_extensions", ""), True)
        self._dependents: frozenset[str] | None = None

    def is_clear(self, top: str) -> bool:
        """Return whether importing from this top-level module leads nowhere near ONEX; what is not found does."""
        if top not in self._clear:
            self._clear[top] = True  # modules that import one another
            self._clear[top] = self._is_clear(top)
        return self._clear[top]

    def _is_clear(self, top: str) -> bool:
        written = [file for folder in self._search for file in _sources(folder, top)]
        installed = any(True for folder in self._sites for _ in _installed(folder, top))
        if not (written or installed) or (installed and top in self._needing_onex()):
            return False
        return all(map(self._leads_nowhere, written))

    def _leads_nowhere(self, file: Path) -> bool:
        try:
            tree = _parsed(file.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            return False
        return tree is not None and all(self.is_clear(it.partition(".")[0]) for it in imported_names(tree, _INSIDE))

    def _needing_onex(self) -> frozenset[str]:
        if self._dependents is None:
            self._dependents = frozenset(_dependents())
        return self._dependents


def _sources(folder: Path, top: str) -> Iterator[Path]:
    for end in (".py", ".pyi"):
        if (file := folder / f"{top}{end}").is_file():
            yield file
        yield from (folder / top).rglob(f"*{end}")


def _installed(folder: Path, top: str) -> Iterator[Path]:
    for pattern in (top, f"{top}-stubs", f"{top}.py", f"{top}.pyi", f"{top}.*.so", f"{top}.*.pyd"):
        yield from folder.glob(pattern)


def _dependents() -> Iterator[str]:
    """Give the top-level modules of ONEX and of every installed distribution that needs it, however far."""
    found = {_canonical(it.metadata["Name"] or ""): it for it in metadata.distributions()}
    needs = {name: {_required(line) for line in it.requires or ()} for name, it in found.items()}
    reached = {_DISTRIBUTION}
    while more := {name for name, needed in needs.items() if name not in reached and needed & reached}:
        reached |= more
    yield ONEX
    for name in reached.intersection(found) - {_DISTRIBUTION}:
        files = found[name].files or ()
        yield from {it.parts[0].partition(".")[0] for it in files if it.suffix in (".py", ".pyi", ".so", ".pyd")}


def _required(line: str) -> str:
    name = _NAME.match(line)
    return _canonical(name[0]) if name else ""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
