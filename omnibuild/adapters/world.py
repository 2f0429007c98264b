"""The world of one workspace: all ports, joined to its disk, its tools and the clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from omnibuild.adapters.folder import FolderInputs
from omnibuild.adapters.output import OutputFolder
from omnibuild.adapters.past import Past
from omnibuild.adapters.ruff import RuffFormatter
from omnibuild.adapters.sightings import Sightings
from omnibuild.adapters.stage import StageFolder
from omnibuild.adapters.store import DiskCache
from omnibuild.adapters.symbols import InstalledOnex
from omnibuild.adapters.templates import TemplateFolders, builtin_folder
from omnibuild.adapters.texts import SpooledTexts
from omnibuild.adapters.tool_events import WatchedStage
from omnibuild.adapters.tools import tool_versions
from omnibuild.adapters.workers import Workers
from omnibuild.core.ports import Cache, Listener, World
from omnibuild.core.values import Mode, Problem, Settings


def open_world(
    root: Path,
    settings: Settings,
    sightings: Sightings,
    warn: Callable[[Problem], None],
    listen: Listener,
    *,
    tools: Mapping[str, str] | None = None,
) -> World:
    """Return the ports of a workspace; `warn` is told what goes wrong with its caches, `listen` what happens.

    `tools` are the versions of the tools, if they are known already.
    """
    cache = root / settings.cache
    builtin = builtin_folder()
    search, outlined = [root, root / "src"], settings.mode is not Mode.STRICT
    stage = StageFolder(cache, search, type_checker=settings.type_checker, outlined=outlined)
    return World(
        inputs=FolderInputs(root, settings.specs, sightings),
        templates=TemplateFolders(builtin, root / settings.templates, root, sightings),
        output=OutputFolder(root / settings.out, aside=cache / "overwritten", sightings=sightings),
        cache=_shared(DiskCache(cache / "store", settings.max_size, warn), settings, warn),
        formatter=RuffFormatter(),
        texts=SpooledTexts(),
        workers=Workers(settings.jobs),
        stage=WatchedStage(stage, settings.type_checker, time.perf_counter, listen),
        symbols=InstalledOnex(),
        past=Past(root, cache),
        tools=tools or tool_versions(builtin, settings.type_checker),
        clock=time.perf_counter,
        listen=listen,
    )


def _shared(local: Cache, settings: Settings, warn: Callable[[Problem], None]) -> Cache:
    """Return the cache with the remote one behind it, if the settings name one."""
    if not settings.remote:
        return local
    from omnibuild.adapters.remote import remote_cache

    return remote_cache(local, settings, os.environ, warn)
