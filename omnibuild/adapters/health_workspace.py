"""What can be wrong with a workspace whose settings are in order: specs, templates, names, neighbours, servers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from omnibuild.adapters.fresh import SCHEMA, schema_current, schema_text
from omnibuild.adapters.health import Check, Health, check_type_checker
from omnibuild.adapters.health_disk import check_disk
from omnibuild.adapters.health_git import check_git
from omnibuild.adapters.project import folder_of, import_place
from omnibuild.core.values import Problem, RemoteMode, Settings
from omnibuild.spec.settings import FILE

_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The digest of no bytes: to give them to a cache changes nothing there."""


def check_workspace(root: Path, settings: Settings, warnings: Sequence[Problem] = ()) -> Iterator[Check]:
    """Yield what there is to say of a workspace; `warnings` are those of its settings."""
    yield _variables(warnings)
    yield _neighbours(root, settings)
    yield _specs(root, settings)
    yield _schema(root, settings)
    yield from check_type_checker(settings)
    yield from check_disk(root, settings)
    yield from check_git(root, settings)
    yield _templates(root, settings)
    yield _package(root, settings)
    if settings.remote:
        yield _remote(settings)


def _variables(warnings: Sequence[Problem]) -> Check:
    for it in warnings:
        return Check("variables", Health.WARN, it.message, it.hint)
    return Check("variables", Health.OK, "each OMNIBUILD_… that is set means something")


def _neighbours(root: Path, settings: Settings) -> Check:
    """Say whether another workspace lies in a folder of this one, or this one in a folder of another."""
    name = "workspaces"
    inner = [it for folder in (settings.specs, settings.templates) for it in sorted((root / folder).rglob(FILE))]
    if inner:
        shown = inner[0].parent.relative_to(root)
        return Check(
            name, Health.FAIL, f"another one lies in {shown}/", f"move {shown}/ out of the folders of this one"
        )
    outer = next((it for it in root.parents if (it / FILE).is_file()), None)
    if outer is None:
        return Check(name, Health.OK, "none lies in another")
    folder = folder_of(outer, root)
    if folder:
        mend = f"move {root} out of {folder}/"
        return Check(name, Health.FAIL, f"this one lies in {folder}/ of the workspace {outer}", mend)
    return Check(name, Health.OK, f"this one lies in {outer}, and not in a folder that it uses")


def _specs(root: Path, settings: Settings) -> Check:
    from omnibuild.adapters.folder import FolderInputs

    folder = f"{settings.specs}/"
    count = len(FolderInputs(root, settings.specs).specs())
    if count:
        return Check(folder, Health.OK, f"{count} spec file{'' if count == 1 else 's'}")
    found = "has no specs" if (root / settings.specs).is_dir() else "is not there"
    return Check(folder, Health.WARN, found, "omnibuild new compute NAME")


def _schema(root: Path, settings: Settings) -> Check:
    specs = root / settings.specs
    name = f"{settings.specs}/{SCHEMA}"
    if schema_current(specs):
        return Check(name, Health.OK, "up to date")
    found = "is not there" if schema_text(specs) is None else "is of another version of omnibuild"
    return Check(name, Health.WARN, f"{found}: editors check specs with it", "omnibuild schema --write")


def _templates(root: Path, settings: Settings) -> Check:
    from omnibuild.adapters.templates import TemplateFolders, builtin_folder
    from omnibuild.assemble.template import Templates

    name = f"{settings.templates}/"
    try:
        sources = TemplateFolders(builtin_folder(), root / settings.templates, root)
    except FileNotFoundError as error:
        return Check(name, Health.FAIL, str(error), "python3 -m pip install --force-reinstall omnibuild")
    wrong: list[Problem] = list(Templates(sources).check())
    if wrong:
        return Check(name, Health.FAIL, wrong[0].message, wrong[0].hint)
    own = len(sources.overrides())
    return Check(name, Health.OK, f"{own} of your own" if own else "none of your own")


def _package(root: Path, settings: Settings) -> Check:
    """Say whether the name of the generated package is its own, and whether what is imported is what is generated."""
    name = f"package {settings.package}"
    out = Path(os.path.realpath(root / settings.out))
    install = f"python3 -m pip install --editable {settings.out}"
    if settings.package in sys.stdlib_module_names:
        other = "Python itself has a module of this name"
        return Check(name, Health.FAIL, other, f"give `package` in {FILE} another name")
    place = import_place(settings.package)
    if place is None:
        return Check(name, Health.OK, f"not installed; `{install}` shows its nodes to ONEX")
    if place.is_relative_to(out):
        return Check(name, Health.OK, f"imported from {settings.out}/")
    if _installed_from(settings.package) == out:
        return Check(name, Health.WARN, f"{place} is a copy of {settings.out}/, which no build changes", install)
    found = f"{place} has the same name: only one of the two can be imported"
    return Check(name, Health.FAIL, found, f"give `package` in {FILE} another name, or uninstall the other one")


def _installed_from(package: str) -> Path | None:
    """Return the folder that the distribution with a package was installed from, None if it is not known."""
    for distribution in metadata.packages_distributions().get(package, ()):
        try:
            url = urlsplit(json.loads(metadata.distribution(distribution).read_text("direct_url.json") or "{}")["url"])
        except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
            continue
        if url.scheme == "file":
            return Path(os.path.realpath(unquote(url.path)))
    return None


def _remote(settings: Settings) -> Check:
    from omnibuild.adapters.remote_server import RemoteError, RemoteServer

    writes = settings.remote_mode is RemoteMode.READ_WRITE
    name = "remote cache"
    try:
        with RemoteServer(settings.remote, os.environ) as server:
            server.result(_NOTHING)
            if writes:
                server.put("cas", _NOTHING, b"")
    except RemoteError as error:
        return Check(name, Health.WARN, f"{settings.remote}: {error}", error.hint)
    return Check(name, Health.OK, f"{settings.remote} can be read{' and written' if writes else ''}")
